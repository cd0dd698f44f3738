import type { Liveness } from "../domain/cluster.ts";
import type { RepositoryLinks } from "../domain/commitMatch.ts";
import type { EnvironmentHold } from "../domain/hold.ts";
import type {
  HistoryEntry,
  HistoryWarning,
  Recommendation,
  StuckRelease,
  WhatRuns,
} from "../domain/history.ts";
import type { OperationRecord } from "../domain/operation.ts";
import type { RollbackSubject } from "./rollbackOutcome.ts";

/**
 * The history of one release as it is known at a moment: always whole. While it is not live, `runs` is unknown and
 * nothing is recommended: what the rows say may be old.
 */
export interface HistorySnapshot {
  readonly subject: RollbackSubject;
  readonly liveness: Liveness;
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  readonly runs: WhatRuns;
  readonly recommendation: Recommendation;
  readonly warnings: readonly HistoryWarning[];
  readonly stuck?: StuckRelease;
  /** Who works at it by the operation Lease; absent where nobody does, and where that is not known. */
  readonly operation?: OperationRecord;
  readonly hold?: EnvironmentHold;
  readonly links?: RepositoryLinks;
  /** Commits of records that the clone has not got; a fetch may bring them. */
  readonly missingCommits: readonly string[];
}
