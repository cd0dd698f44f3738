import type { RolloutMark, RolloutReading } from "./rollouts.ts";
import { HOUR_MS, MINUTE_MS, type DurationMs, type EpochMs } from "./time.ts";
import { readMark, sameTemplate } from "./undo.ts";

/** By which a write is known again: its moment and its author name no other one. */
export type UndoTrace = Pick<RolloutMark, "by" | "undoneTo" | "undoneFrom"> & { readonly at: EpochMs };

/** What is known of an undo whose window is gone. */
export interface LeftUndo {
  /** Of the workload itself. */
  readonly uid: string;
  readonly to: { readonly uid: string };
  /** The object of what was there before; absent where the controller had made none. */
  readonly fromUid?: string;
  readonly trace: UndoTrace;
}

/** What the cluster says became of it. */
export type UndoFate =
  | "written"
  /** It was written, and something newer is rolled out by now. */
  | "superseded"
  /** Something newer is rolled out, and nothing tells any more whether it was written before. */
  | "unclear"
  | "never-written"
  /** The workload was removed, or made anew. */
  | "gone";

/** After a day nobody expects a hold or a word of proof any more. */
export const FOLLOWED_WITHIN_MS: DurationMs = 24 * HOUR_MS;

/** A write that was on its way when its window died arrives within this time, or never (webhooks have 30 s at most). */
export const ARRIVES_WITHIN_MS: DurationMs = MINUTE_MS;

/** Judges by the marks that stand on the workload and its revisions. The template alone may be anybody's work. */
export function undoFate(
  rollout: RolloutReading | undefined,
  { uid, to, fromUid, trace }: LeftUndo,
): UndoFate {
  if (rollout?.version.uid !== uid) return "gone";
  const target = rollout.revisions.find(({ object }) => object.uid === to.uid);
  const newest = readMark(rollout.annotations);
  const isTarget =
    rollout.current?.uid === to.uid ||
    (target !== undefined && sameTemplate(rollout.template, target.template));
  if (isOf(newest, trace) || isOf(target?.mark, trace)) return isTarget ? "written" : "superseded";
  // A StatefulSet's mark stands on the workload alone: whoever wrote another one wrote over it.
  const isMarkedSince = (newest?.at ?? 0) > trace.at;
  const isUnchanged = rollout.current === undefined || rollout.current.uid === fromUid;
  return isMarkedSince || !isUnchanged ? "unclear" : "never-written";
}

const isOf = (mark: RolloutMark | undefined, trace: UndoTrace): boolean =>
  mark !== undefined &&
  mark.by === trace.by &&
  mark.at === trace.at &&
  mark.undoneTo === trace.undoneTo &&
  mark.undoneFrom === trace.undoneFrom;
