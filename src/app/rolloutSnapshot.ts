import type { Liveness } from "../domain/cluster.ts";
import type { RolloutRecommendation } from "../domain/recommendUndo.ts";
import type { RolloutEntry } from "../domain/rolloutEntries.ts";
import type { LivePod, RolloutReading } from "../domain/rollouts.ts";
import type { RolloutStatus } from "../domain/rolloutStatus.ts";
import type { HistoryFacts } from "./historyFacts.ts";
import type { RolloutSubject } from "./undoOutcome.ts";

export type { RolloutRecommendation } from "../domain/recommendUndo.ts";
export type { RolloutEntry } from "../domain/rolloutEntries.ts";
export type { RolloutStatus } from "../domain/rolloutStatus.ts";

/** A workload's history as it is known at a moment: always whole. While it is not live nothing is recommended. */
export interface RolloutSnapshot extends HistoryFacts {
  readonly subject: RolloutSubject;
  readonly liveness: Liveness;
  /** Undefined while connecting, and where there is no such workload. */
  readonly workload?: RolloutReading;
  readonly isAbsent: boolean;
  /** Newest first. */
  readonly entries: readonly RolloutEntry[];
  readonly status: RolloutStatus;
  readonly recommendation: RolloutRecommendation;
  /** Of the newest template. */
  readonly pods: readonly LivePod[];
  /** Ready pods of all templates together, as the controller counts. */
  readonly readyOfAll?: number;
}
