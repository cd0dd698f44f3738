import { commitOfRevision } from "../domain/gradeCommit.ts";
import type { WhatRuns } from "../domain/history.ts";
import type { Revision, RevisionLabel } from "../domain/release.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import type { RollbackEnd } from "../domain/rollback.ts";
import { runCandidates, whatRuns } from "../domain/whatRuns.ts";
import type { HistorySnapshot } from "./historySnapshot.ts";
import type { Clock } from "./ports.ts";
import { REVIEW_LIMIT_MS } from "./reviewRisks.ts";
import type { ReviewError, RollbackSubject } from "./rollbackOutcome.ts";
import type { LiveObjects, ReleaseHistoryStore } from "./rollbackPorts.ts";
import { withinLimit } from "./withinLimit.ts";

export interface RecordServices {
  readonly history: ReleaseHistoryStore;
  readonly live: LiveObjects;
  readonly clock: Clock;
}

/** What the records are read for. */
export interface RecordsOrder {
  readonly subject: RollbackSubject;
  readonly snapshot: HistorySnapshot;
  readonly to: number;
}

/** The records that a review rests on, read anew. */
export interface Records {
  readonly labels: readonly RevisionLabel[];
  readonly newest: Revision;
  readonly to: Revision;
}

/** helm's newest record, whatever became of it, and the target's: as they are now. */
export async function readRecords(
  { history }: Pick<RecordServices, "history">,
  { subject: { release }, to }: Pick<RecordsOrder, "subject" | "to">,
  signal: AbortSignal,
): Promise<Result<Records, ReviewError>> {
  const listing = await history.list(release, signal);
  if (!listing.ok) return listing;
  const labels = listing.value.revisions;
  const [newestLabel] = labels;
  if (newestLabel === undefined) return fail({ reason: "release-gone" });
  const targetLabel = labels.find(({ revision }) => revision === to);
  if (targetLabel === undefined) return fail({ reason: "revision-gone", revision: to });
  const [newest, target] = await Promise.all([
    history.record(release, newestLabel, signal),
    history.record(release, targetLabel, signal),
  ]);
  if (!target.ok) return target;
  if (target.value === undefined) return fail({ reason: "revision-gone", revision: to });
  if (!newest.ok) return newest;
  if (newest.value === undefined) return fail({ reason: "revision-gone", revision: newestLabel.revision });
  const { status, unknownStatus } = target.value;
  if (status !== "deployed" && status !== "superseded") {
    return fail({ reason: "not-a-target", revision: to, status: unknownStatus ?? status });
  }
  return ok({ labels, newest: newest.value, to: target.value });
}

/** What runs at this moment; where the workloads cannot be read, what was last known. */
export async function nowRunning(
  { live, clock }: RecordServices,
  { order, newest }: { readonly order: RecordsOrder; readonly newest: Revision },
  signal: AbortSignal,
): Promise<WhatRuns> {
  const { subject, snapshot } = order;
  const known = runCandidates(snapshot.entries);
  if (known.kind !== "known") return snapshot.runs;
  return withinLimit<WhatRuns>(
    clock,
    {
      limit: REVIEW_LIMIT_MS,
      run: async (stop) => {
        const images = await live.images(subject.release, newest.manifest, stop);
        return images.ok ? whatRuns(known.candidates, images.value) : snapshot.runs;
      },
      otherwise: () => snapshot.runs,
    },
    signal,
  );
}

/** The record of what runs, else the newest. */
export async function runningRevision(
  { history }: RecordServices,
  {
    order,
    records,
    runs,
  }: { readonly order: RecordsOrder; readonly records: Records; readonly runs: WhatRuns },
  signal: AbortSignal,
): Promise<Revision> {
  const { newest, labels, to } = records;
  const revision = runs.kind === "revision" || runs.kind === "drift" ? runs.revision : newest.revision;
  if (revision === to.revision) return to;
  const label = labels.find((one) => one.revision === revision);
  if (label === undefined || revision === newest.revision) return newest;
  const read = await history.record(order.subject.release, label, signal);
  return read.ok ? (read.value ?? newest) : newest;
}

/** A revision's commit as the history grades it: only an exact one is one. */
export function endOf(record: Revision, { subject, entries }: HistorySnapshot): RollbackEnd {
  const { revision, status } = record;
  const shown = entries.find((entry) => entry.label.revision === revision)?.record;
  const isGraded = shown?.kind === "read" && shown.revision.version.uid === record.version.uid;
  const exact = isGraded && shown.match.kind === "exact" ? shown.match.commit : undefined;
  const commit = isGraded ? exact : commitOfRevision(record, subject.driver.container);
  return { revision, status, ...(commit === undefined ? {} : { commit }) };
}
