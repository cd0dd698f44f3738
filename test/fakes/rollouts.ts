import { Emitter } from "../../src/app/emitter.ts";
import type { ListedWorkload } from "../../src/app/rolloutPorts.ts";
import type { RolloutSnapshot } from "../../src/app/rolloutSnapshot.ts";
import type {
  RolloutSubject,
  UndoOutcome,
  UndoPhase,
  UndoReview,
  UndoReviewError,
} from "../../src/app/undoOutcome.ts";
import type { ClusterError } from "../../src/domain/cluster.ts";
import type { Diagnosis } from "../../src/domain/diagnosis.ts";
import { ok, type Result } from "../../src/domain/result.ts";
import type { LiftHoldError } from "../../src/ui/model/rollbackConnection.ts";
import type {
  LiveRollouts,
  RolloutConnection,
  UndoRequest,
  UndoReviewRequest,
} from "../../src/ui/model/rolloutConnection.ts";

/** An undo that is under way until a test ends it. */
export interface FakeUndo {
  readonly request: UndoRequest;
  readonly signal: AbortSignal;
  readonly phase: (phase: UndoPhase) => void;
  readonly end: (outcome: UndoOutcome) => void;
}

/** Rollouts, reviews and undos as a test tells them, with a memory of what was asked. */
export class FakeRollouts implements RolloutConnection {
  readonly #changes = new Emitter<void>();
  #snapshot: RolloutSnapshot | undefined;
  readonly reviews: UndoReviewRequest[] = [];
  readonly runs: FakeUndo[] = [];
  readonly lifted: string[] = [];
  readonly listed: string[] = [];
  relists = 0;
  openHistories = 0;
  judge: (request: UndoReviewRequest) => Promise<Result<UndoReview, UndoReviewError>> = () => {
    throw new Error("No review was expected.");
  };
  workloads: (namespace: string) => Promise<Result<readonly ListedWorkload[], ClusterError>> = () =>
    Promise.resolve(ok([]));
  lift: Result<undefined, LiftHoldError> = ok(undefined);
  fetched: Awaited<ReturnType<LiveRollouts["fetchCommits"]>> = ok(true);
  diagnosis: Diagnosis = { cause: { kind: "unknown" }, evidence: [] };

  /** What the cluster and git say from now on. */
  tell(snapshot: RolloutSnapshot): void {
    this.#snapshot = snapshot;
    this.#changes.fire();
  }

  history(subject: RolloutSubject): LiveRollouts {
    this.openHistories += 1;
    const current = (): RolloutSnapshot => this.#snapshot ?? connecting(subject);
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

  review(request: UndoReviewRequest): Promise<Result<UndoReview, UndoReviewError>> {
    this.reviews.push(request);
    return this.judge(request);
  }

  undo(request: UndoRequest, phase: (phase: UndoPhase) => void, signal: AbortSignal): Promise<UndoOutcome> {
    return new Promise((end) => {
      this.runs.push({ request, signal, phase, end });
    });
  }

  undoDocuments(): ReturnType<RolloutConnection["undoDocuments"]> {
    return Promise.resolve([{ label: "Deployment/web", left: "a: 1\n", right: "a: 2\n" }]);
  }

  list({
    namespace,
  }: {
    readonly context: string;
    readonly namespace: string;
  }): Promise<Result<readonly ListedWorkload[], ClusterError>> {
    this.listed.push(namespace);
    return this.workloads(namespace);
  }

  diagnose(): Promise<Diagnosis> {
    return Promise.resolve(this.diagnosis);
  }

  liftHold(_subject: RolloutSubject, nonce: string): Promise<Result<undefined, LiftHoldError>> {
    this.lifted.push(nonce);
    return Promise.resolve(this.lift);
  }
}

const connecting = (subject: RolloutSubject): RolloutSnapshot => ({
  subject,
  liveness: { kind: "connecting" },
  isAbsent: false,
  entries: [],
  status: { kind: "reading" },
  recommendation: { kind: "reading" },
  pods: [],
  missingCommits: [],
});
