import { createHash } from "node:crypto";
import { at, fieldsOf, textAt } from "../contract/json.ts";
import { exitOf, pullFailure, type Container } from "./podFate.ts";

/** What a node does to a container next: when, what its status is then, and what is told about it. */
export interface ContainerStep {
  readonly afterMs: number;
  /** Absent where there is only something to tell. */
  readonly status?: object;
  readonly events: readonly PodEvent[];
}

export interface PodEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** The container's place in its pod, as the kubelet writes it; absent for what concerns the whole pod. */
  readonly fieldPath?: string;
}

/** Roughly what a small image that is already on the node takes. */
const START_MS = 150;
/** An init container, or the container of a Job. */
const SHORT_RUN_MS = 60;
const PULL_MS = 150;
const CRASH_MS = 100;
const SHAKY_MS = 5_000;
const PROBE_MS = 10_000;
const SLOW_MS = 3_800;
/** Until it is looked again whether what was missing is there. */
const AGAIN_MS = 1_000;
/** The kubelet's own: doubled with each restart, five minutes at most. */
const BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;

/** A container of a pod with its present status. */
export interface Life {
  readonly pod: unknown;
  readonly container: Container;
  readonly isInit: boolean;
  readonly status: unknown;
  /** What its environment lacks, in the kubelet's words. */
  readonly missing: string | undefined;
}

/** Follows from the present status alone, so that it goes on after whatever broke in between; undefined: it stays so. */
export function nextStep(life: Life): ContainerStep | undefined {
  const { status, container } = life;
  const waiting = at(status, "state", "waiting", "reason");
  if (waiting === "ContainerCreating" || waiting === "PodInitializing") return begin(life);
  if (waiting === "ErrImagePull") return backOffPulling(life);
  if (waiting === "CrashLoopBackOff") return runAgain(life, backOffOf(status));
  if (waiting === "CreateContainerConfigError")
    return container.fate === "noconfig" ? undefined : lookForConfig(life);
  if (at(status, "state", "terminated") !== undefined) return afterItsEnd(life);
  if (at(status, "state", "running") === undefined) return undefined;
  if (container.fate === "slow" && at(status, "ready") !== true)
    return { afterMs: SLOW_MS, status: { ...fieldsOf(status), ready: true }, events: [] };
  if (container.fate === "notready") return { afterMs: PROBE_MS, events: [unhealthy(life)] };
  if (container.fate !== "shaky" || restartsOf(status) > 0) return undefined;
  return { afterMs: SHAKY_MS, status: terminated(life, { ready: false }), events: [] };
}

/** The status of a container before anything was done for it. */
export const notStarted = (container: Container, reason: "ContainerCreating" | "PodInitializing"): object =>
  waitingStatus(container, undefined, { reason });

function begin(life: Life): ContainerStep {
  const { container, isInit } = life;
  const { image, fate } = container;
  const afterMs = isInit || fate === "complete" || fate === "fail" ? SHORT_RUN_MS : START_MS;
  const pulling = event(life, "Normal", "Pulling", `Pulling image "${image}"`);
  const failure = pullFailure(container);
  if (failure !== undefined) {
    return {
      afterMs,
      status: waitingStatus(container, undefined, { reason: "ErrImagePull", message: failure }),
      events: [
        pulling,
        event(life, "Warning", "Failed", `Failed to pull image "${image}": ${failure}`),
        event(life, "Warning", "Failed", "Error: ErrImagePull"),
      ],
    };
  }
  const pulled = event(
    life,
    "Normal",
    "Pulled",
    `Successfully pulled image "${image}" in 112ms (112ms including waiting). Image size: 13370000 bytes.`,
  );
  const message = fate === "noconfig" ? `secret "db" not found` : life.missing;
  const { status, events } = message === undefined ? run(life) : withoutConfig(life, message);
  return { afterMs, status, events: [pulling, pulled, ...events] };
}

function run(life: Life): Required<Omit<ContainerStep, "afterMs">> {
  const { fate } = life.container;
  const endsAtOnce = exitOf(fate) !== undefined && fate !== "shaky";
  return {
    status: endsAtOnce ? terminated(life, { ready: fate === "complete" }) : running(life),
    events: fate === "notready" ? [...started(life), unhealthy(life)] : started(life),
  };
}

const withoutConfig = (life: Life, message: string): Required<Omit<ContainerStep, "afterMs">> => ({
  status: waitingStatus(life.container, undefined, { reason: "CreateContainerConfigError", message }),
  events: [event(life, "Warning", "Failed", `Error: ${message}`)],
});

/** What was missing may have been made meanwhile, or something else is missing now. */
function lookForConfig(life: Life): ContainerStep {
  const afterMs = AGAIN_MS;
  if (life.missing === undefined) return { afterMs, ...run(life) };
  const isSame = at(life.status, "state", "waiting", "message") === life.missing;
  return isSame ? { afterMs, events: [] } : { afterMs, ...withoutConfig(life, life.missing) };
}

function backOffPulling(life: Life): ContainerStep {
  const { container, status } = life;
  const message = `Back-off pulling image "${container.image}"`;
  const cause = String(at(status, "state", "waiting", "message"));
  return {
    afterMs: PULL_MS,
    status: waitingStatus(container, status, {
      reason: "ImagePullBackOff",
      message: `${message}: ErrImagePull: ${cause}`,
    }),
    events: [
      event(life, "Normal", "BackOff", message),
      event(life, "Warning", "Failed", "Error: ImagePullBackOff"),
    ],
  };
}

/** The first restart comes at once, those after it are put off longer and longer. */
function afterItsEnd(life: Life): ContainerStep | undefined {
  const { pod, container, status } = life;
  const isWell = at(status, "state", "terminated", "exitCode") === 0;
  if (isWell || at(pod, "spec", "restartPolicy") === "Never") return undefined;
  if (restartsOf(status) === 0) return runAgain(life, CRASH_MS);
  const place = `${textAt(pod, "metadata", "name")}_${textAt(pod, "metadata", "namespace")}(${textAt(pod, "metadata", "uid")})`;
  const seconds = backOffOf(status) / 1000;
  const text = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return {
    afterMs: CRASH_MS,
    status: waitingStatus(container, status, {
      reason: "CrashLoopBackOff",
      message: `back-off ${text} restarting failed container=${container.name} pod=${place}`,
    }),
    events: [
      event(
        life,
        "Warning",
        "BackOff",
        `Back-off restarting failed container ${container.name} in pod ${place}`,
      ),
    ],
  };
}

function runAgain(life: Life, afterMs: number): ContainerStep {
  const { container, status } = life;
  const pulled = `Container image "${container.image}" already present on machine and can be accessed by the pod`;
  const restartCount = restartsOf(status) + 1;
  const ended = at(status, "state", "terminated") ?? at(status, "lastState", "terminated");
  const again = { restartCount, lastState: { terminated: ended } };
  return {
    afterMs,
    status: container.fate === "shaky" ? running(life, again) : terminated(life, { ...again, ready: false }),
    events: [event(life, "Normal", "Pulled", pulled), ...started(life)],
  };
}

const restartsOf = (status: unknown): number => Number(at(status, "restartCount") ?? 0);

const backOffOf = (status: unknown): number =>
  Math.min(BACK_OFF_MS * 2 ** Math.max(0, restartsOf(status) - 1), LONGEST_BACK_OFF_MS);

const started = (life: Life): readonly PodEvent[] => [
  event(life, "Normal", "Created", "Container created"),
  event(life, "Normal", "Started", "Container started"),
];

const unhealthy = (life: Life): PodEvent =>
  event(life, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503");

function event(
  { container, isInit }: Life,
  type: PodEvent["type"],
  reason: string,
  message: string,
): PodEvent {
  return {
    type,
    reason,
    message,
    fieldPath: `spec.${isInit ? "initContainers" : "containers"}{${container.name}}`,
  };
}

interface Waiting {
  readonly reason: string;
  readonly message?: string;
}

/** What ended before stays to be seen, as `lastState`. */
function waitingStatus({ name, image }: Container, before: unknown, waiting: Waiting): object {
  const ended = at(before, "state", "terminated") ?? at(before, "lastState", "terminated");
  return {
    name,
    image,
    imageID: at(before, "imageID") ?? "",
    ...(ended === undefined ? {} : { containerID: at(before, "containerID") }),
    ready: false,
    started: false,
    restartCount: restartsOf(before),
    state: { waiting },
    lastState: ended === undefined ? {} : { terminated: ended },
  };
}

function running({ pod, container }: Life, again: object = {}): object {
  return {
    ...identity(pod, container, again),
    ready: container.fate !== "notready" && container.fate !== "slow",
    started: true,
    restartCount: 0,
    state: { running: { startedAt: now() } },
    lastState: {},
    ...again,
  };
}

function terminated(life: Life, how: { readonly ready: boolean; readonly restartCount?: number }): object {
  const { pod, container, status, isInit } = life;
  const end = exitOf(container.fate) ?? { exitCode: 0, reason: "Completed" };
  const common = identity(pod, container, how);
  const startedAt = at(status, "state", "running", "startedAt") ?? now();
  return {
    ...common,
    started: false,
    restartCount: 0,
    lastState: {},
    ...how,
    // Only an init container that has ended well counts as ready; a container that has ended never does.
    ready: isInit && how.ready,
    state: {
      terminated: { ...end, startedAt, finishedAt: now(), containerID: common.containerID },
    },
  };
}

function identity(
  pod: unknown,
  { name, image }: Container,
  again: object,
): { readonly name: string; readonly image: string; readonly imageID: string; readonly containerID: string } {
  const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
  const run = `${textAt(pod, "metadata", "uid")} ${name} ${Number(at(again, "restartCount") ?? 0)}`;
  return {
    name,
    image,
    imageID: `${image.replace(/:[^:/]*$/u, "")}@sha256:${digest(image)}`,
    containerID: `containerd://${digest(run)}`,
  };
}

/** As the API writes times: whole seconds. */
export const now = (): string => new Date().toISOString().replace(/\.\d+Z$/u, "Z");
