import { at, listAt, textAt } from "../contract/json.ts";
import { aWorkload, type BareStage, type Wish } from "./bareStage.ts";

/** A container's status as a kubelet would write it; what is left out is as before anything was done for it. */
export interface SetContainer {
  readonly state: object;
  readonly lastState?: object;
  readonly restartCount?: number;
  readonly ready?: boolean;
}

export interface SetPod {
  readonly phase?: "Pending" | "Running" | "Failed";
  readonly reason?: string;
  readonly message?: string;
  /** By name; `web` is the application. */
  readonly containers?: Readonly<Record<string, SetContainer>>;
  readonly init?: Readonly<Record<string, SetContainer>>;
  readonly conditions?: readonly SetCondition[];
  readonly events?: readonly SetEvent[];
}

export interface SetCondition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason?: string;
  readonly message?: string;
}

export interface SetEvent {
  readonly reason: string;
  readonly message: string;
  readonly type?: "Normal" | "Warning";
  readonly container?: string;
}

export const waiting = (reason: string, message?: string): SetContainer => ({
  state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
});

/** Put off before it is started again, after it ended so. */
export const crashLoop = (exitCode: number, reason = "Error"): SetContainer => ({
  state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s restarting failed container" } },
  lastState: { terminated: { exitCode, reason } },
  restartCount: 3,
});

export const running = (ready: boolean): SetContainer => ({ state: { running: {} }, ready });

/**
 * Makes a workload whose pod nobody looks after, and sets the pod's status: the stand-in kubelet leaves a pod alone
 * that it has called unschedulable, by a condition of that reason, whatever else its status says.
 */
export async function withPod(stage: BareStage, set: SetPod, wish: Wish = {}): Promise<string> {
  await stage.create(aWorkload("unschedulable", wish));
  return setPod(stage, set);
}

/** Sets the status of the pod that waits to be looked after; answers its name. */
export async function setPod(stage: BareStage, set: SetPod): Promise<string> {
  const pod = await stage.pod(isLeftAlone);
  const name = textAt(pod, "metadata", "name");
  await stage.patch(`pod/${name}`, { status: statusOf(pod, set) }, "--subresource=status");
  for (const [index, event] of (set.events ?? []).entries()) {
    await stage.create(eventOf(pod, event, `${name}.${index}`));
  }
  return name;
}

/** The very condition that the stand-in kubelet looks for. */
const HELD: SetCondition = { type: "devdeploy.dev/held", status: "True", reason: "Unschedulable" };

const isLeftAlone = (pod: unknown): boolean => {
  const conditions = listAt(pod, "status", "conditions");
  return (
    conditions.some((one) => at(one, "reason") === "Unschedulable" && at(one, "type") === "PodScheduled") &&
    conditions.every((one) => at(one, "type") !== HELD.type)
  );
};

function statusOf(pod: unknown, set: SetPod): object {
  const { phase = "Pending", containers = {}, init = {}, conditions = [], reason, message } = set;
  const all: readonly SetCondition[] = [
    { type: "PodScheduled", status: "True" },
    { type: "Ready", status: "False", reason: "ContainersNotReady" },
    ...conditions,
    HELD,
  ];
  const statuses = (list: string, known: Readonly<Record<string, SetContainer>>): readonly object[] =>
    listAt(pod, "spec", list).map((container) => {
      const name = textAt(container, "name");
      const {
        state,
        lastState = {},
        restartCount = 0,
        ready = false,
      } = known[name] ?? waiting("PodInitializing");
      const image = textAt(container, "image");
      return { name, image, imageID: "", ready, started: ready, restartCount, state, lastState };
    });
  return {
    phase,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    // The last word on each counts.
    conditions: all.filter((one, index) => all.findLastIndex(({ type }) => type === one.type) === index),
    ...(Object.keys(init).length === 0 ? {} : { initContainerStatuses: statuses("initContainers", init) }),
    ...(phase === "Failed" ? {} : { containerStatuses: statuses("containers", containers) }),
  };
}

function eventOf(
  pod: unknown,
  { reason, message, type = "Warning", container }: SetEvent,
  name: string,
): object {
  const namespace = textAt(pod, "metadata", "namespace");
  return {
    ...{ apiVersion: "v1", kind: "Event", metadata: { name, namespace } },
    involvedObject: {
      ...{ apiVersion: "v1", kind: "Pod", namespace },
      name: textAt(pod, "metadata", "name"),
      uid: textAt(pod, "metadata", "uid"),
      ...(container === undefined ? {} : { fieldPath: `spec.containers{${container}}` }),
    },
    ...{ type, reason, message, count: 1, source: { component: "kubelet" } },
    lastTimestamp: new Date().toISOString().replace(/\.\d+Z$/u, "Z"),
  };
}
