import { notStarted, restartsOf, running, terminated, waiting, type Life } from "./containerStatus.ts";
import type { JsonObject } from "./json.ts";
import { at, numberOf, textOf } from "./json.ts";
import { nameOf, namespaceOf, uidOf } from "./object.ts";
import { exitOf, pullFailure, type Container } from "./podFate.ts";

/** What a node does next: when, what a status is then, and what is told about it. */
export interface Step {
  readonly afterMs: number;
  /** Absent where there is only something to tell. */
  readonly status?: JsonObject;
  readonly events: readonly PodEvent[];
}

export interface PodEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** The container's place in its pod, as the kubelet writes it; absent for what concerns the whole pod. */
  readonly fieldPath?: string;
}

/** Milliseconds. A start takes as long as that of a small image that is already on the node. */
const TIMES = {
  start: 100,
  startSpread: 120,
  shortRun: 60,
  backOff: 150,
  crash: 100,
  shaky: 5000,
  probe: 10_000,
  slow: 3800,
  again: 1000,
} as const;
/** The kubelet's own: doubled with each restart, five minutes at most. */
const BACK_OFF = { first: 10_000, most: 300_000 } as const;

/** Follows from the present status alone; undefined where it stays so. */
export function nextStep(life: Life): Step | undefined {
  const { status, container } = life;
  switch (textOf(at(status, "state", "waiting", "reason"))) {
    case "ContainerCreating":
    case "PodInitializing":
      return begin(life);
    case "ErrImagePull":
      return backOffPulling(life);
    case "CrashLoopBackOff":
      return runAgain(life, backOffOf(status));
    case "CreateContainerConfigError":
      return container.fate === "noconfig" ? undefined : lookForConfig(life);
  }
  if (at(status, "state", "terminated") !== undefined) return afterItsEnd(life);
  if (at(status, "state", "running") === undefined) return undefined;
  if (container.fate === "slow" && status["ready"] !== true)
    return { afterMs: TIMES.slow, status: { ...status, ready: true }, events: [] };
  if (container.fate === "notready") return { afterMs: TIMES.probe, events: [unhealthy(life)] };
  if (container.fate !== "shaky" || restartsOf(status) > 0) return undefined;
  return { afterMs: TIMES.shaky, status: terminated(life), events: [] };
}

/** The statuses of containers before anything was done for them. */
export const untouched = (containers: readonly Container[], hasInit: boolean): JsonObject[] =>
  containers.map((container) => notStarted(container, hasInit ? "PodInitializing" : "ContainerCreating"));

function begin(life: Life): Step {
  const { container, isInit } = life;
  const { image, fate } = container;
  const isShort = isInit || fate === "complete" || fate === "fail";
  const afterMs = isShort ? TIMES.shortRun : TIMES.start + Math.random() * TIMES.startSpread;
  const pulling = event(life, "Normal", "Pulling", `Pulling image "${image}"`);
  const failure = pullFailure(container);
  if (failure !== undefined) {
    return {
      afterMs,
      status: waiting(life, { reason: "ErrImagePull", message: failure }),
      events: [
        pulling,
        event(life, "Warning", "Failed", `Failed to pull image "${image}": ${failure}`),
        event(life, "Warning", "Failed", "Error: ErrImagePull"),
      ],
    };
  }
  const pulled = event(life, "Normal", "Pulled", `Successfully pulled image "${image}"`);
  const message = fate === "noconfig" ? `secret "db" not found` : life.missing;
  const { status, events } = message === undefined ? run(life) : withoutConfig(life, message);
  return { afterMs, status, events: [pulling, pulled, ...events] };
}

function run(life: Life): Required<Omit<Step, "afterMs">> {
  const { fate } = life.container;
  const endsAtOnce = exitOf(fate) !== undefined && fate !== "shaky";
  return {
    status: endsAtOnce ? terminated(life) : running(life),
    events: fate === "notready" ? [...started(life), unhealthy(life)] : started(life),
  };
}

const withoutConfig = (life: Life, message: string): Required<Omit<Step, "afterMs">> => ({
  status: waiting(life, { reason: "CreateContainerConfigError", message }),
  events: [event(life, "Warning", "Failed", `Error: ${message}`)],
});

/** What was missing may have been made meanwhile, or something else is missing now. */
function lookForConfig(life: Life): Step {
  const afterMs = TIMES.again;
  if (life.missing === undefined) return { afterMs, ...run(life) };
  const isSame = at(life.status, "state", "waiting", "message") === life.missing;
  return isSame ? { afterMs, events: [] } : { afterMs, ...withoutConfig(life, life.missing) };
}

function backOffPulling(life: Life): Step {
  const { container, status } = life;
  const message = `Back-off pulling image "${container.image}"`;
  const cause = textOf(at(status, "state", "waiting", "message"));
  return {
    afterMs: TIMES.backOff,
    status: waiting(life, { reason: "ImagePullBackOff", message: `${message}: ErrImagePull: ${cause}` }),
    events: [
      event(life, "Normal", "BackOff", message),
      event(life, "Warning", "Failed", "Error: ImagePullBackOff"),
    ],
  };
}

/** The first restart comes at once, those after it are put off longer and longer. */
function afterItsEnd(life: Life): Step | undefined {
  const { pod, container, status } = life;
  const isWell = numberOf(at(status, "state", "terminated", "exitCode"), -1) === 0;
  if (isWell || at(pod, "spec", "restartPolicy") === "Never") return undefined;
  if (restartsOf(status) === 0) return runAgain(life, TIMES.crash);
  const place = `${nameOf(pod)}_${namespaceOf(pod)}(${uidOf(pod)})`;
  const seconds = backOffOf(status) / 1000;
  const text = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return {
    afterMs: TIMES.crash,
    status: waiting(life, {
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

function runAgain(life: Life, afterMs: number): Step {
  const { image, fate } = life.container;
  const pulled = `Container image "${image}" already present on machine and can be accessed by the pod`;
  return {
    afterMs,
    status: fate === "shaky" ? running(life) : terminated(life),
    events: [event(life, "Normal", "Pulled", pulled), ...started(life)],
  };
}

const backOffOf = (status: JsonObject): number =>
  Math.min(BACK_OFF.first * 2 ** Math.max(0, restartsOf(status) - 1), BACK_OFF.most);

const started = (life: Life): readonly PodEvent[] => [
  event(life, "Normal", "Created", `Container created: ${life.container.name}`),
  event(life, "Normal", "Started", `Container started: ${life.container.name}`),
];

const unhealthy = (life: Life): PodEvent =>
  event(life, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503");

const event = (
  { container, isInit }: Life,
  type: PodEvent["type"],
  reason: string,
  message: string,
): PodEvent => ({
  type,
  reason,
  message,
  fieldPath: `spec.${isInit ? "initContainers" : "containers"}{${container.name}}`,
});
