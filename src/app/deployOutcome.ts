import type { CommitHash } from "../domain/branch.ts";
import type { ClusterError } from "../domain/cluster.ts";
import type { Refusal } from "../domain/deployment.ts";
import type { Diagnosis } from "../domain/diagnosis.ts";
import type { LockState, MachineLock } from "../domain/lock.ts";
import type { ProofLine } from "../domain/proof.ts";
import type { ReleaseStatus } from "../domain/release.ts";
import type { DurationMs, EpochMs } from "../domain/time.ts";
import type { Unserved } from "./fullPool.ts";
import type { OperationBusy } from "./operationLease.ts";
import type { DeployerError, ReleaseReadError, ReleaseRef, RepositoryError } from "./ports.ts";

/** Where a devdeploy is; each event says all that is to be shown, nothing is to be added up. */
export type DeployPhase =
  | { readonly kind: "checking" }
  /** Before the claim is answered, `machine` is the one that will be tried first. */
  | { readonly kind: "claiming"; readonly pool: string; readonly machine?: string }
  /** The person is asked what they want now. */
  | { readonly kind: "full"; readonly pool: string }
  | {
      readonly kind: "deploying";
      readonly machine: string;
      readonly command: readonly string[];
      /** Ready pods of the new revision, once helm has written it; absent before. */
      readonly ready?: number;
      readonly wanted?: number;
      /** What already looks wrong while helm still waits; shown early, it stops nothing. */
      readonly diagnosis?: Diagnosis;
    }
  | {
      readonly kind: "proving";
      readonly machine: string;
      /** Ready pods of the new revision, of all its workloads. */
      readonly ready: number;
      readonly wanted: number;
      /** What already looks wrong; shown early, it stops nothing. */
      readonly diagnosis?: Diagnosis;
    }
  | { readonly kind: "steady"; readonly machine: string; readonly secondsLeft: number };

/** What is worth a word about how a machine was come by. */
export type Got =
  /** The one that was the person's before, whose lock had ended. */
  | { readonly kind: "again" }
  /** Another one, since somebody else has the one that was the person's before. */
  | { readonly kind: "instead"; readonly of: string; readonly by: string }
  | { readonly kind: "taken-over"; readonly from: string };

/** Whether a machine is locked to the person once the devdeploy has ended. */
export type LockTruth =
  /** No lock was made, and none of the person's own was seen. */
  | { readonly kind: "none" }
  | { readonly kind: "held"; readonly machine: string; readonly until: EpochMs; readonly got?: Got }
  /** The answer to the claim never came. */
  | { readonly kind: "unknown"; readonly machine?: string };

/** What helm's own record says once helm has ended otherwise than well. */
export type RecordTruth =
  /** helm wrote no revision: the machine runs what it ran before (`revision`, where there was one). */
  | { readonly kind: "unchanged"; readonly revision?: number }
  | {
      readonly kind: "recorded";
      readonly revision: number;
      readonly status: ReleaseStatus;
      readonly description: string;
    }
  | { readonly kind: "unreadable"; readonly error: ReleaseReadError };

/** A record of helm that says that it is at work. */
export interface PendingRecord {
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly by?: string;
  readonly since: EpochMs;
  readonly age: DurationMs;
}

/** Who is at work on the machine at this moment. */
export type Busy =
  | ({ readonly kind: "release" } & PendingRecord)
  /** Nobody: the helm that made the record is gone, and helm goes no further before the record is cleared. */
  | ({
      readonly kind: "stuck";
      readonly release: ReleaseRef;
      /** The newest revision before that ran; undefined where there is none. */
      readonly lastGood?: number;
    } & PendingRecord)
  | ({ readonly kind: "operation" } & OperationBusy);

/** What failed and in which step. Each `reason` has a sentence in ui/messages.ts. */
export type DeployFailure =
  | { readonly stage: "git"; readonly error: RepositoryError }
  | { readonly stage: "identity"; readonly error: ClusterError }
  | { readonly stage: "locks"; readonly error: ClusterError }
  | { readonly stage: "release"; readonly error: ReleaseReadError }
  | { readonly stage: "tool"; readonly error: DeployerError }
  | { readonly stage: "operation"; readonly error: ClusterError }
  /** Somebody else was read in the operation Lease while helm worked, so helm was asked to stop. */
  | {
      readonly stage: "taken-over";
      readonly by: string;
      readonly output: string;
      readonly record: RecordTruth;
    }
  | {
      readonly stage: "helm";
      readonly error: DeployerError;
      readonly record: RecordTruth;
      /** What helm's words and the pods of the new revision say. */
      readonly diagnosis?: Diagnosis;
    }
  | { readonly stage: "proof"; readonly revision: number; readonly error: ReleaseReadError };

/** How far a devdeploy was when it was cancelled, told truthfully. */
export type CancelTruth =
  /** Declined or cancelled before anything was written anywhere. */
  | { readonly kind: "nothing-done" }
  | { readonly kind: "claimed-only" }
  | { readonly kind: "helm-stopped"; readonly output: string; readonly record: RecordTruth }
  /** helm had ended well; only the proof was left out. */
  | { readonly kind: "not-awaited"; readonly revision: number };

/** What a devdeploy came to. `lock` always tells whether a machine is now locked to the person. */
export type DeployOutcome =
  | {
      readonly kind: "proven";
      readonly machine: string;
      readonly url?: string;
      readonly commit: CommitHash;
      readonly revision: number;
      readonly lines: readonly ProofLine[];
      readonly lock: LockTruth;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly lock: LockTruth }
  | {
      readonly kind: "pool-full";
      readonly pool: string;
      readonly locks: readonly MachineLock[];
      readonly answer: Unserved;
      readonly lock: LockTruth;
    }
  /** The machine that the person insisted on is not to be had. */
  | {
      readonly kind: "machine-taken";
      readonly machine: string;
      readonly state: LockState;
      readonly lock: LockTruth;
    }
  | { readonly kind: "busy"; readonly machine: string; readonly busy: Busy; readonly lock: LockTruth }
  | {
      readonly kind: "failed";
      readonly machine?: string;
      readonly failure: DeployFailure;
      readonly lock: LockTruth;
    }
  | {
      readonly kind: "not-proven";
      readonly machine: string;
      readonly commit: CommitHash;
      readonly revision: number;
      readonly lines: readonly ProofLine[];
      readonly diagnosis?: Diagnosis;
      readonly lock: LockTruth;
    }
  | {
      readonly kind: "nothing-runs";
      readonly machine: string;
      readonly commit: CommitHash;
      readonly revision: number;
      readonly lines: readonly ProofLine[];
      readonly lock: LockTruth;
    }
  | {
      readonly kind: "cancelled";
      readonly machine?: string;
      readonly truth: CancelTruth;
      readonly lock: LockTruth;
    };
