import type { Liveness } from "../domain/cluster.ts";
import type {
  HistoryEntry,
  HistoryWarning,
  Recommendation,
  StuckRelease,
  WhatRuns,
} from "../domain/history.ts";
import type { HistoryFacts } from "./historyFacts.ts";
import type { RollbackSubject } from "./rollbackOutcome.ts";

/**
 * The history of one release as it is known at a moment: always whole. While it is not live, `runs` is unknown and
 * nothing is recommended: what the rows say may be old.
 */
export interface HistorySnapshot extends HistoryFacts {
  readonly subject: RollbackSubject;
  readonly liveness: Liveness;
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  readonly runs: WhatRuns;
  readonly recommendation: Recommendation;
  readonly warnings: readonly HistoryWarning[];
  readonly stuck?: StuckRelease;
}
