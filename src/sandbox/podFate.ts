import { createHash } from "node:crypto";
import type { JsonObject } from "./json.ts";
import { at, objectsOf, textOf } from "./json.ts";
import { timeText } from "./object.ts";

/** Where a pod is on its way; a container whose image is missing stays behind. */
export type Stage = "starting" | "first-try" | "settled";

/** A tag that begins with `missing` names an image that no registry has. */
export const isMissing = (image: string): boolean => /:missing[^/:]*$/u.test(image);

const containersOf = (pod: JsonObject, field: string): JsonObject[] => objectsOf(at(pod, "spec", field));

/** Whether one of the images of a pod cannot be pulled. */
export const hasMissingImage = (pod: JsonObject): boolean =>
  containersOf(pod, "containers").some((container) => isMissing(textOf(container["image"])));

/** Why a pull fails, in the words of containerd. */
export const pullFailure = (image: string): string =>
  `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": ` +
  `failed to resolve reference "${image}": ${image}: not found`;

/** The status of a pod at a stage, as its kubelet would report it. */
export function podStatus(pod: JsonObject, stage: Stage, now: number): JsonObject {
  const time = timeText(now);
  const containers = containersOf(pod, "containers");
  const unready = containers.filter(
    (container) => stage === "starting" || isMissing(textOf(container["image"])),
  );
  const isReady = unready.length === 0;
  const names = unready.map((container) => textOf(container["name"])).join(" ");
  const condition = (type: string, isTrue: boolean): JsonObject => ({
    type,
    status: isTrue ? "True" : "False",
    lastProbeTime: null,
    lastTransitionTime: time,
    ...(isTrue
      ? {}
      : { reason: "ContainersNotReady", message: `containers with unready status: [${names}]` }),
  });
  const initContainers = containersOf(pod, "initContainers");
  return {
    phase: isReady ? "Running" : "Pending",
    conditions: [
      condition("PodReadyToStartContainers", stage !== "starting"),
      condition("Initialized", true),
      condition("Ready", isReady),
      condition("ContainersReady", isReady),
      condition("PodScheduled", true),
    ],
    hostIP: "10.1.0.1",
    ...(stage === "starting" ? {} : { podIP: addressOf(pod), podIPs: [{ ip: addressOf(pod) }] }),
    startTime: textOf(at(pod, "status", "startTime")) || time,
    ...(initContainers.length === 0
      ? {}
      : { initContainerStatuses: initContainers.map((item) => finished(item, time)) }),
    containerStatuses: containers.map((container) =>
      unready.includes(container) ? waiting(container, stage) : running(container, time),
    ),
    qosClass: "BestEffort",
  };
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const identity = (container: JsonObject): JsonObject => {
  const image = textOf(container["image"]);
  return { image, imageID: `${image.replace(/:[^/:]*$/u, "")}@sha256:${digestOf(image)}` };
};

const running = (container: JsonObject, time: string): JsonObject => ({
  name: container["name"] ?? "",
  state: { running: { startedAt: time } },
  lastState: {},
  ready: true,
  restartCount: 0,
  ...identity(container),
  containerID: `containerd://${digestOf(`${textOf(container["name"])} ${time}`)}`,
  started: true,
});

const finished = (container: JsonObject, time: string): JsonObject => ({
  name: container["name"] ?? "",
  state: { terminated: { exitCode: 0, reason: "Completed", startedAt: time, finishedAt: time } },
  lastState: {},
  ready: true,
  restartCount: 0,
  ...identity(container),
  started: false,
});

function waiting(container: JsonObject, stage: Stage): JsonObject {
  const image = textOf(container["image"]);
  return {
    name: container["name"] ?? "",
    state: { waiting: waitingFor(image, stage) },
    lastState: {},
    ready: false,
    restartCount: 0,
    image,
    imageID: "",
    started: false,
  };
}

function waitingFor(image: string, stage: Stage): JsonObject {
  if (stage === "starting") return { reason: "ContainerCreating" };
  const failure = pullFailure(image);
  return stage === "first-try"
    ? { reason: "ErrImagePull", message: failure }
    : { reason: "ImagePullBackOff", message: `Back-off pulling image "${image}": ErrImagePull: ${failure}` };
}

/** An address that follows from the uid, so that a pod keeps it. */
function addressOf(pod: JsonObject): string {
  const [second = 0, third = 0, fourth = 0] = createHash("sha256")
    .update(textOf(at(pod, "metadata", "uid")))
    .digest();
  return `10.${(second % 200) + 20}.${third}.${(fourth % 250) + 1}`;
}
