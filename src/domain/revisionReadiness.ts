import type { RolloutReading, RolloutRevision } from "./rollouts.ts";
import { SECOND_MS, type DurationMs } from "./time.ts";

/** What can be seen of whether the pods of an earlier revision were ever ready: Kubernetes does not record it. */
export type Readiness =
  /** Pods of it are ready at this moment. */
  | "ready-now"
  /** It has pods, and none of them is ready. */
  | "not-ready"
  /** It gave way before its rollout came to its end. */
  | "unfinished"
  /** Another one was made within seconds: its pods hardly had the time to become ready. */
  | "brief"
  | "not-known";

/** Scheduling a pod, starting it and asking its first probe take longer; times are cut to whole seconds. */
const BRIEF_MS: DurationMs = 5 * SECOND_MS;

/** What can be seen of a revision that is not the current one. Only ReplicaSets count their pods. */
export function readinessOf(revision: RolloutRevision, among: AllRevisions): Readiness {
  const { ready, wanted } = revision.pods ?? { ready: 0, wanted: 0 };
  if (ready > 0) return "ready-now";
  if (wanted > 0) return "not-ready";
  if (isUnfinished(revision, among)) return "unfinished";
  return replacedAfter(revision, among) <= BRIEF_MS ? "brief" : "not-known";
}

/** All revisions of a workload, and what its controller says of them. */
export interface AllRevisions {
  readonly revisions: readonly RolloutRevision[];
  readonly completed: RolloutReading["completed"] | undefined;
}

/**
 * A Deployment has taken away all pods of what was before when a rollout comes to its end (`DeploymentComplete`), and a
 * StatefulSet writes it down (`completeRollingUpdate`).
 */
const isUnfinished = ({ revision }: RolloutRevision, { revisions, completed }: AllRevisions): boolean =>
  revision > (completed ?? Infinity) ||
  revisions.some((one) => one.revision < revision && (one.pods?.wanted ?? 0) > 0);

/** How long it was the newest one, at most: an object that was made later was rolled out as it was made. */
const replacedAfter = ({ revision, createdAt }: RolloutRevision, { revisions }: AllRevisions): number =>
  Math.min(
    ...revisions
      .filter((one) => one.revision > revision && one.createdAt >= createdAt && createdAt > 0)
      .map((one) => one.createdAt - createdAt),
  );
