import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { rollBack, type RollBackOrder } from "../../src/app/rollBack.ts";
import type { RollbackOutcome, RollbackReview, RollbackSubject } from "../../src/app/rollbackOutcome.ts";
import type { HelmDriver } from "../../src/domain/config.ts";
import type { Person } from "../../src/domain/person.ts";
import { commitOfRevision } from "../../src/domain/gradeCommit.ts";
import type { Revision, RevisionLabel } from "../../src/domain/release.ts";
import type { RollbackEnd } from "../../src/domain/rollback.ts";
import { aHelmDriver } from "../builders/deploy.ts";
import { CONTEXT, type StagePerson, type WatchingRollback } from "./stagePerson.ts";

const never = new AbortController().signal;

/** A production environment whose release and Leases are in the stage's namespace. */
export function stageSubject(
  namespace: string,
  release: string,
  driver: Partial<HelmDriver> = {},
): RollbackSubject {
  return {
    name: release,
    target: release,
    kind: "environment",
    tier: "production",
    release: { context: CONTEXT, namespace, release },
    driver: aHelmDriver({ context: CONTEXT, namespace, release, timeoutMinutes: 1, ...driver }),
    locks: { context: CONTEXT, namespace },
  };
}

export const stagePersonOf = (name: string): Person => ({ user: name, mail: `${name}@example.com`, name });

/** What a person reviewed, read from the records as they are now. */
export async function stageReview(
  { cluster }: StagePerson,
  subject: RollbackSubject,
  to: number,
): Promise<RollbackReview> {
  const listing = await cluster.history.list(subject.release, never);
  assert.ok(listing.ok, JSON.stringify(listing));
  const [newest] = listing.value.revisions;
  const target = listing.value.revisions.find(({ revision }) => revision === to);
  assert.ok(newest !== undefined && target !== undefined);
  const read = async (label: RevisionLabel): Promise<Revision> => {
    const found = await cluster.history.record(subject.release, label, never);
    return found.ok && found.value !== undefined ? found.value : assert.fail(JSON.stringify(found));
  };
  const [fromRevision, toRevision] = [await read(newest), await read(target)];
  return {
    id: randomUUID(),
    subject,
    from: endOf(fromRevision),
    to: endOf(toRevision),
    fromRevision,
    toRevision,
    seen: {
      newest: newest.revision,
      status: newest.status,
      version: newest.version,
      target: target.version,
    },
    commits: { kind: "unknown", why: "not-in-clone", detail: "" },
    objects: [],
    values: [],
    risks: [],
    needsTypedName: true,
  };
}

function endOf(record: Revision): RollbackEnd {
  const commit = commitOfRevision(record, undefined);
  const { revision, status } = record;
  return { revision, status, ...(commit === undefined ? {} : { commit }) };
}

/** Confirms a review as the person who read it. */
export function rollBackAs(
  name: string,
  person: StagePerson,
  review: RollbackReview,
  how: WatchingRollback & Partial<RollBackOrder> = {},
): Promise<RollbackOutcome> {
  const { onPhase = () => undefined, signal = never, ...said } = how;
  const typed = review.subject.release.release;
  const order = { review, by: stagePersonOf(name), typed, withoutLease: false, ...said };
  return rollBack(person.rollbacks, order, onPhase, signal);
}
