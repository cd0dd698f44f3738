import type { ClusterError } from "../domain/cluster.ts";
import type { HelmDriver, LeaseHome, Tier } from "../domain/config.ts";
import type { Diagnosis } from "../domain/diagnosis.ts";
import type { EnvironmentHold } from "../domain/hold.ts";
import type { Revision } from "../domain/release.ts";
import type {
  CommitRange,
  ObjectChange,
  ReviewedState,
  Risk,
  RollbackEnd,
  ValueChange,
} from "../domain/rollback.ts";
import type { ProofItem } from "../domain/rollbackProof.ts";
import type { DurationMs } from "../domain/time.ts";
import type { Busy, RecordTruth } from "./deployOutcome.ts";
import type { DeployerError, ReleaseReadError, ReleaseRef } from "./ports.ts";
import type { Unseen } from "./unseenCluster.ts";

/** What a rollback panel is about: a target of an environment, or a machine. */
export interface RollbackSubject {
  /** The environment's or machine's name, which also names its Leases. */
  readonly name: string;
  /** The target of an environment with several; else the subject's name. */
  readonly target: string;
  readonly kind: "environment" | "machine";
  readonly tier: Tier;
  readonly release: ReleaseRef;
  readonly driver: HelmDriver;
  readonly locks: LeaseHome;
}

export type { ProofItem } from "../domain/rollbackProof.ts";

/** Everything that a person reads before they say yes. */
export interface RollbackReview {
  /** A nonce: a confirmation names the review that it belongs to. */
  readonly id: string;
  readonly subject: RollbackSubject;
  /** What runs now, as far as it is known; else the newest revision. */
  readonly from: RollbackEnd;
  readonly to: RollbackEnd;
  readonly fromRevision: Revision;
  readonly toRevision: Revision;
  readonly seen: ReviewedState;
  readonly commits: CommitRange;
  readonly objects: readonly ObjectChange[];
  readonly values: readonly ValueChange[];
  readonly risks: readonly Risk[];
  /** As it will be run, and may be pasted; undefined where helm was not found, with the reason in `toolProblem`. */
  readonly command?: readonly string[];
  readonly toolProblem?: DeployerError;
  /** Production: the release's name has to be typed. */
  readonly needsTypedName: boolean;
}

export type ReviewError =
  | ReleaseReadError
  /** The target is gone: helm keeps only so many revisions. */
  | { readonly reason: "revision-gone"; readonly revision: number }
  | { readonly reason: "not-a-target"; readonly revision: number; readonly status: string }
  | { readonly reason: "release-gone" };

/** Where a rollback is; each event says all that is to be shown. */
export interface RollbackPhase {
  readonly kind: "checking" | "rolling-back" | "proving" | "steady";
  readonly items: readonly ProofItem[];
  readonly elapsed: DurationMs;
  /** Pods that are not ready yet, in the cluster's words. */
  readonly pods: readonly string[];
  readonly ready?: number;
  readonly wanted?: number;
  readonly secondsLeft?: number;
  /** What already looks wrong; shown early, it stops nothing. */
  readonly diagnosis?: Diagnosis;
  /** The cluster does not answer just now: what was seen before may be old. */
  readonly unseen?: Unseen;
}

/** Whether the environment is on hold now, so that what was rolled back does not come straight back. */
export type HoldTruth =
  | { readonly kind: "placed"; readonly hold: EnvironmentHold }
  | { readonly kind: "failed"; readonly error: ClusterError };

/** Why it was not even begun, or what became of it. Nothing here is success but `proven`. */
export type RollbackOutcome =
  | {
      readonly kind: "proven";
      readonly revision: number;
      readonly items: readonly ProofItem[];
      /** Absent where no hold belongs to it. */
      readonly hold?: HoldTruth;
    }
  /** helm says yes and the cluster does not, or helm itself failed: what is true by the records stands in `items`. */
  | {
      readonly kind: "not-proven";
      /** The revision that was made; undefined where helm made none. */
      readonly revision?: number;
      readonly items: readonly ProofItem[];
      readonly diagnosis: Diagnosis;
      /** helm's own failure, where it failed. */
      readonly error?: DeployerError;
      readonly record: RecordTruth;
      /** Pods of the old revision that still serve. */
      readonly stillServing?: { readonly revision: number; readonly ready: number };
    }
  /** As wanted, but no pod of the application is wanted at all. */
  | { readonly kind: "nothing-runs"; readonly revision: number; readonly items: readonly ProofItem[] }
  /** Something happened since the review; nothing was done. */
  | { readonly kind: "stale"; readonly why: "newer" | "changed" | "target-gone"; readonly newest?: number }
  | { readonly kind: "busy"; readonly busy: Busy }
  /** The operation Lease could not be had for a reason other than somebody's work: to be confirmed by typing. */
  | { readonly kind: "no-lease"; readonly error: ClusterError }
  | { readonly kind: "wrong-name" }
  | { readonly kind: "tool"; readonly error: DeployerError }
  | { readonly kind: "unread"; readonly error: ReleaseReadError }
  | {
      readonly kind: "cancelled";
      readonly truth:
        | { readonly kind: "nothing-done" }
        /** helm's rollback cannot be stopped softly: it goes on, only the watching has ended. */
        | { readonly kind: "goes-on"; readonly revision: number }
        | { readonly kind: "helm-stopped"; readonly record: RecordTruth }
        | { readonly kind: "not-awaited"; readonly revision: number };
    };
