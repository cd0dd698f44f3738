import { mayBeOf } from "./commitMatch.ts";
import { readinessOf, type Readiness } from "./revisionReadiness.ts";
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
      /** What shows that it worked, or lets one doubt it. Mostly nothing does: Kubernetes does not record it. */
      readonly readiness?: "ready-now" | "brief";
    }
  | {
      readonly kind: "none";
      /** `no-history`: revisionHistoryLimit is 0. `none-ready`: those of another commit can be seen not to work. */
      readonly why: "no-history" | "only-one" | "none-fit" | "none-ready";
    }
  | { readonly kind: "reading" };

export interface SkippedRollout {
  readonly revision: number;
  readonly why:
    | "same-commit"
    | "undone-from"
    | "commit-unknown"
    | Extract<Readiness, "not-ready" | "unfinished" | "brief">;
}

/**
 * The newest revision before the current one that nobody went back from, that is surely of another commit, and that
 * cannot be seen not to work. One that was replaced within seconds comes after all others. A guess is never
 * recommended, whatever else speaks for it. `entries` come newest first.
 */
export function recommendUndo(
  { historyLimit, completed }: Pick<RolloutReading, "historyLimit" | "completed">,
  entries: readonly RolloutEntry[],
): RolloutRecommendation {
  if (historyLimit === 0) return { kind: "none", why: "no-history" };
  const current = entries.find(({ isCurrent }) => isCurrent);
  // The controller is about to give what is there now a revision.
  if (current === undefined) return { kind: "reading" };
  const earlier = entries.filter(({ revision }) => revision.revision < current.revision.revision);
  if (earlier.length === 0) return { kind: "none", why: "only-one" };
  const among = { revisions: entries.map(({ revision }) => revision), completed };
  const skipped: SkippedRollout[] = [];
  let doubtful: RolloutRecommendation | undefined;
  for (const entry of earlier) {
    const { object, revision } = entry.revision;
    const fitting = { kind: "revision", uid: object.uid, revision, skipped: [...skipped] } as const;
    const why = whyNot(entry, current) ?? readinessOf(entry.revision, among);
    if (why === "reading") return { kind: "reading" };
    if (why === "not-known") return fitting;
    if (why === "ready-now") return { ...fitting, readiness: why };
    if (why === "brief") doubtful ??= { ...fitting, readiness: why };
    skipped.push({ revision, why });
  }
  return doubtful ?? { kind: "none", why: skipped.some(isSeenNotToWork) ? "none-ready" : "none-fit" };
}

const isSeenNotToWork = ({ why }: SkippedRollout): boolean => why === "not-ready" || why === "unfinished";

/** Why it is not recommended in place of the current one; undefined where nothing speaks against it. */
function whyNot(
  { match, wasUndoneFrom }: RolloutEntry,
  current: RolloutEntry,
): "undone-from" | "reading" | "commit-unknown" | "same-commit" | undefined {
  if (wasUndoneFrom) return "undone-from";
  if (match === undefined || current.match === undefined) return "reading";
  if (match.kind !== "exact") return "commit-unknown";
  return mayBeOf(current.match, match.commit) ? "same-commit" : undefined;
}
