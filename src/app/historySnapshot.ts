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
import type { RollbackSubject } from "./rollbackOutcome.ts";

/** The history of one release as it is known at a moment: always whole. */
export interface HistorySnapshot {
  readonly subject: RollbackSubject;
  readonly liveness: Liveness;
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  readonly runs: WhatRuns;
  readonly recommendation: Recommendation;
  readonly warnings: readonly HistoryWarning[];
  readonly stuck?: StuckRelease;
  readonly hold?: EnvironmentHold;
  readonly links?: RepositoryLinks;
  /** Commits of records that the clone has not got; a fetch may bring them. */
  readonly missingCommits: readonly string[];
}
