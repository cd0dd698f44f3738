import { mayBeOf } from "./commitMatch.ts";
import type { RolloutEntry } from "./rolloutEntries.ts";
import type { RolloutReading } from "./rollouts.ts";

/** The revision that a person who wants to go back most likely means; or why there is none. */
export type RolloutRecommendation =
  | {
      readonly kind: "revision";
      readonly uid: string;
      readonly revision: number;
      /** Newer ones that were passed over, and why: newest first. */
      readonly skipped: readonly SkippedRollout[];
    }
  | {
      readonly kind: "none";
      /** `no-history`: revisionHistoryLimit is 0. */
      readonly why: "no-history" | "only-one" | "none-fit";
    }
  | { readonly kind: "reading" };

export interface SkippedRollout {
  readonly revision: number;
  readonly why: "same-commit" | "undone-from" | "commit-unknown";
}

/**
 * The newest revision before the current one that nobody went back from and that is surely of another commit. A guess
 * is never recommended, whatever else speaks for it. `entries` come newest first.
 */
export function recommendUndo(
  { historyLimit }: Pick<RolloutReading, "historyLimit">,
  entries: readonly RolloutEntry[],
): RolloutRecommendation {
  if (historyLimit === 0) return { kind: "none", why: "no-history" };
  const current = entries.find(({ isCurrent }) => isCurrent);
  // The controller is about to give what is there now a revision.
  if (current === undefined) return { kind: "reading" };
  const earlier = entries.filter(({ revision }) => revision.revision < current.revision.revision);
  if (earlier.length === 0) return { kind: "none", why: "only-one" };
  const skipped: SkippedRollout[] = [];
  for (const entry of earlier) {
    const { uid } = entry.revision.object;
    const { revision } = entry.revision;
    const why = whyNot(entry, current);
    if (why === "reading") return { kind: "reading" };
    if (why === undefined) return { kind: "revision", uid, revision, skipped };
    skipped.push({ revision, why });
  }
  return { kind: "none", why: "none-fit" };
}

/** Why it is not recommended in place of the current one; undefined where nothing speaks against it. */
function whyNot(
  { match, wasUndoneFrom }: RolloutEntry,
  current: RolloutEntry,
): SkippedRollout["why"] | "reading" | undefined {
  if (wasUndoneFrom) return "undone-from";
  if (match === undefined || current.match === undefined) return "reading";
  if (match.kind !== "exact") return "commit-unknown";
  return mayBeOf(current.match, match.commit) ? "same-commit" : undefined;
}
