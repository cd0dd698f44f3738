import type { RolloutRevision } from "./rollouts.ts";
import { SECOND_MS, type DurationMs } from "./time.ts";

/** What can be seen of whether the pods of an earlier revision were ever ready: Kubernetes does not record it. */
export type Readiness =
  /** Pods of it are ready at this moment. */
  | "ready-now"
  /** It has pods, and none of them is ready. */
  | "not-ready"
  /** It has no pods any more, while one that is still earlier has: its rollout never came to its end. */
  | "unfinished"
  /** Another one was made within seconds: its pods hardly had the time to become ready. */
  | "brief"
  | "not-known";

/** Scheduling a pod, starting it and asking its first probe take longer; times are cut to whole seconds. */
const BRIEF_MS: DurationMs = 5 * SECOND_MS;

/**
 * What can be seen of a revision's readiness among all those of its workload. A Deployment takes away the pods of what
 * was before only when a rollout gets on, all of them at its end; a ControllerRevision counts no pods.
 */
export function readinessOf(revision: RolloutRevision, all: readonly RolloutRevision[]): Readiness {
  const { ready, wanted } = revision.pods ?? { ready: 0, wanted: 0 };
  if (ready > 0) return "ready-now";
  if (wanted > 0) return "not-ready";
  if (all.some((one) => one.revision < revision.revision && (one.pods?.wanted ?? 0) > 0)) return "unfinished";
  return replacedAfter(revision, all) <= BRIEF_MS ? "brief" : "not-known";
}

/** How long it was the newest one, at most: an object that was made later was rolled out as it was made. */
const replacedAfter = ({ revision, createdAt }: RolloutRevision, all: readonly RolloutRevision[]): number =>
  Math.min(
    ...all
      .filter((one) => one.revision > revision && one.createdAt >= createdAt && createdAt > 0)
      .map((one) => one.createdAt - createdAt),
  );
