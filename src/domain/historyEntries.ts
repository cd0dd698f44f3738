import type { CommitFacts } from "./commitMatch.ts";
import type { HistoryEntry, RecordState } from "./history.ts";
import type { ReleaseStatus, RevisionLabel } from "./release.ts";
import { fateOf, reachedCluster, type Fate } from "./revisionFate.ts";
import type { DurationMs } from "./time.ts";

/** A revision with what has been found out about it so far. */
export interface KnownRevision {
  readonly label: RevisionLabel;
  readonly record: RecordState;
  /** Whether the record is that of the label's very version; an older one says less about the status. */
  readonly isRecordCurrent: boolean;
  readonly commit?: CommitFacts;
}

/** What became of the revision of an entry. */
export const fateOfEntry = ({ status, record }: Pick<HistoryEntry, "status" | "record">): Fate =>
  fateOf(status, descriptionOf(record));

export const descriptionOf = (record: RecordState): string =>
  record.kind === "read" ? record.revision.description : "";

/** Joins revisions, newest first, to a history: what each of them was for the others. */
export function historyEntries(known: readonly KnownRevision[]): readonly HistoryEntry[] {
  const abandoned = abandonedRevisions(known);
  return known.map((one, index) => {
    const { label, record, commit } = one;
    const by = record.kind === "read" ? record.revision.mark?.by : undefined;
    const ranFor = howLongItRan(known, index);
    return {
      label,
      status: statusOf(one),
      record,
      ...(commit === undefined ? {} : { commit }),
      ...(by === undefined ? {} : { by }),
      deployedAt: deployedAt(one),
      ...(ranFor === undefined ? {} : { ranFor }),
      wasRolledBackFrom: abandoned.has(label.revision),
    };
  });
}

/** helm itself goes by what stands in the record, and finds it by its labels. */
const statusOf = ({ label, record, isRecordCurrent }: KnownRevision): ReleaseStatus =>
  record.kind === "read" && isRecordCurrent ? record.revision.status : label.status;

const deployedAt = ({ label, record }: KnownRevision): number =>
  record.kind === "read" ? record.revision.deployedAt : label.createdAt;

const fate = (one: KnownRevision): Fate => fateOf(statusOf(one), descriptionOf(one.record));

const isInEffect = (one: KnownRevision): boolean => {
  const own = fate(one);
  // A pending record may not have touched anything yet, and an unknown status says nothing.
  if (own === "pending" || own === "unknown") return false;
  return reachedCluster(own, descriptionOf(one.record)) !== "no";
};

function howLongItRan(known: readonly KnownRevision[], index: number): DurationMs | undefined {
  const own = known[index];
  if (own === undefined || fate(own) !== "ran") return undefined;
  for (let newer = index - 1; newer >= 0; newer -= 1) {
    const [next, older] = [known[newer], known[newer + 1]];
    if (next === undefined || older === undefined) return undefined;
    // Between two revisions that do not follow each other, another one may have come.
    if (next.label.revision !== older.label.revision + 1) return undefined;
    if (!isInEffect(next)) continue;
    const ranFor = deployedAt(next) - deployedAt(own);
    return ranFor >= 0 ? ranFor : undefined;
  }
  return undefined;
}

/**
 * Revisions that a rollback left behind. A rollback has the content of its target, so that going back from it leaves
 * its target behind too; and going from one forward to something newer leaves nothing behind.
 */
function abandonedRevisions(known: readonly KnownRevision[]): ReadonlySet<number> {
  const oldestFirst = [...known].reverse();
  const origins = new Map<number, number>();
  const originOf = (revision: number): number => origins.get(revision) ?? revision;
  const abandoned = new Set<number>();
  let inEffect: number | undefined;
  for (const one of oldestFirst) {
    const { revision } = one.label;
    const target = one.record.kind === "read" ? one.record.revision.rollbackTo : undefined;
    if (target !== undefined && target < revision) {
      if (inEffect !== undefined && originOf(target) < originOf(inEffect)) {
        const left = originOf(inEffect);
        for (const earlier of oldestFirst) {
          const number = earlier.label.revision;
          if (number < revision && originOf(number) === left) abandoned.add(number);
        }
      }
      origins.set(revision, originOf(target));
    }
    if (isInEffect(one)) inEffect = revision;
  }
  return abandoned;
}
