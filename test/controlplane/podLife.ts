import { at, listAt, textAt } from "../contract/json.ts";
import { nextStep, notStarted, now, type ContainerStep, type Life, type PodEvent } from "./containerLife.ts";
import type { Missing } from "./podConfig.ts";
import { containersOf, initContainersOf, isUnschedulable, runsToAnEnd, type Container } from "./podFate.ts";

/** What the node, or the scheduler, does for a pod next. */
export interface PodStep {
  readonly afterMs: number;
  readonly status?: object;
  readonly events: readonly PodEvent[];
}

const UNSCHEDULABLE =
  "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: " +
  "3 No preemption victims found for incoming pod.";

/** The kubelet tries again later and later; here it is always two seconds. */
const MOUNT_AGAIN_MS = 2_000;

const unmounted = (message: string): PodEvent => ({ type: "Warning", reason: "FailedMount", message });

/** Follows from the pod as it is now; undefined where it stays so. Deleting and binding are not of its business. */
export function nextPodStep(pod: unknown, missing: Missing): PodStep | undefined {
  if (at(pod, "spec", "nodeName") === undefined) return isUnschedulable(pod) ? unscheduled(pod) : undefined;
  const inits = initContainersOf(pod);
  const containers = containersOf(pod);
  const initStatuses = listAt(pod, "status", "initContainerStatuses");
  const statuses = listAt(pod, "status", "containerStatuses");
  if (statuses.length === 0) {
    const reason = inits.length > 0 ? "PodInitializing" : "ContainerCreating";
    const first = (container: Container): object => notStarted(container, reason);
    const status = podStatus(pod, inits.map(first), containers.map(first));
    return { afterMs: 0, status, events: missing.volumes.map(unmounted) };
  }
  const hasBegun = [...initStatuses, ...statuses].some((status) => !isUntouched(status));
  if (!hasBegun && missing.volumes.length > 0)
    return { afterMs: MOUNT_AGAIN_MS, events: missing.volumes.map(unmounted) };
  const isInitialized = initStatuses.every(endedWell);
  const lives = isInitialized
    ? livesOf(pod, [containers, statuses], false, missing)
    : livesOf(pod, [inits, initStatuses], true, missing)
        .filter(({ status }) => !endedWell(status))
        .slice(0, 1);
  const [next] = lives
    .flatMap((life) => {
      const step = nextStep(life);
      return step === undefined ? [] : [{ life, step }];
    })
    .sort((a, b) => a.step.afterMs - b.step.afterMs);
  if (next === undefined) return undefined;
  const { life, step } = next;
  if (step.status === undefined) return { afterMs: step.afterMs, events: step.events };
  const replaced = (status: unknown): unknown => (status === life.status ? step.status : status);
  return {
    ...withoutStatus(step),
    status: podStatus(pod, initStatuses.map(replaced), statuses.map(replaced)),
  };
}

const withoutStatus = ({ afterMs, events }: ContainerStep): Omit<PodStep, "status"> => ({ afterMs, events });

const livesOf = (
  pod: unknown,
  [containers, statuses]: readonly [readonly Container[], readonly unknown[]],
  isInit: boolean,
  missing: Missing,
): readonly Life[] =>
  statuses.flatMap((status) => {
    const container = containers.find(({ name }) => name === at(status, "name"));
    if (container === undefined) return [];
    return [{ pod, container, isInit, status, missing: missing.environment.get(container.name) }];
  });

const endedWell = (status: unknown): boolean => at(status, "state", "terminated", "exitCode") === 0;

function unscheduled(pod: unknown): PodStep | undefined {
  if (listAt(pod, "status", "conditions").some((one) => at(one, "reason") === "Unschedulable"))
    return undefined;
  return {
    afterMs: 0,
    status: {
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          lastTransitionTime: now(),
          reason: "Unschedulable",
          message: UNSCHEDULABLE,
        },
      ],
    },
    events: [{ type: "Warning", reason: "FailedScheduling", message: UNSCHEDULABLE }],
  };
}

/** The kubelet's own reckoning of phase and conditions. */
function podStatus(pod: unknown, initStatuses: readonly unknown[], statuses: readonly unknown[]): object {
  const phase = phaseOf(pod, initStatuses, statuses);
  const incomplete = names(initStatuses.filter((status) => !endedWell(status)));
  const unready = names(statuses.filter((status) => at(status, "ready") !== true));
  const ready = readiness(phase, unready);
  const begun = [...initStatuses, ...statuses].some((status) => !isUntouched(status));
  const condition = conditionsOf(pod);
  return {
    phase,
    startTime: at(pod, "status", "startTime") ?? now(),
    conditions: [
      condition("PodReadyToStartContainers", begun ? undefined : {}),
      condition(
        "Initialized",
        incomplete === ""
          ? undefined
          : {
              reason: "ContainersNotInitialized",
              message: `containers with incomplete status: [${incomplete}]`,
            },
      ),
      condition("Ready", ready),
      condition("ContainersReady", ready),
      condition("PodScheduled", undefined),
    ],
    ...(initStatuses.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    containerStatuses: statuses,
  };
}

const names = (statuses: readonly unknown[]): string =>
  statuses.map((status) => textAt(status, "name")).join(" ");

const isUntouched = (status: unknown): boolean =>
  ["ContainerCreating", "PodInitializing"].includes(String(at(status, "state", "waiting", "reason")));

function readiness(phase: string, unready: string): object | undefined {
  if (phase === "Succeeded") return { reason: "PodCompleted" };
  if (phase === "Failed") return { reason: "PodFailed" };
  return unready === ""
    ? undefined
    : { reason: "ContainersNotReady", message: `containers with unready status: [${unready}]` };
}

function phaseOf(pod: unknown, initStatuses: readonly unknown[], statuses: readonly unknown[]): string {
  const isOneShot = runsToAnEnd(pod);
  const isFinal = at(pod, "spec", "restartPolicy") === "Never";
  const ended = (status: unknown): boolean => at(status, "state", "terminated") !== undefined;
  if (isFinal && initStatuses.some((status) => ended(status) && !endedWell(status))) return "Failed";
  if (!initStatuses.every(endedWell)) return "Pending";
  const neverRan = (status: unknown): boolean =>
    at(status, "state", "waiting") !== undefined && at(status, "lastState", "terminated") === undefined;
  if (statuses.some(neverRan)) return "Pending";
  if (!isOneShot || !statuses.every(ended)) return "Running";
  if (statuses.every(endedWell)) return "Succeeded";
  return isFinal ? "Failed" : "Running";
}

/** A condition is true where nothing speaks against it, and keeps its time while it stays so. */
function conditionsOf(pod: unknown): (type: string, against: object | undefined) => object {
  const before = listAt(pod, "status", "conditions");
  return (type, against) => {
    const status = against === undefined ? "True" : "False";
    const same = before.find((one) => at(one, "type") === type && at(one, "status") === status);
    return { type, status, lastTransitionTime: at(same, "lastTransitionTime") ?? now(), ...against };
  };
}
