import { cluesOf } from "../../src/domain/commitClues.ts";
import { gradeCommit } from "../../src/domain/gradeCommit.ts";
import type { HistoryEntry, RecordState } from "../../src/domain/history.ts";
import { historyEntries, type KnownRevision } from "../../src/domain/historyEntries.ts";
import type { ContainerImage, Revision } from "../../src/domain/release.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { aCommit, aLabel, aRevision } from "./deploy.ts";

/** The image of the commit that begins with these digits, in the container `app` of the Deployment `web`. */
export const webImage = (tag: string): ContainerImage => ({
  workload: "Deployment/web",
  container: "app",
  image: `shop/web:${tag}`,
});

export const read = (revision: Revision): RecordState => ({
  kind: "read",
  revision,
  match: gradeCommit(cluesOf(revision), new Map()),
});

/** A revision of a story: made so many hours after the first as its number says. */
export interface Told extends Partial<Revision> {
  readonly revision: number;
  /** Digits of the commit that its image names; else the tag is `latest`. */
  readonly of?: string;
  readonly record?: RecordState;
}

export function known({ of, record, ...told }: Told): KnownRevision {
  const tag = of === undefined ? "latest" : aCommit(of);
  const revision = aRevision({
    status: "superseded",
    deployedAt: told.revision * HOUR_MS,
    description: "Upgrade complete",
    images: [webImage(tag)],
    ...told,
  });
  return {
    label: aLabel({ revision: revision.revision, status: revision.status, createdAt: revision.deployedAt }),
    record: record ?? read(revision),
    isRecordCurrent: true,
  };
}

/** A history, told newest first. */
export const aHistory = (...told: readonly Told[]): readonly HistoryEntry[] =>
  historyEntries(told.map(known));
