import type { WorkloadSight } from "./rollouts.ts";
import type { EpochMs } from "./time.ts";

/** How the rollout of the current template stands, by the rules of `kubectl rollout status`. */
export type RolloutStatus =
  | { readonly kind: "reading" }
  | { readonly kind: "complete" }
  | {
      readonly kind: "progressing";
      readonly updated: number;
      readonly available: number;
      readonly wanted: number;
    }
  /** The controller has not seen the newest spec yet. */
  | { readonly kind: "not-observed"; readonly since?: EpochMs }
  | { readonly kind: "paused" }
  | { readonly kind: "deadline-exceeded" }
  /** No pod comes to be: quota or admission. */
  | { readonly kind: "replica-failure"; readonly message: string }
  | { readonly kind: "scaled-to-zero" }
  /** A DaemonSet has no replicas: it wants a pod on each node that matches. */
  | { readonly kind: "no-node-matches" };

/**
 * How a rollout stands. Nothing is judged before the controller has seen the newest spec. Then as kubectl has it
 * (`rollout_status.go`), but that zero replicas are no success here, that a paused rollout and one of which no pod can
 * be made are said to be so, and that pods count by what they say themselves: the controller's figures lag behind.
 */
export function rolloutStatus({ rollout, now }: Pick<WorkloadSight, "rollout" | "now">): RolloutStatus {
  if (rollout.observedGeneration < rollout.generation) return { kind: "not-observed" };
  const { wanted, pods, replicaFailure } = now;
  if (replicaFailure !== undefined) return { kind: "replica-failure", message: replicaFailure };
  if (rollout.isPaused) return { kind: "paused" };
  if (now.deadlineExceeded) return { kind: "deadline-exceeded" };
  if (wanted === 0) return { kind: rollout.kind === "DaemonSet" ? "no-node-matches" : "scaled-to-zero" };
  const updated = pods.length;
  const available = pods.filter(({ ready }) => ready).length;
  const isDone = updated >= wanted && available >= updated && !hasOlderPods({ rollout, now });
  return isDone ? { kind: "complete" } : { kind: "progressing", updated, available, wanted };
}

/** Pods of older templates: by the ReplicaSets' own counts, else by what is ready beyond the newest template's. */
function hasOlderPods({ rollout, now }: Pick<WorkloadSight, "rollout" | "now">): boolean {
  const older = rollout.revisions.filter(({ object }) => object.uid !== rollout.current?.uid);
  if (older.some(({ pods }) => (pods?.wanted ?? 0) > 0 || (pods?.ready ?? 0) > 0)) return true;
  const isCounted = older.some(({ pods }) => pods !== undefined);
  return !isCounted && (now.readyOfAll ?? 0) > now.pods.length;
}
