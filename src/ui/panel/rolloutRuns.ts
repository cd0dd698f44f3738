import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { RolloutSubject, UndoEnd, UndoOutcome, UndoPhase } from "../../app/undoOutcome.ts";
import type { EpochMs } from "../../domain/time.ts";
import { WindowRuns, type WindowRun } from "./windowRuns.ts";

/** An undo that was begun, by this window or by one that is gone. */
export interface UndoOrder {
  readonly subject: RolloutSubject;
  readonly from: UndoEnd;
  /** By the number that it had when it was reviewed: going back gives it another one. */
  readonly to: UndoEnd & { readonly uid: string };
  /** The object of what was there before; undefined where the controller had made none. */
  readonly fromUid: string | undefined;
  /** Commits that it takes away, newest first, as far as they are known. */
  readonly undone: readonly { readonly commit: string; readonly subject?: string }[];
  readonly startedAt: EpochMs;
  /** A window that is gone began it. */
  readonly isFollowed?: true;
}

export type UndoRun = WindowRun<UndoOrder, UndoPhase, UndoOutcome>;

export const keyOfWorkload = ({ context, namespace, kind, name }: WorkloadAddress): string =>
  `${context}/${namespace}/${kind}/${name}`;

/** The undos of this window: at most one for each workload. */
export class UndoRuns extends WindowRuns<WorkloadAddress, UndoOrder, UndoPhase, UndoOutcome> {
  constructor(now: () => EpochMs) {
    super({ keyOf: keyOfWorkload, refOf: ({ subject }) => subject.workload }, now);
  }
}
