import type { DiffDocument } from "../../app/diffDocuments.ts";
import type { Disposable, Listen } from "../../app/emitter.ts";
import type { FetchError } from "../../app/releaseHistory.ts";
import type { ListedWorkload } from "../../app/rolloutPorts.ts";
import type { RolloutSnapshot } from "../../app/rolloutSnapshot.ts";
import type {
  RolloutSubject,
  UndoOutcome,
  UndoPhase,
  UndoReview,
  UndoReviewError,
} from "../../app/undoOutcome.ts";
import type { BranchName } from "../../domain/branch.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import type { Person } from "../../domain/person.ts";
import type { Result } from "../../domain/result.ts";
import type { LiftHoldError } from "./rollbackConnection.ts";

/** The live history of one workload's rollouts. */
export interface LiveRollouts extends Disposable {
  readonly current: RolloutSnapshot;
  readonly onChange: Listen<void>;
  relist(): void;
  fetchCommits(signal: AbortSignal): Promise<Result<boolean, FetchError>>;
}

export interface UndoReviewRequest {
  readonly subject: RolloutSubject;
  readonly snapshot: RolloutSnapshot;
  /** The revision to go back to, by its object's uid. */
  readonly toUid: string;
  readonly by: Person;
  readonly migrations: readonly string[];
}

export interface UndoRequest {
  readonly review: UndoReview;
  readonly by: Person;
  readonly typed: string;
  /** The person typed the name once more, since the operation Lease could not be had. */
  readonly withoutLease: boolean;
  /** Why, in the person's words; recorded on the workload. */
  readonly reason?: string;
}

/** What a folder's clusters offer the panel of a workload's rollouts. Settings are read with every call. */
export interface RolloutConnection {
  /** Whoever asks for it disposes it. */
  history(subject: RolloutSubject, defaultBranch: BranchName): LiveRollouts;
  review(request: UndoReviewRequest, signal: AbortSignal): Promise<Result<UndoReview, UndoReviewError>>;
  undo(request: UndoRequest, onPhase: (phase: UndoPhase) => void, signal: AbortSignal): Promise<UndoOutcome>;
  /** The templates of both ends, masked. */
  undoDocuments(review: UndoReview): Promise<readonly DiffDocument[]>;
  /** All workloads of a namespace that devdeploy.json names. */
  list(
    place: { readonly context: string; readonly namespace: string },
    signal: AbortSignal,
  ): Promise<Result<readonly ListedWorkload[], ClusterError>>;
  /** Why what is rolled out now does not run as it should. */
  diagnose(subject: RolloutSubject, signal: AbortSignal): Promise<Diagnosis>;
  /** Lifts the hold of the subject's place that was shown, and no other; without a place there is none. */
  liftHold(
    subject: RolloutSubject,
    nonce: string,
    signal: AbortSignal,
  ): Promise<Result<undefined, LiftHoldError>>;
}
