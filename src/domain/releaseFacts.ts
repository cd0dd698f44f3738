import type { EpochMs } from "./time.ts";

/** What a cluster says of a release's workloads and hooks, as far as it can tell why something does not run. */
export interface ReleaseFacts {
  readonly workloads: readonly WorkloadFacts[];
  /** The Jobs and pods of the revision's hooks that are in the cluster now. */
  readonly hooks: readonly HookFacts[];
}

export interface WorkloadFacts {
  /** e.g. `Deployment/web`. */
  readonly name: string;
  readonly namespace: string;
  /** False where the manifest names it and the cluster has not got it. */
  readonly exists: boolean;
  readonly wanted: number;
  /** uids of it and of its newest ReplicaSet: what their events are found by. */
  readonly uids: readonly string[];
  readonly conditions: readonly ConditionFact[];
  /** Pods of the newest template alone: those of older ones say nothing about a new rollout. */
  readonly pods: readonly PodFacts[];
}

export interface HookFacts {
  readonly name: string;
  readonly namespace: string;
  readonly kind: "Job" | "Pod";
  /** e.g. `pre-upgrade`. */
  readonly events: readonly string[];
  readonly uid: string;
  /** By the API server's clock. */
  readonly createdAt: EpochMs;
  /** Whether the Job gave up (its Failed condition), or its pod failed. */
  readonly hasFailed: boolean;
  readonly conditions: readonly ConditionFact[];
  /** Newest first. */
  readonly pods: readonly PodFacts[];
}

export interface ConditionFact {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface PodFacts {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly phase: string;
  /** Of the whole pod, e.g. `Evicted`. */
  readonly reason: string;
  readonly message: string;
  readonly isReady: boolean;
  readonly conditions: readonly ConditionFact[];
  /** Init containers first, in the order in which they run. */
  readonly containers: readonly ContainerFacts[];
}

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  /** One that has to end before the others begin; a sidecar among the init containers is none. */
  readonly isInit: boolean;
  readonly isReady: boolean;
  readonly restarts: number;
  readonly state: ContainerState;
  /** How it ended the last time, where it was started again. */
  readonly last?: ContainerEnd;
  readonly memoryLimit?: string;
  /** What the kubelet asks to learn whether it is ready, e.g. `GET :8080/healthz`. */
  readonly readinessProbe?: string;
}

export type ContainerState =
  | { readonly kind: "waiting"; readonly reason: string; readonly message: string }
  | { readonly kind: "running" }
  | ({ readonly kind: "terminated" } & ContainerEnd)
  /** The kubelet has said nothing of it yet. */
  | { readonly kind: "unknown" };

export interface ContainerEnd {
  readonly exitCode: number | undefined;
  readonly reason: string;
  readonly message: string;
}

/** An Event: kept for an hour at most, and never complete, so that nothing may depend on one being there. */
export interface EventFact {
  /** e.g. `Pod/web-6d9f-x2lqp`. */
  readonly about: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly isWarning: boolean;
}
