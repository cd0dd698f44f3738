import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import type { PodsSnapshot } from "../../app/livePods.ts";
import type { ReviewError, RollbackReview } from "../../app/rollbackOutcome.ts";
import type { RemoveOutcome } from "../../app/removeStuck.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import type { StuckRelease } from "../../domain/history.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { NotBegun } from "../messages/rollbackAlert.ts";
import type { RunState } from "./rollbackRuns.ts";

/** Everything that the panel is drawn from, at one moment. */
export interface PanelModel {
  readonly snapshot: HistorySnapshot;
  /** The revision that was chosen, by the person or, where it is sure, by the recommendation. */
  readonly chosen: number | undefined;
  readonly side: SideState;
  /** Goes before `side`. */
  readonly run: RunState | undefined;
  /** The pods of what is rolled out; only while a rollback runs. */
  readonly pods?: PodsSnapshot;
  /** Commits are being fetched. */
  readonly isFetching: boolean;
  readonly now: EpochMs;
  /** Of VS Code's display, e.g. `en`. */
  readonly language: string;
}

/** What the right-hand side is about while no rollback runs. */
export type SideState =
  | { readonly kind: "nothing" }
  | { readonly kind: "reading"; readonly to: number }
  | { readonly kind: "review"; readonly review: RollbackReview; readonly alert?: NotBegun }
  | { readonly kind: "unreviewed"; readonly to: number; readonly error: ReviewError | NotKnownWho }
  | RemovalState
  /** Why what runs looks as it does; without a diagnosis it is being looked into. */
  | { readonly kind: "why"; readonly revision: number; readonly diagnosis?: Diagnosis };

/** A first installation that was never finished is to go. */
export type RemovalState = { readonly kind: "removal"; readonly stuck: StuckRelease } & (
  | {
      readonly step: "asked";
      /** Why it was not removed. */
      readonly outcome?: Exclude<RemoveOutcome, { readonly kind: "removed" }>;
    }
  | { readonly step: "running" }
  | { readonly step: "removed" }
);

/** Who is at this keyboard could not be found out, so nobody would be named for what is done. */
export interface NotKnownWho {
  readonly reason: "not-known-who";
}
