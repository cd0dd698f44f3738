import { fateOfEntry } from "./historyEntries.ts";
import type { HistoryEntry, HistoryWarning, StuckRelease } from "./history.ts";
import { busyUntil, isPending, type RevisionLabel } from "./release.ts";
import type { DurationMs, EpochMs } from "./time.ts";

/** More missing revisions than these are not listed; a single foreign record may claim any number. */
const MOST_MISSING = 20;

/** What a person has to know of the records themselves. `labels` are all that were found, of either driver. */
export function historyWarnings(
  entries: readonly HistoryEntry[],
  labels: readonly RevisionLabel[],
  hasHelm2: boolean,
): readonly HistoryWarning[] {
  const warnings: HistoryWarning[] = [];
  const deployed = entries.filter(({ status }) => status === "deployed").map(({ label }) => label.revision);
  if (deployed.length > 1) warnings.push({ kind: "two-deployed", revisions: deployed });
  const missing = missingRevisions(entries);
  if (missing.length > 0) warnings.push({ kind: "missing", revisions: missing });
  if (new Set(labels.map(({ driver }) => driver)).size > 1) warnings.push({ kind: "two-drivers" });
  if (hasHelm2) warnings.push({ kind: "helm-2" });
  return warnings;
}

/** Numbers between the newest and the oldest that no record has, newest first. */
function missingRevisions(entries: readonly HistoryEntry[]): readonly number[] {
  const missing: number[] = [];
  entries.forEach(({ label }, index) => {
    const older = entries[index + 1]?.label.revision ?? label.revision - 1;
    for (let gap = label.revision - 1; gap > older && missing.length < MOST_MISSING; gap -= 1) {
      missing.push(gap);
    }
  });
  return missing;
}

/** A release whose newest record is pending. */
export interface Pending {
  readonly entry: HistoryEntry;
  readonly since: EpochMs;
  readonly freeAt: EpochMs;
}

/**
 * Its record counts from when the API server made it. Where helm's own clock says something later, that counts: to
 * wait too long does no harm.
 */
export function pendingRelease(entries: readonly HistoryEntry[], timeout: DurationMs): Pending | undefined {
  const [entry] = entries;
  if (entry === undefined || !isPending(entry.status)) return undefined;
  const since = Math.max(entry.label.createdAt, entry.deployedAt);
  return { entry, since, freeAt: busyUntil(since, timeout) };
}

/** Undefined while helm may still be at it. `now` is the API server's time. */
export function stuckRelease(
  entries: readonly HistoryEntry[],
  timeout: DurationMs,
  now: EpochMs,
): StuckRelease | undefined {
  const pending = pendingRelease(entries, timeout);
  if (pending === undefined || now < pending.freeAt) return undefined;
  const { entry, since, freeAt } = pending;
  const lastGood = entries.find((one) => fateOfEntry(one) === "ran")?.label.revision;
  return {
    revision: entry.label.revision,
    status: entry.status,
    ...(entry.by === undefined ? {} : { by: entry.by }),
    since,
    age: now - since,
    freeAt,
    ...(lastGood === undefined ? {} : { lastGood }),
  };
}
