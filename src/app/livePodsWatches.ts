import { readyPods } from "../domain/livePods.ts";
import type { ContainerImage } from "../domain/release.ts";
import { workloadName } from "../domain/release.ts";
import type { WorkloadSight } from "../domain/rollouts.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Disposable } from "./emitter.ts";
import type { WorkloadPods } from "./livePods.ts";
import { workloadsToFollow, type OpenWatches } from "./openWatches.ts";
import type { WorkloadAddress, WorkloadWatches } from "./rolloutPorts.ts";

/** What a release that helm is at work on makes of its workloads. */
export interface Underway {
  readonly images: readonly ContainerImage[];
  /** When the record was made, by the API server's clock. */
  readonly since: EpochMs;
}

/** Watches of workloads, opened and closed as others name them. */
export class WatchedWorkloads implements Disposable {
  readonly #workloads: OpenWatches<WorkloadAddress, WorkloadSight>;

  constructor(watches: WorkloadWatches, changed: () => void) {
    this.#workloads = workloadsToFollow(watches, changed);
  }

  /** Opens the watches of these workloads and closes the others. */
  follow(workloads: readonly WorkloadAddress[]): void {
    this.#workloads.follow(workloads);
  }

  /** The pods of one of these, judged by what is under way. */
  podsOf(workload: WorkloadAddress, underway?: Underway): WorkloadPods {
    const event = this.#workloads.of(workload);
    if (event === undefined || event.liveness.kind === "connecting") return { workload, kind: "reading" };
    if (event.liveness.kind === "stale") {
      const { since, error } = event.liveness;
      return { workload, kind: "unknown", since, error };
    }
    const sight = event.items.get(workload.name);
    if (sight === undefined) {
      return underway === undefined ? { workload, kind: "absent" } : { workload, kind: "to-come", wanted: 0 };
    }
    const { pods, now } = sight;
    const { wanted, replicaFailure } = now;
    if (isToCome(sight, underway)) return { workload, kind: "to-come", wanted };
    return {
      workload,
      kind: "live",
      pods,
      ready: readyPods(pods),
      wanted,
      ...(replicaFailure === undefined ? {} : { replicaFailure }),
    };
  }

  dispose(): void {
    this.#workloads.dispose();
  }
}

/**
 * Whether the pods that are there are still those of before: the controller has not made a revision of the newest
 * template yet, or helm has not got as far as this workload. helm writes its record before anything else, and hooks
 * may take minutes in between. Images that a webhook changed tell nothing; then a revision that is younger does.
 */
function isToCome({ rollout, now }: WorkloadSight, underway: Underway | undefined): boolean {
  const { current, revisions, kind, name } = rollout;
  if (current === undefined) return true;
  if (underway === undefined) return false;
  const newest = revisions.find(({ object }) => object.uid === current.uid);
  if (newest !== undefined && newest.createdAt >= underway.since) return false;
  const label = workloadName(kind, name);
  const live = new Map(now.images.map(({ container, image }) => [container, image]));
  return underway.images.some(
    ({ workload, container, image }) => workload === label && live.get(container) !== image,
  );
}
