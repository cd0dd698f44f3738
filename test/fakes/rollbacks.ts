import { Emitter } from "../../src/app/emitter.ts";
import type { HistorySnapshot } from "../../src/app/historySnapshot.ts";
import type { RemoveOrder, RemoveOutcome } from "../../src/app/removeStuck.ts";
import type {
  ReviewError,
  RollbackOutcome,
  RollbackPhase,
  RollbackReview,
  RollbackSubject,
} from "../../src/app/rollbackOutcome.ts";
import type { Diagnosis } from "../../src/domain/diagnosis.ts";
import { ok, type Result } from "../../src/domain/result.ts";
import type {
  LiveHistory,
  LiftHoldError,
  ReviewRequest,
  RollBackRequest,
  RollbackConnection,
} from "../../src/ui/model/rollbackConnection.ts";

/** A rollback that is under way until a test ends it. */
export interface FakeRun {
  readonly request: RollBackRequest;
  readonly signal: AbortSignal;
  readonly phase: (phase: RollbackPhase) => void;
  readonly end: (outcome: RollbackOutcome) => void;
}

/** Histories, reviews and runs as a test tells them, with a memory of what was asked. */
export class FakeRollbacks implements RollbackConnection {
  readonly #changes = new Emitter<void>();
  #snapshot: HistorySnapshot | undefined;
  readonly reviews: ReviewRequest[] = [];
  readonly runs: FakeRun[] = [];
  readonly lifted: string[] = [];
  readonly removals: string[] = [];
  removal: RemoveOutcome = { kind: "removed" };
  relists = 0;
  openHistories = 0;
  judge: (request: ReviewRequest) => Promise<Result<RollbackReview, ReviewError>> = () => {
    throw new Error("No review was expected.");
  };
  lift: Result<undefined, LiftHoldError> = ok(undefined);
  fetched: Awaited<ReturnType<LiveHistory["fetchCommits"]>> = ok(true);
  diagnosis: Diagnosis = { cause: { kind: "unknown" }, evidence: [] };

  /** What the cluster and git say from now on. */
  tell(snapshot: HistorySnapshot): void {
    this.#snapshot = snapshot;
    this.#changes.fire();
  }

  history(subject: RollbackSubject): LiveHistory {
    this.openHistories += 1;
    const current = (): HistorySnapshot => this.#snapshot ?? connecting(subject);
    return {
      get current() {
        return current();
      },
      onChange: this.#changes.event,
      relist: () => {
        this.relists += 1;
      },
      fetchCommits: () => Promise.resolve(this.fetched),
      dispose: () => {
        this.openHistories -= 1;
      },
    };
  }

  review(request: ReviewRequest): Promise<Result<RollbackReview, ReviewError>> {
    this.reviews.push(request);
    return this.judge(request);
  }

  rollBack(
    request: RollBackRequest,
    phase: (phase: RollbackPhase) => void,
    signal: AbortSignal,
  ): Promise<RollbackOutcome> {
    return new Promise((end) => {
      this.runs.push({ request, signal, phase, end });
    });
  }

  remove(request: RemoveOrder): Promise<RemoveOutcome> {
    this.removals.push(request.typed);
    return Promise.resolve(this.removal);
  }

  diffDocuments(): ReturnType<RollbackConnection["diffDocuments"]> {
    return Promise.resolve([{ label: "values.yaml", left: "a: 1\n", right: "a: 2\n" }]);
  }

  diagnose(): Promise<Diagnosis> {
    return Promise.resolve(this.diagnosis);
  }

  liftHold(_subject: RollbackSubject, nonce: string): Promise<Result<undefined, LiftHoldError>> {
    this.lifted.push(nonce);
    return Promise.resolve(this.lift);
  }
}

const connecting = (subject: RollbackSubject): HistorySnapshot => ({
  subject,
  liveness: { kind: "connecting" },
  entries: [],
  runs: { kind: "reading" },
  recommendation: { kind: "reading" },
  warnings: [],
  missingCommits: [],
});
