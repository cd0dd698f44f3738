import type {
  ContainerFacts,
  EventFact,
  HookFacts,
  PodFacts,
  ReleaseFacts,
  RolloutFacts,
  WorkloadFacts,
} from "../../src/domain/releaseFacts.ts";

export const IMAGE = "registry.example.com/app:4f1c0de";

export const aContainer = (container: Partial<ContainerFacts> = {}): ContainerFacts => ({
  name: "app",
  image: IMAGE,
  isInit: false,
  isReady: false,
  restarts: 0,
  state: { kind: "running" },
  ...container,
});

/** A pod of one container that is not ready. */
export const aPodOf = (container: Partial<ContainerFacts> = {}, pod: Partial<PodFacts> = {}): PodFacts => ({
  name: "web-6d9f-x2lqp",
  namespace: "shop",
  uid: "p1",
  phase: "Running",
  reason: "",
  message: "",
  isReady: false,
  conditions: [],
  containers: [aContainer(container)],
  ...pod,
});

export const aReadyPod = (pod: Partial<PodFacts> = {}): PodFacts =>
  aPodOf({ isReady: true }, { uid: "r1", name: "web-6d9f-ready", isReady: true, ...pod });

export const waitingFor = (reason: string, message = ""): Partial<ContainerFacts> => ({
  state: { kind: "waiting", reason, message },
});

/** A container that is put off before it is started again. */
export const crashed = (
  exitCode: number,
  reason = "Error",
  container: Partial<ContainerFacts> = {},
): Partial<ContainerFacts> => ({
  ...waitingFor("CrashLoopBackOff", "back-off 10s restarting failed container=app"),
  last: { exitCode, reason, message: "" },
  restarts: 3,
  ...container,
});

export const aWorkload = (
  pods: readonly PodFacts[],
  workload: Partial<WorkloadFacts> = {},
): WorkloadFacts => ({
  name: "Deployment/web",
  namespace: "shop",
  exists: true,
  wanted: 1,
  uids: ["d1", "rs1"],
  conditions: [],
  pods,
  ...workload,
});

export const aHook = (hook: Partial<HookFacts> = {}): HookFacts => ({
  name: "web-migrate",
  namespace: "shop",
  kind: "Job",
  events: ["pre-upgrade"],
  uid: "j1",
  createdAt: 0,
  hasFailed: true,
  conditions: [
    {
      type: "Failed",
      status: "True",
      reason: "BackoffLimitExceeded",
      message: "Job has reached the specified backoff limit",
    },
  ],
  pods: [
    aPodOf(
      { state: { kind: "terminated", exitCode: 1, reason: "Error", message: "" } },
      { uid: "jp1", name: "web-migrate-abcde", phase: "Failed" },
    ),
  ],
  ...hook,
});

export const aWarning = (reason: string, message: string, event: Partial<EventFact> = {}): EventFact => ({
  about: "Pod/web-6d9f-x2lqp",
  reason,
  message,
  count: 1,
  isWarning: true,
  ...event,
});

export const someFactsOf = (...workloads: readonly WorkloadFacts[]): ReleaseFacts => ({
  workloads,
  hooks: [],
});

/** A rollout that nothing stands in the way of. */
export const aRollout = (rollout: Partial<RolloutFacts> = {}): RolloutFacts => ({
  isObserved: true,
  isPaused: false,
  minReadySeconds: 0,
  available: 0,
  replaces: "by-itself",
  inTheWay: [],
  ...rollout,
});
