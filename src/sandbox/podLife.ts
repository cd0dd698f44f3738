import { createHash } from "node:crypto";
import { nextStep, type PodEvent, untouched, type Step } from "./containerLife.ts";
import { running, type Life } from "./containerStatus.ts";
import type { JsonObject } from "./json.ts";
import { at, objectsOf, textOf } from "./json.ts";
import { timeText, uidOf } from "./object.ts";
import { type Missing, NOTHING_MISSING } from "./podConfig.ts";
import { containersOf, initContainersOf, isUnschedulable, runsToAnEnd, type Container } from "./podFate.ts";

const UNSCHEDULABLE =
  "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: " +
  "3 No preemption victims found for incoming pod.";

/** The kubelet tries again later and later; here it is always two seconds. */
const MOUNT_AGAIN_MS = 2000;

/**
 * What the node, or the scheduler, does for a pod next; undefined where it stays so. Follows from the pod as it is
 * now, so that a pod that was seeded in some state goes on from there.
 */
export function nextPodStep(
  pod: JsonObject,
  now: number,
  missing: Missing = NOTHING_MISSING,
): Step | undefined {
  const inits = initContainersOf(pod);
  const containers = containersOf(pod);
  const initStatuses = objectsOf(at(pod, "status", "initContainerStatuses"));
  const statuses = objectsOf(at(pod, "status", "containerStatuses"));
  if (statuses.length === 0) {
    if (isUnschedulable(pod)) return unscheduled(pod, now);
    const hasInit = inits.length > 0;
    const begun = [untouched(inits, hasInit), untouched(containers, hasInit)] as const;
    return { afterMs: 0, status: podStatus(pod, begun, now), events: missing.volumes.map(unmounted) };
  }
  const hasBegun = [...initStatuses, ...statuses].some((status) => !isUntouched(status));
  if (!hasBegun && missing.volumes.length > 0)
    return { afterMs: MOUNT_AGAIN_MS, events: missing.volumes.map(unmounted) };
  const lives = initStatuses.every(endedWell)
    ? livesOf(pod, containers, statuses, { isInit: false, now, missing })
    : livesOf(pod, inits, initStatuses, { isInit: true, now, missing })
        .filter(({ status }) => !endedWell(status))
        .slice(0, 1);
  const [next] = lives
    .flatMap((life) => {
      const step = nextStep(life);
      return step === undefined ? [] : [{ life, step }];
    })
    .sort((left, right) => left.step.afterMs - right.step.afterMs);
  if (next === undefined) return undefined;
  const { afterMs, events, status: changed } = next.step;
  if (changed === undefined) return { afterMs, events };
  const replaced = (status: JsonObject): JsonObject => (status === next.life.status ? changed : status);
  const after = [initStatuses.map(replaced), statuses.map(replaced)] as const;
  return { afterMs, events, status: podStatus(pod, after, now) };
}

/** The status of a pod whose containers have all become ready; for seeding. */
export function readyStatus(pod: JsonObject, now: number): JsonObject {
  const life = (container: Container): Life => ({ pod, container, isInit: false, status: {}, now });
  return podStatus(pod, [[], containersOf(pod).map((container) => running(life(container), true))], now);
}

const livesOf = (
  pod: JsonObject,
  containers: readonly Container[],
  statuses: readonly JsonObject[],
  { isInit, now, missing }: Pick<Life, "isInit" | "now"> & { readonly missing: Missing },
): readonly Life[] =>
  statuses.flatMap((status) => {
    const container = containers.find(({ name }) => name === status["name"]);
    if (container === undefined) return [];
    return [{ pod, container, isInit, status, now, missing: missing.environment.get(container.name) }];
  });

const unmounted = (message: string): PodEvent => ({ type: "Warning", reason: "FailedMount", message });

const endedWell = (status: JsonObject): boolean => at(status, "state", "terminated", "exitCode") === 0;

function unscheduled(pod: JsonObject, now: number): Step | undefined {
  const conditions = objectsOf(at(pod, "status", "conditions"));
  if (conditions.some(({ reason }) => reason === "Unschedulable")) return undefined;
  return {
    afterMs: 0,
    status: {
      phase: "Pending",
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          lastProbeTime: null,
          lastTransitionTime: timeText(now),
          reason: "Unschedulable",
          message: UNSCHEDULABLE,
        },
      ],
      qosClass: "BestEffort",
    },
    events: [{ type: "Warning", reason: "FailedScheduling", message: UNSCHEDULABLE }],
  };
}

/** The kubelet's own reckoning of phase and conditions; the statuses of init containers come first. */
function podStatus(
  pod: JsonObject,
  [initStatuses, statuses]: readonly [JsonObject[], JsonObject[]],
  now: number,
): JsonObject {
  const phase = phaseOf(pod, initStatuses, statuses);
  const incomplete = names(initStatuses.filter((status) => !endedWell(status)));
  const ready = unreadiness(phase, names(statuses.filter(({ ready: isReady }) => isReady !== true)));
  const hasBegun = [...initStatuses, ...statuses].some((status) => !isUntouched(status));
  const initialized: JsonObject = {
    reason: "ContainersNotInitialized",
    message: `containers with incomplete status: [${incomplete}]`,
  };
  const condition = conditionsOf(pod, now);
  return {
    phase,
    conditions: [
      condition("PodReadyToStartContainers", hasBegun ? undefined : {}),
      condition("Initialized", incomplete === "" ? undefined : initialized),
      condition("Ready", ready),
      condition("ContainersReady", ready),
      condition("PodScheduled", undefined),
    ],
    hostIP: "10.1.0.1",
    ...(hasBegun ? { podIP: addressOf(pod), podIPs: [{ ip: addressOf(pod) }] } : {}),
    startTime: textOf(at(pod, "status", "startTime")) || timeText(now),
    ...(initStatuses.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    containerStatuses: statuses,
    qosClass: "BestEffort",
  };
}

const names = (statuses: readonly JsonObject[]): string =>
  statuses.map(({ name = "" }) => textOf(name)).join(" ");

const isUntouched = (status: JsonObject): boolean =>
  ["ContainerCreating", "PodInitializing"].includes(textOf(at(status, "state", "waiting", "reason")));

/** What speaks against a pod's being ready. */
function unreadiness(phase: string, unready: string): JsonObject | undefined {
  if (phase === "Succeeded") return { reason: "PodCompleted" };
  if (phase === "Failed") return { reason: "PodFailed" };
  return unready === ""
    ? undefined
    : { reason: "ContainersNotReady", message: `containers with unready status: [${unready}]` };
}

function phaseOf(
  pod: JsonObject,
  initStatuses: readonly JsonObject[],
  statuses: readonly JsonObject[],
): string {
  const isFinal = at(pod, "spec", "restartPolicy") === "Never";
  const ended = (status: JsonObject): boolean => at(status, "state", "terminated") !== undefined;
  if (isFinal && initStatuses.some((status) => ended(status) && !endedWell(status))) return "Failed";
  if (!initStatuses.every(endedWell)) return "Pending";
  const neverRan = (status: JsonObject): boolean =>
    at(status, "state", "waiting") !== undefined && at(status, "lastState", "terminated") === undefined;
  if (statuses.some(neverRan)) return "Pending";
  if (!runsToAnEnd(pod) || !statuses.every(ended)) return "Running";
  if (statuses.every(endedWell)) return "Succeeded";
  return isFinal ? "Failed" : "Running";
}

/** A condition is true where nothing speaks against it, and keeps its time while it stays so. */
function conditionsOf(
  pod: JsonObject,
  now: number,
): (type: string, against: JsonObject | undefined) => JsonObject {
  const before = objectsOf(at(pod, "status", "conditions"));
  return (type, against) => {
    const status = against === undefined ? "True" : "False";
    const same = before.find((one) => one["type"] === type && one["status"] === status);
    return {
      type,
      status,
      lastProbeTime: null,
      lastTransitionTime: same?.["lastTransitionTime"] ?? timeText(now),
      ...against,
    };
  };
}

/** An address that follows from the uid, so that a pod keeps it. */
function addressOf(pod: JsonObject): string {
  const [second = 0, third = 0, fourth = 0] = createHash("sha256").update(uidOf(pod)).digest();
  return `10.${(second % 200) + 20}.${third}.${(fourth % 250) + 1}`;
}
