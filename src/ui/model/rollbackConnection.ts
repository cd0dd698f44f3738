import type { DiffDocument } from "../../app/diffDocuments.ts";
import type { Disposable, Listen } from "../../app/emitter.ts";
import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import type { FetchError } from "../../app/releaseHistory.ts";
import type { RemoveOrder, RemoveOutcome } from "../../app/removeStuck.ts";
import type {
  ReviewError,
  RollbackOutcome,
  RollbackPhase,
  RollbackReview,
  RollbackSubject,
} from "../../app/rollbackOutcome.ts";
import type { BranchName } from "../../domain/branch.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import type { Person } from "../../domain/person.ts";
import type { Result } from "../../domain/result.ts";

/** The live history of one release. */
export interface LiveHistory extends Disposable {
  readonly current: HistorySnapshot;
  readonly onChange: Listen<void>;
  relist(): void;
  fetchCommits(signal: AbortSignal): Promise<Result<boolean, FetchError>>;
}

export interface ReviewRequest {
  readonly subject: RollbackSubject;
  readonly snapshot: HistorySnapshot;
  readonly to: number;
  readonly by: Person;
  readonly migrations: readonly string[];
}

export interface RollBackRequest {
  readonly review: RollbackReview;
  readonly by: Person;
  readonly typed: string;
  /** The person typed the name once more, since the operation Lease could not be had. */
  readonly withoutLease: boolean;
}

/** What a folder's clusters offer the rollback panel. Settings are read with every call. */
export interface RollbackConnection {
  /** Whoever asks for it disposes it. */
  history(subject: RollbackSubject, defaultBranch: BranchName): LiveHistory;
  review(request: ReviewRequest, signal: AbortSignal): Promise<Result<RollbackReview, ReviewError>>;
  rollBack(
    request: RollBackRequest,
    onPhase: (phase: RollbackPhase) => void,
    signal: AbortSignal,
  ): Promise<RollbackOutcome>;
  /** Uninstalls what was never finished. */
  remove(request: RemoveOrder, signal: AbortSignal): Promise<RemoveOutcome>;
  diffDocuments(review: RollbackReview): Promise<readonly DiffDocument[]>;
  /** Why a revision that was deployed does not run as it should. */
  diagnose(subject: RollbackSubject, revision: number, signal: AbortSignal): Promise<Diagnosis>;
  /** Lifts the hold that was shown, and no other. */
  liftHold(
    subject: RollbackSubject,
    nonce: string,
    signal: AbortSignal,
  ): Promise<Result<undefined, LiftHoldError>>;
}

export type LiftHoldError = ClusterError | { readonly reason: "another-hold" };
