import type { BranchName } from "../domain/branch.ts";
import { fail, type Result } from "../domain/result.ts";
import { Emitter, type Disposable, type Listen } from "./emitter.ts";
import type { HistorySnapshot } from "./historySnapshot.ts";
import type { Clock, ClusterWatches, Log } from "./ports.ts";
import type { RollbackSubject } from "./rollbackOutcome.ts";
import type { CommitHistory, HoldStore, LiveObjects, ReleaseHistoryStore } from "./rollbackPorts.ts";

export interface HistoryServices {
  readonly watches: ClusterWatches;
  readonly history: ReleaseHistoryStore;
  readonly live: LiveObjects;
  readonly holds: HoldStore;
  /** Undefined where there is no repository to look commits up in. */
  commits(signal: AbortSignal): Promise<CommitHistory | undefined>;
  readonly defaultBranch: BranchName;
  readonly clock: Clock;
  readonly log: Log;
}

/** Why commits could not be fetched. */
export interface FetchError {
  readonly reason: "remote-unreachable" | "git-failed";
  readonly detail: string;
}

/** The live model of one release's history: revisions joined with commits, and what runs. */
export class ReleaseHistory implements Disposable {
  readonly #changes = new Emitter<void>();
  readonly #snapshot: HistorySnapshot;

  readonly onChange: Listen<void> = this.#changes.event;

  constructor(_services: HistoryServices, subject: RollbackSubject) {
    this.#snapshot = {
      subject,
      liveness: { kind: "connecting" },
      entries: [],
      runs: { kind: "reading" },
      recommendation: { kind: "reading" },
      warnings: [],
      missingCommits: [],
    };
  }

  get current(): HistorySnapshot {
    return this.#snapshot;
  }

  /** Reads everything again at once. */
  relist(): void {
    this.#changes.fire();
  }

  /** Fetches commits that rows name and the clone has not got; whether none is missing any more. */
  fetchCommits(_signal: AbortSignal): Promise<Result<boolean, FetchError>> {
    return Promise.resolve(fail({ reason: "git-failed", detail: "" }));
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
