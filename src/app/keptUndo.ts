import type { HeldOperation } from "../domain/operation.ts";
import type { UndoTrace } from "../domain/pastUndo.ts";
import type { ContainerImage } from "../domain/release.ts";
import type { RolloutMark } from "../domain/rollouts.ts";
import type { DurationMs, EpochMs } from "../domain/time.ts";
import { readMark, restoredAnnotations } from "../domain/undo.ts";
import type { UndoWish } from "../domain/undoProof.ts";
import type { HoldOrder } from "./environmentHold.ts";
import type { RolloutSubject, UndoEnd, UndoReview } from "./undoOutcome.ts";

/**
 * An undo as it is kept from before its write until its end was told: by this any window finds out whether it was
 * written, proves it and puts the environment on hold. JSON-safe. No template is in it, since that may hold secrets.
 */
export interface KeptUndo {
  readonly subject: RolloutSubject;
  /** The uid of the workload itself: one that was made anew is another one. */
  readonly uid: string;
  readonly from: UndoEnd;
  /** The object of what was there before; absent where the controller had made none. */
  readonly fromUid?: string;
  readonly to: UndoReview["to"];
  /** Those of the target. */
  readonly images: readonly ContainerImage[];
  /** The highest number before the undo. */
  readonly highest: number;
  /** How long the controller waits for progress; absent where it does not say. */
  readonly progressDeadline?: DurationMs;
  /** Commits that it takes away, newest first, as far as they are known. */
  readonly undone: readonly { readonly commit: string; readonly subject?: string }[];
  readonly trace: UndoTrace;
  /** What is to be put on hold once it is proven. */
  readonly hold?: HoldOrder;
  readonly operation?: HeldOperation;
}

/** An undo whose window is gone; from the moment that it is told here, this window follows it. */
export interface PastUndo {
  readonly kind: "undo";
  readonly id: string;
  readonly undo: KeptUndo;
  /** The kubeconfig that its window had: a path or a list of them; undefined is the default. */
  readonly kubeconfig?: string;
  readonly startedAt: EpochMs;
}

/** What was kept of one cannot be read: another version of Devdeploy wrote it, or the disk is broken. */
export interface UnreadableUndo {
  readonly kind: "unreadable";
  readonly id: string;
}

/** Undos that are under way, in the storage of this computer. */
export interface KeptUndos {
  /**
   * Keeps one before it is written; answers its id. Undefined where that failed: to go back is more urgent than to be
   * followed, so the undo goes on.
   */
  keep(undo: KeptUndo): Promise<string | undefined>;
  /** Those that no living window follows, oldest first; each is given to one window only. */
  adopt(): Promise<readonly (PastUndo | UnreadableUndo)[]>;
  /**
   * Its end is known and the person is told: what was kept goes. While this window closes it stays, since what the
   * closing breaks is nobody's outcome.
   */
  told(id: string): Promise<void>;
}

interface Written {
  readonly mark: RolloutMark & { readonly at: EpochMs };
  readonly hold?: HoldOrder;
  readonly operation?: HeldOperation;
}

/** What is to be kept of a reviewed undo. */
export function keptUndo(review: UndoReview, { mark, hold, operation }: Written): KeptUndo {
  const { subject, seen, from, fromRevision, to, toRevision, commits } = review;
  const { by, undoneTo, undoneFrom } = readMark(restoredAnnotations(seen, toRevision, mark)) ?? {};
  return {
    subject,
    uid: seen.version.uid,
    from,
    ...(fromRevision === undefined ? {} : { fromUid: fromRevision.object.uid }),
    to,
    images: toRevision.images,
    highest: Math.max(0, ...seen.revisions.map(({ revision }) => revision)),
    ...(seen.progressDeadline === undefined ? {} : { progressDeadline: seen.progressDeadline }),
    undone:
      commits.kind === "known"
        ? commits.undone.map(({ commit, subject: line }) => ({ commit, subject: line }))
        : [],
    trace: {
      at: mark.at,
      ...(by === undefined ? {} : { by }),
      ...(undoneTo === undefined ? {} : { undoneTo }),
      ...(undoneFrom === undefined ? {} : { undoneFrom }),
    },
    ...(hold === undefined ? {} : { hold }),
    ...(operation === undefined ? {} : { operation }),
  };
}

/** What it is to come to. */
export const wishOf = ({ subject, uid, to, images, highest }: KeptUndo): UndoWish => ({
  uid,
  to,
  highest,
  images,
  ...(to.commit === undefined ? {} : { commit: to.commit }),
  ...(subject.container === undefined ? {} : { container: subject.container }),
});
