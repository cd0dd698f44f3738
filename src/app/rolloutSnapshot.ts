import type { Liveness } from "../domain/cluster.ts";
import type { CommitFacts, CommitMatch, RepositoryLinks } from "../domain/commitMatch.ts";
import type { EnvironmentHold } from "../domain/hold.ts";
import type { OperationRecord } from "../domain/operation.ts";
import type { LivePod, RolloutReading, RolloutRevision } from "../domain/rollouts.ts";
import type { EpochMs } from "../domain/time.ts";
import type { RolloutSubject } from "./undoOutcome.ts";

/** One revision of a workload as its history shows it. */
export interface RolloutEntry {
  readonly revision: RolloutRevision;
  /** Undefined while it is looked up. */
  readonly match: CommitMatch | undefined;
  /** As the clone has it; undefined while it is looked up and where the clone has not got it. */
  readonly commit?: CommitFacts;
  /** The template that the workload has now. */
  readonly isCurrent: boolean;
  /** A later undo went from this one to something earlier. */
  readonly wasUndoneFrom: boolean;
}

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
  | { readonly kind: "scaled-to-zero" };

/** The revision that a person who wants to go back most likely means; or why there is none. */
export type RolloutRecommendation =
  | {
      readonly kind: "revision";
      readonly uid: string;
      readonly revision: number;
      /** Newer ones that were passed over, and why: newest first. */
      readonly skipped: readonly {
        readonly revision: number;
        readonly why: "same-commit" | "undone-from" | "commit-unknown";
      }[];
    }
  | {
      readonly kind: "none";
      /** `no-history`: revisionHistoryLimit is 0. */
      readonly why: "no-history" | "only-one" | "none-fit";
    }
  | { readonly kind: "reading" };

/** A workload's history as it is known at a moment: always whole. While it is not live nothing is recommended. */
export interface RolloutSnapshot {
  readonly subject: RolloutSubject;
  readonly liveness: Liveness;
  /** Undefined while connecting, and where there is no such workload. */
  readonly workload?: RolloutReading;
  readonly isAbsent: boolean;
  /** Newest first. */
  readonly entries: readonly RolloutEntry[];
  readonly status: RolloutStatus;
  readonly recommendation: RolloutRecommendation;
  /** Of the newest template. */
  readonly pods: readonly LivePod[];
  /** Ready pods of all templates together, as the controller counts. */
  readonly readyOfAll?: number;
  readonly operation?: OperationRecord;
  readonly hold?: EnvironmentHold;
  readonly links?: RepositoryLinks;
  /** Commits that the clone has not got; a fetch may bring them. */
  readonly missingCommits: readonly string[];
}
