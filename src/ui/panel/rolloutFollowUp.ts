import type { RolloutSnapshot } from "../../app/rolloutSnapshot.ts";
import { undoUnfitness } from "../../domain/staleUndo.ts";
import type { UndoNotBegun } from "../messages/rolloutAlert.ts";
import { notUndoTarget } from "../messages/rolloutRow.ts";
import type { RolloutSide, UndoTarget } from "./rolloutModel.ts";

/** How far the person is. */
export interface UndoChoice {
  /** The object of the chosen revision. */
  readonly chosen: string | undefined;
  /** Somebody pressed it: what is recommended meanwhile does not change it. */
  readonly isByHand: boolean;
  readonly side: RolloutSide;
  /** What the workload was when the last review was begun, as `versionOf` tells it. */
  readonly reviewedAt: string;
}

/** What a change of the workload asks for. */
export type UndoFollowUp =
  | { readonly kind: "nothing" }
  | { readonly kind: "review"; readonly to: UndoTarget; readonly alert?: UndoNotBegun }
  /** What was chosen is gone, or is none that could be chosen any more. */
  | { readonly kind: "forget" };

const NOTHING: UndoFollowUp = { kind: "nothing" };

/** The workload has changed: the recommendation may be another, and a review may be of yesterday. */
export function undoFollowUp(snapshot: RolloutSnapshot, choice: UndoChoice): UndoFollowUp {
  const { recommendation, liveness, workload } = snapshot;
  const { chosen, isByHand, side, reviewedAt } = choice;
  if (liveness.kind !== "live" || side.kind === "why") return NOTHING;
  if (!isByHand && recommendation.kind === "revision" && recommendation.uid !== chosen) {
    return { kind: "review", to: recommendation };
  }
  // One review for each state of the workload: what it answered then stands until something else is there.
  if (chosen === undefined || versionOf(snapshot) === reviewedAt) return NOTHING;
  const target = targetOf(snapshot, chosen);
  if (side.kind === "review") {
    const { seen, toRevision } = side.review;
    const unfit = undoUnfitness({ seen, to: toRevision }, workload);
    return unfit === undefined ? NOTHING : { kind: "review", to: side.review.to, ...alertOf(unfit) };
  }
  // What could not be reviewed may be by now: a paused rollout was resumed.
  const isOpen = side.kind === "nothing" || side.kind === "unreviewed";
  if (isOpen && target !== undefined) return { kind: "review", to: target };
  return side.kind === "nothing" ? { kind: "forget" } : NOTHING;
}

/** Only what somebody else did has to be told: of the rest the fresh review speaks. */
const alertOf = (unfit: NonNullable<ReturnType<typeof undoUnfitness>>): { readonly alert?: UndoNotBegun } =>
  unfit.kind === "stale" && unfit.why === "changed" ? { alert: unfit } : {};

/** The revision of an object, where it can be the target. */
export function targetOf({ entries, subject }: RolloutSnapshot, uid: string): UndoTarget | undefined {
  const entry = entries.find(({ revision }) => revision.object.uid === uid);
  if (entry === undefined || notUndoTarget(entry, subject.workload.kind) !== undefined) return undefined;
  return { uid, revision: entry.revision.revision };
}

/** What a review is of. Its status is left out: pods come and go. */
export function versionOf({ workload }: RolloutSnapshot): string {
  if (workload === undefined) return "";
  const { version, generation, isPaused, annotations, labels, revisions } = workload;
  return JSON.stringify([
    ...[version.uid, generation, isPaused, annotations, labels],
    revisions.map(({ object }) => object.uid),
  ]);
}
