import type { RolloutSnapshot } from "../../app/rolloutSnapshot.ts";
import type { UndoReview, UndoReviewError } from "../../app/undoOutcome.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { UndoNotBegun } from "../messages/rolloutAlert.ts";
import type { NotKnownWho } from "./model.ts";
import type { UndoRun } from "./rolloutRuns.ts";

/** Everything that the panel of a workload is drawn from, at one moment. */
export interface RolloutModel {
  readonly snapshot: RolloutSnapshot;
  /** The object of the revision that was chosen, by the person or, where it is sure, by the recommendation. */
  readonly chosen: string | undefined;
  readonly side: RolloutSide;
  /** Goes before `side`. */
  readonly run: UndoRun | undefined;
  /** Commits are being fetched. */
  readonly isFetching: boolean;
  /** The history of the helm release that manages the workload, where devdeploy.json names it. */
  readonly release?: { readonly folder: string; readonly subject: string; readonly target: string };
  readonly now: EpochMs;
  /** Of VS Code's display, e.g. `en`. */
  readonly language: string;
}

/** A revision as the side names it. */
export interface UndoTarget {
  readonly uid: string;
  readonly revision: number;
}

/** What the right-hand side is about while no undo runs. */
export type RolloutSide =
  | { readonly kind: "nothing" }
  | { readonly kind: "reading"; readonly to: UndoTarget }
  | { readonly kind: "review"; readonly review: UndoReview; readonly alert?: UndoNotBegun }
  | { readonly kind: "unreviewed"; readonly to: UndoTarget; readonly error: UndoReviewError | NotKnownWho }
  /** Why what is rolled out looks as it does; without a diagnosis it is being looked into. */
  | { readonly kind: "why"; readonly diagnosis?: Diagnosis };
