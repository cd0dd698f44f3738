import { fateOfEntry } from "./historyEntries.ts";
import type { HistoryEntry, NotATarget, Recommendation, Skipped, WhatRuns } from "./history.ts";
import { mayBeOf } from "./commitMatch.ts";
import type { Fate } from "./revisionFate.ts";

/**
 * The newest revision, earlier than what runs, that was deployed, was not rolled back from, and is surely of another
 * commit. A guess is never recommended, whatever else speaks for it. `entries` come newest first.
 */
export function recommend(entries: readonly HistoryEntry[], runs: WhatRuns): Recommendation {
  if (runs.kind === "reading") return { kind: "reading" };
  const from = whereFrom(entries, runs);
  const skipped: Skipped[] = [];
  for (const entry of entries) {
    const { revision } = entry.label;
    // What is still being read may be a rollback that left others behind.
    if (entry.record.kind === "reading" || entry.record.kind === "unread") return { kind: "reading" };
    if (revision === from?.label.revision) continue;
    const isEarlier = from === undefined || revision < from.label.revision;
    const why = whyNot(entry, from);
    if (why === undefined && isEarlier) {
      const { ranFor } = entry;
      return { kind: "revision", revision, ...(ranFor === undefined ? {} : { ranFor }), skipped };
    }
    if (why !== undefined) skipped.push({ revision, why });
  }
  return { kind: "none", skipped };
}

/** What runs; where nobody could say, the newest that can. */
function whereFrom(entries: readonly HistoryEntry[], runs: WhatRuns): HistoryEntry | undefined {
  if (runs.kind === "revision" || runs.kind === "drift") {
    return entries.find(({ label }) => label.revision === runs.revision);
  }
  const [newest] = entries;
  if (newest === undefined || fateOfEntry(newest) === "uninstalled") return undefined;
  return entries.find((entry) => ["ran", "failed"].includes(fateOfEntry(entry)));
}

/** Why a revision is not recommended in place of what runs; undefined where nothing speaks against it. */
function whyNot(entry: HistoryEntry, from: HistoryEntry | undefined): NotATarget | undefined {
  const { record } = entry;
  const fate = FATES[fateOfEntry(entry)];
  if (fate !== undefined) return fate;
  if (record.kind !== "read") return "unreadable";
  if (entry.wasRolledBackFrom) return "rolled-back-from";
  if (record.match.kind !== "exact") return "commit-unknown";
  const now = from?.record.kind === "read" ? from.record.match : undefined;
  return now !== undefined && mayBeOf(now, record.match.commit) ? "same-commit" : undefined;
}

const FATES: Readonly<Record<Fate, NotATarget | undefined>> = {
  ran: undefined,
  failed: "failed",
  pending: "pending",
  uninstalled: "uninstalled",
  unknown: "unknown-status",
};
