import type { ClusterError } from "../domain/cluster.ts";
import type { Result } from "../domain/result.ts";
import type {
  Manager,
  RolloutMark,
  RolloutReading,
  WorkloadKind,
  WorkloadSight,
} from "../domain/rollouts.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Watch } from "./ports.ts";

/** A workload, fully named. */
export interface WorkloadAddress {
  readonly context: string;
  readonly namespace: string;
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** A workload among those of a namespace, to be picked. */
export interface ListedWorkload {
  readonly address: WorkloadAddress;
  readonly images: readonly string[];
  readonly manager?: Manager;
}

/** One write: the template of a revision becomes the workload's again. */
export interface UndoWrite {
  /** The very reading that this rests on: its uid and resourceVersion go along, so that anything newer refuses it. */
  readonly seen: RolloutReading;
  /** The revision to go back to, by its object's uid. */
  readonly targetUid: string;
  readonly mark: RolloutMark;
}

export type UndoWriteError =
  | ClusterError
  /** Somebody changed the workload since it was read: nothing was written. */
  | { readonly reason: "conflict" }
  /** The API server does not take the template: admission, or its own rules. */
  | { readonly reason: "refused"; readonly detail: string };

/** Workloads with the history of their rollouts. Nothing here decides. */
export interface RolloutStore {
  /** A quorum read, fit to decide on; undefined where there is no such workload. */
  read(of: WorkloadAddress, signal: AbortSignal): Promise<Result<RolloutReading | undefined, ClusterError>>;
  /** All Deployments, StatefulSets and DaemonSets of a namespace, by name. */
  list(
    place: { readonly context: string; readonly namespace: string },
    signal: AbortSignal,
  ): Promise<Result<readonly ListedWorkload[], ClusterError>>;
  /** Answers what the workload is after the write. */
  undo(
    of: WorkloadAddress,
    write: UndoWrite,
    signal: AbortSignal,
  ): Promise<Result<RolloutReading, UndoWriteError>>;
  /** What a person may not do here of all this, e.g. `patch deployments`; empty is well (SelfSubjectAccessReview). */
  missingRights(of: WorkloadAddress, signal: AbortSignal): Promise<Result<readonly string[], ClusterError>>;
}

export interface WorkloadWatches {
  /** One item, under the workload's name, or none where there is no such workload. */
  workload(of: WorkloadAddress): Watch<WorkloadSight>;
}

/** An object that is opened to be read. */
export type DocumentOf =
  | { readonly kind: "yaml"; readonly object: "Pod" | WorkloadKind; readonly name: string }
  | { readonly kind: "events"; readonly object: "Pod" | WorkloadKind; readonly name: string }
  | { readonly kind: "log"; readonly pod: string; readonly container: string; readonly previous: boolean };

/** One event as it stands in a document. */
export interface SeenEvent {
  /** When it was last seen; undefined where the event does not say. */
  readonly at?: EpochMs;
  /** E.g. `Pod/web-7d9f5-x2x`. */
  readonly about: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly isWarning: boolean;
}

/** What stands in an object; `isCut` where there is more of it than is given here. */
export type SeenDocument =
  | { readonly kind: "yaml"; readonly text: string; readonly isCut: boolean }
  /** Newest last. */
  | { readonly kind: "events"; readonly events: readonly SeenEvent[]; readonly isCut: boolean }
  /** Its last lines, each with its line feed. */
  | { readonly kind: "log"; readonly text: string; readonly isCut: boolean };

export type DocumentError =
  | ClusterError
  /** The kubelet has none: the container has not started, or has not run before. */
  | { readonly reason: "no-log"; readonly detail: string };

/** Reads objects for people to look at: bounded, and nothing secret in it any more. */
export interface DocumentReader {
  read(
    place: { readonly context: string; readonly namespace: string },
    of: DocumentOf,
    signal: AbortSignal,
  ): Promise<Result<SeenDocument, DocumentError>>;
}
