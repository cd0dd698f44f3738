import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import type { RollbackReview } from "../../app/rollbackOutcome.ts";
import { notChoosable } from "../messages/revisionRow.ts";
import type { NotBegun } from "../messages/rollbackAlert.ts";
import type { SideState } from "./model.ts";

/** How far the person is. */
export interface Choice {
  readonly chosen: number | undefined;
  /** Somebody pressed it: what is recommended meanwhile does not change it. */
  readonly isByHand: boolean;
  readonly side: SideState;
  /** The newest record when the last review was begun, as `newestOf` tells it. */
  readonly reviewedAt: string;
}

/** What a change of the history asks for. */
export type FollowUp =
  | { readonly kind: "nothing" }
  | { readonly kind: "review"; readonly to: number; readonly alert?: NotBegun }
  /** What was chosen before a reload is gone, or is none that could be chosen. */
  | { readonly kind: "forget" };

const NOTHING: FollowUp = { kind: "nothing" };

/**
 * The history has changed: the recommendation may be another, a review may be of yesterday, and what was chosen before
 * a reload may have been read by now.
 */
export function followUp(snapshot: HistorySnapshot, choice: Choice): FollowUp {
  const { recommendation, liveness } = snapshot;
  const { chosen, isByHand, side, reviewedAt } = choice;
  if (liveness.kind !== "live" || side.kind === "removal") return NOTHING;
  if (!isByHand && recommendation.kind === "revision" && recommendation.revision !== chosen) {
    return { kind: "review", to: recommendation.revision };
  }
  const newest = newestOf(snapshot);
  if (chosen === undefined || newest === reviewedAt) return NOTHING;
  if (side.kind === "nothing") return remembered(snapshot, chosen);
  if (side.kind !== "review" || newest === seenBy(side.review)) return NOTHING;
  const revision = snapshot.entries[0]?.label.revision;
  const isNewer = revision !== undefined && revision > side.review.seen.newest;
  return {
    kind: "review",
    to: chosen,
    alert: isNewer ? { kind: "stale", why: "newer", newest: revision } : { kind: "stale", why: "changed" },
  };
}

function remembered({ entries }: HistorySnapshot, chosen: number): FollowUp {
  const entry = entries.find(({ label }) => label.revision === chosen);
  if (entry?.record.kind === "reading") return NOTHING;
  const mayBe = entry !== undefined && notChoosable(entry, false) === undefined;
  return mayBe ? { kind: "review", to: chosen } : { kind: "forget" };
}

/** The newest record as the list knows it: what a review is of. */
export function newestOf({ entries }: HistorySnapshot): string {
  const [newest] = entries;
  if (newest === undefined) return "";
  const { revision, version } = newest.label;
  return JSON.stringify([revision, version.uid, version.resourceVersion]);
}

const seenBy = ({ seen }: RollbackReview): string =>
  JSON.stringify([seen.newest, seen.version.uid, seen.version.resourceVersion]);
