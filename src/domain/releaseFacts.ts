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
  /** How its rollout goes on; absent where it does not exist. */
  readonly rollout?: RolloutFacts;
}

/** What of a workload's own spec and status decides whether new pods come to be, and count. */
export interface RolloutFacts {
  /** By the API server's clock; undefined where a proxy took it away. */
  readonly at?: EpochMs;
  /** Whether the controller has seen the newest spec: before that nothing it says is about it. */
  readonly isObserved: boolean;
  /** When the spec was changed last, at the latest. */
  readonly changedAt?: EpochMs;
  readonly isPaused: boolean;
  readonly minReadySeconds: number;
  /** Pods of all templates that were ready for so long. */
  readonly available: number;
  readonly replaces: "by-itself" | "on-delete" | "partition";
  /** Old pods that new ones have to wait for, where that is how its pods are replaced. */
  readonly inTheWay: readonly OldPod[];
  /** The autoscaler of a workload without replicas. */
  readonly autoscaler?: { readonly name: string; readonly conditions: readonly ConditionFact[] };
}

/** A pod of whatever template that is being deleted, or of an older one and not ready. */
export interface OldPod {
  readonly name: string;
  readonly why: "terminating" | "not-ready";
  /** When its time to end was over, where it is being deleted. */
  readonly endedAt?: EpochMs;
  readonly finalizers: readonly string[];
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
  /** When it became ready, where it is. */
  readonly readySince?: EpochMs;
  /** Conditions that others have to set before it counts as ready. */
  readonly gates?: readonly string[];
  /** Absent where it has none yet. Whether that is ready is asked only where it may not be, and often not allowed. */
  readonly node?: { readonly name: string; readonly isReady?: boolean };
  /** Init containers first, in the order in which they run. */
  readonly containers: readonly ContainerFacts[];
}

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  /** One that has to end before the others begin; a sidecar among the init containers is none. */
  readonly isInit: boolean;
  readonly isSidecar?: true;
  readonly isReady: boolean;
  readonly restarts: number;
  readonly state: ContainerState;
  /** How it ended the last time, where it was started again. */
  readonly last?: ContainerEnd;
  readonly memoryLimit?: string;
  /** What the kubelet asks to learn whether it is ready, e.g. `GET :8080/healthz`. */
  readonly readinessProbe?: string;
  readonly livenessProbe?: string;
  readonly startupProbe?: string;
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
  /** When it was seen last. */
  readonly at?: EpochMs;
  readonly isWarning: boolean;
  /** The container that it is about, where it is about one. */
  readonly container?: string;
}
