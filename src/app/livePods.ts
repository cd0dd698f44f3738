import type { ClusterError } from "../domain/cluster.ts";
import type { LivePod } from "../domain/rollouts.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Disposable, Listen } from "./emitter.ts";
import type { ReleaseRef } from "./ports.ts";
import type { WorkloadAddress } from "./rolloutPorts.ts";

/** Whose pods are followed. */
export type PodsSubject =
  | { readonly kind: "release"; readonly release: ReleaseRef }
  | { readonly kind: "workload"; readonly workload: WorkloadAddress };

/** What cannot be seen just now; no pod that was seen before is shown as there. */
export interface UnknownPods {
  readonly kind: "unknown";
  /** By this computer's clock; undefined where it was never known. */
  readonly since?: EpochMs;
  readonly error?: ClusterError;
}

/** A workload and the pods of its newest template. */
export type WorkloadPods = { readonly workload: WorkloadAddress } & (
  | { readonly kind: "reading" }
  | UnknownPods
  /** There is no such workload. */
  | { readonly kind: "absent" }
  /** What is rolled out has not got here yet: the pods that are there are those of before. */
  | { readonly kind: "to-come"; readonly wanted: number }
  | {
      readonly kind: "live";
      readonly pods: readonly LivePod[];
      readonly ready: number;
      readonly wanted: number;
      /** Why no pod comes to be: quota or admission. */
      readonly replicaFailure?: string;
    }
);

/** The pods of everything that a release or a workload runs newest, at one moment. */
export type PodsSnapshot =
  | { readonly kind: "reading" }
  | UnknownPods
  | {
      readonly kind: "known";
      /** In the order of the manifest; none where nothing is released that has pods. */
      readonly items: readonly WorkloadPods[];
      /** Workloads beyond those that are followed. */
      readonly more: number;
    };

/** Live pods; they are watched only for as long as somebody listens. */
export interface LivePods extends Disposable {
  readonly current: PodsSnapshot;
  readonly onChange: Listen<void>;
}

/** Of all pods that are wanted, how many are ready; undefined while any of them is not known. */
export function readyOfAll(
  snapshot: PodsSnapshot,
): { readonly ready: number; readonly wanted: number } | undefined {
  if (snapshot.kind !== "known" || snapshot.items.length === 0) return undefined;
  let [ready, wanted] = [0, 0];
  for (const item of snapshot.items) {
    if (item.kind !== "live" && item.kind !== "to-come") return undefined;
    wanted += item.wanted;
    if (item.kind === "live") ready += item.ready;
  }
  return { ready, wanted };
}
