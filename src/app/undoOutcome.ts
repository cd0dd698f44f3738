import type { CommitHash } from "../domain/branch.ts";
import type { ClusterError } from "../domain/cluster.ts";
import type { LeaseHome, Tier } from "../domain/config.ts";
import type { Diagnosis } from "../domain/diagnosis.ts";
import type { CommitRange } from "../domain/rollback.ts";
import type { ProofItem } from "../domain/rollbackProof.ts";
import type { LivePod, RolloutReading, RolloutRevision, UndoRisk } from "../domain/rollouts.ts";
import type { DurationMs } from "../domain/time.ts";
import type { Busy } from "./deployOutcome.ts";
import type { HoldTruth } from "./rollbackOutcome.ts";
import type { UndoWriteError, WorkloadAddress } from "./rolloutPorts.ts";

/** What a rollout panel is about. */
export interface RolloutSubject {
  readonly workload: WorkloadAddress;
  /** Production where any production environment of devdeploy.json lies in the same context and namespace. */
  readonly tier: Tier;
  /** The environment or machine of devdeploy.json that is deployed by this workload; absent for any other. */
  readonly place?: {
    readonly name: string;
    readonly target: string;
    readonly kind: "environment" | "machine";
    readonly locks: LeaseHome;
  };
  /** The application's container, where the team named it. */
  readonly container?: string;
}

/** A revision as an undo names it. */
export interface UndoEnd {
  readonly revision: number;
  readonly commit?: CommitHash;
}

/** Everything that a person reads before they say yes. */
export interface UndoReview {
  /** A nonce: a confirmation names the review that it belongs to. */
  readonly id: string;
  readonly subject: RolloutSubject;
  readonly from: UndoEnd;
  readonly to: UndoEnd & { readonly uid: string; readonly hash: string };
  /** The reading that it rests on: generation and annotations tell whether anything is newer. */
  readonly seen: RolloutReading;
  /** Undefined while the controller has not made a revision of what is there now. */
  readonly fromRevision: RolloutRevision | undefined;
  readonly toRevision: RolloutRevision;
  readonly commits: CommitRange;
  /** Paths of the template that differ, e.g. `spec.containers[app].image`; secret values never stand here. */
  readonly paths: readonly string[];
  readonly risks: readonly UndoRisk[];
  /** The command of kubectl that does the same without our guards, for copying. */
  readonly command: readonly string[];
  /** The workload's name has to be typed: production, or somebody else keeps it as it is. */
  readonly needsTypedName: boolean;
}

export type UndoReviewError =
  | ClusterError
  | { readonly reason: "workload-gone" }
  /** The target is gone: the controller keeps only so many. */
  | { readonly reason: "revision-gone"; readonly revision: number }
  /** The workload has this very template already. */
  | { readonly reason: "same-template"; readonly revision: number }
  /** `kubectl rollout undo` refuses it as well: it has to be resumed first. */
  | { readonly reason: "paused" };

/** Where an undo is; each event says all that is to be shown. */
export interface UndoPhase {
  readonly kind: "checking" | "writing" | "proving" | "steady";
  readonly items: readonly ProofItem[];
  readonly elapsed: DurationMs;
  /** The pods of the newest template. */
  readonly pods: readonly LivePod[];
  readonly ready?: number;
  readonly wanted?: number;
  readonly secondsLeft?: number;
  /** What already looks wrong; shown early, it stops nothing. */
  readonly diagnosis?: Diagnosis;
}

/** Why it was not even begun, or what became of it. Nothing here is success but `proven`. */
export type UndoOutcome =
  | {
      readonly kind: "proven";
      /** The new highest number. */
      readonly revision: number;
      readonly items: readonly ProofItem[];
      /** Absent where no hold belongs to it. */
      readonly hold?: HoldTruth;
    }
  | {
      readonly kind: "not-proven";
      /** Undefined where the controller made none. */
      readonly revision?: number;
      readonly items: readonly ProofItem[];
      readonly diagnosis: Diagnosis;
      /** Ready pods of older templates. */
      readonly stillServing: number;
    }
  | { readonly kind: "nothing-runs"; readonly revision: number; readonly items: readonly ProofItem[] }
  /** The template is the target's already: nothing was written. */
  | { readonly kind: "same-template"; readonly revision: number }
  /** Something happened since the review; nothing was done. */
  | { readonly kind: "stale"; readonly why: "changed" | "target-gone" | "workload-gone" }
  | { readonly kind: "paused" }
  | { readonly kind: "busy"; readonly busy: Busy }
  /** The operation Lease could not be had for a reason other than somebody's work: to be confirmed by typing. */
  | { readonly kind: "no-lease"; readonly error: ClusterError }
  | { readonly kind: "wrong-name" }
  | { readonly kind: "not-written"; readonly error: UndoWriteError }
  | { readonly kind: "unread"; readonly error: ClusterError }
  | {
      readonly kind: "cancelled";
      readonly truth: { readonly kind: "nothing-done" } | { readonly kind: "not-awaited" };
    };

/** What became of an undo that was written. */
export type WrittenUndoEnd = Extract<
  UndoOutcome,
  { readonly kind: "proven" | "not-proven" | "nothing-runs" | "cancelled" }
>;
