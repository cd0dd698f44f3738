import type { LivePod, WorkloadSight } from "./rollouts.ts";
import { MINUTE_MS, SECOND_MS, type DurationMs, type EpochMs } from "./time.ts";

/** What a workload was when it was proven to run: all that comes later is compared with it. JSON-safe. */
export interface Baseline {
  /** The uid of the revision that ran: another one is somebody else's deploy. */
  readonly revision: string;
  /** Restarts until then, by the pods' uids. A pod that came later began with none. */
  readonly restarts: Readonly<Record<string, number>>;
}

/** What is amiss with a pod, or with all of them. */
export type PodTrouble = { readonly since: EpochMs } & (
  | { readonly kind: "restarted"; readonly pod: string; readonly restarts: number }
  | { readonly kind: "waiting"; readonly pod: string; readonly container: string; readonly reason: string }
  | { readonly kind: "failed"; readonly pod: string }
  /** It was ready, or has had time enough. */
  | { readonly kind: "not-ready"; readonly pod: string }
  /** No pod comes to be: quota or admission. */
  | { readonly kind: "no-pods"; readonly message: string }
);

/** What has been seen of a workload since it is watched. */
export interface Watched {
  readonly baseline: Baseline;
  /** Uids of pods that were ready at some time. */
  readonly wereReady: ReadonlySet<string>;
  /** What may pass by itself, and since when it is seen; by pod and kind. */
  readonly suspects: ReadonlyMap<string, EpochMs>;
}

export type MonitorLook =
  /** Something newer is rolled out, or the workload is gone. */
  | { readonly kind: "not-ours" }
  | {
      readonly kind: "well";
      readonly watched: Watched;
      /** When what is suspicious now will be trouble, if nothing changes until then. */
      readonly lookAgainAt?: EpochMs;
    }
  | { readonly kind: "trouble"; readonly troubles: readonly PodTrouble[]; readonly watched: Watched };

/** A registry that is slow, a probe that failed once: pods get over it. */
const MAY_PASS_MS: DurationMs = 15 * SECOND_MS;
/** A new pod needs its time to become ready; the autoscaler or a node that is emptied makes new ones at any time. */
const START_MS: DurationMs = 2 * MINUTE_MS;
/** Every container begins like this. */
const NOT_YET = /^(?:ContainerCreating|PodInitializing)$/u;

/** Begins to watch, where the controller has made a revision of what is there; undefined before. */
export function baselineOf({ rollout, pods }: WorkloadSight): Baseline | undefined {
  const { current } = rollout;
  if (current === undefined) return undefined;
  const restarts = Object.fromEntries(pods.map((pod) => [pod.uid, pod.restarts]));
  return { revision: current.uid, restarts };
}

/** Watches go on from a baseline that was kept: what was suspicious before is seen anew. */
export const watchedFrom = (baseline: Baseline): Watched => ({
  baseline,
  wereReady: new Set(Object.keys(baseline.restarts)),
  suspects: new Map(),
});

/**
 * Whether a workload has got into trouble since it was proven. A single restart is trouble at once; what may pass by
 * itself has to last. Pods that are being deleted count no more.
 */
export function lookAt(sight: WorkloadSight | undefined, watched: Watched, now: EpochMs): MonitorLook {
  if (sight === undefined) return { kind: "not-ours" };
  const { current } = sight.rollout;
  if (current !== undefined && current.uid !== watched.baseline.revision) return { kind: "not-ours" };
  // A change of the template that the controller has not seen yet.
  if (current === undefined) return { kind: "well", watched };
  const pods = sight.pods.filter(({ isBeingDeleted }) => !isBeingDeleted);
  const found = [...pods.flatMap((pod) => suspicions(pod, watched)), ...withoutPods(sight)];
  const suspects = new Map(found.map(({ key }) => [key, watched.suspects.get(key) ?? now]));
  const wereReady = new Set([
    ...watched.wereReady,
    ...pods.filter(({ ready }) => ready).map(({ uid }) => uid),
  ]);
  const next: Watched = { ...watched, wereReady, suspects };
  const timed = found.map(({ key, patience, trouble }) => {
    const since = suspects.get(key) ?? now;
    return { trouble: { ...trouble, since }, dueAt: since + patience };
  });
  const troubles = timed.filter(({ dueAt }) => dueAt <= now).map(({ trouble }) => trouble);
  if (troubles.length > 0) return { kind: "trouble", troubles, watched: next };
  if (timed.length === 0) return { kind: "well", watched: next };
  return { kind: "well", watched: next, lookAgainAt: Math.min(...timed.map(({ dueAt }) => dueAt)) };
}

type WithoutTime<T> = T extends unknown ? Omit<T, "since"> : never;

interface Suspicion {
  readonly key: string;
  /** How long it may last before it is trouble. */
  readonly patience: DurationMs;
  readonly trouble: WithoutTime<PodTrouble>;
}

/** The one thing to say of a pod: what tells most. */
function suspicions(pod: LivePod, { baseline, wereReady }: Watched): readonly Suspicion[] {
  const { uid, name, restarts, waiting } = pod;
  const of = (trouble: WithoutTime<PodTrouble>, patience: DurationMs): readonly Suspicion[] => [
    { key: `${uid} ${trouble.kind}`, patience, trouble },
  ];
  const more = restarts - (baseline.restarts[uid] ?? 0);
  if (more > 0) return of({ kind: "restarted", pod: name, restarts: more }, 0);
  if (pod.phase === "Succeeded") return [];
  if (pod.phase === "Failed") return of({ kind: "failed", pod: name }, 0);
  if (waiting !== undefined && !NOT_YET.test(waiting.reason)) {
    const { container, reason } = waiting;
    return of({ kind: "waiting", pod: name, container, reason }, MAY_PASS_MS);
  }
  if (pod.ready) return [];
  return of({ kind: "not-ready", pod: name }, wereReady.has(uid) ? MAY_PASS_MS : START_MS);
}

const withoutPods = ({ now: { replicaFailure } }: WorkloadSight): readonly Suspicion[] =>
  replicaFailure === undefined
    ? []
    : [{ key: "no-pods", patience: MAY_PASS_MS, trouble: { kind: "no-pods", message: replicaFailure } }];
