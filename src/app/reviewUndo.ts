import { differences } from "../domain/jsonDifference.ts";
import type { Person } from "../domain/person.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import { migrationRisks } from "../domain/risks.ts";
import { commitOfRollout, undoneRevisions } from "../domain/rolloutEntries.ts";
import type { RolloutReading, RolloutRevision, UndoRisk } from "../domain/rollouts.ts";
import { sameTemplate } from "../domain/undo.ts";
import { workloadRisks } from "../domain/undoRisks.ts";
import { promptCommitRange } from "./commitRange.ts";
import type { Clock, OperationStore } from "./ports.ts";
import { imageRisks, rightsRisk, workRisk } from "./reviewRisks.ts";
import type { CommitHistory, ImageRegistry } from "./rollbackPorts.ts";
import type { RolloutStore, WorkloadAddress } from "./rolloutPorts.ts";
import type { RolloutSnapshot } from "./rolloutSnapshot.ts";
import { operationOf } from "./rolloutSubjects.ts";
import type { RolloutSubject, UndoEnd, UndoReview, UndoReviewError } from "./undoOutcome.ts";

export interface ReviewUndoServices {
  readonly rollouts: RolloutStore;
  readonly operations: OperationStore;
  readonly registry: ImageRegistry;
  /** Undefined where there is no repository to look commits up in. */
  commits(signal: AbortSignal): Promise<CommitHistory | undefined>;
  readonly clock: Clock;
  /** A text that nobody else makes. */
  readonly newNonce: () => string;
}

export interface ReviewUndoOrder {
  readonly subject: RolloutSubject;
  /** What the person saw: which commits revisions are of, and the pods. */
  readonly snapshot: RolloutSnapshot;
  /** The revision to go back to, by its object's uid: its number may be another one by now. */
  readonly toUid: string;
  readonly by: Person;
  /** The team's patterns of files that change a database's schema. */
  readonly migrations: readonly string[];
}

const MOST_PATHS = 20;

/**
 * Reads all that a person has to know before an undo. The workload and its revisions have to be read; what else is
 * looked at has a time limit each, and "could not be asked" is an answer.
 */
export async function reviewUndo(
  services: ReviewUndoServices,
  order: ReviewUndoOrder,
  signal: AbortSignal,
): Promise<Result<UndoReview, UndoReviewError>> {
  const { subject, snapshot, migrations } = order;
  const found = await readEnds(services, order, signal);
  if (!found.ok) return found;
  const { seen, from, to } = found.value;
  const ends = {
    from: from === undefined ? { revision: highest(seen) } : endOf(from, snapshot),
    to: endOf(to, snapshot),
  };
  const [commits, images, rights, work] = await Promise.all([
    promptCommitRange(services, { ...ends, migrations }, signal),
    imageRisks(services, to, signal),
    mayUndo(services, subject.workload, signal),
    workRisks(services, subject, signal),
  ]);
  if (signal.aborted) return fail({ reason: "aborted" });
  const wasUndoneFrom = undoneRevisions(seen.revisions).has(to.object.uid);
  const { pods } = snapshot;
  const { container } = subject;
  return ok({
    id: services.newNonce(),
    subject,
    from: ends.from,
    to: { ...ends.to, uid: to.object.uid, hash: to.hash },
    seen,
    fromRevision: from,
    toRevision: to,
    commits,
    paths: differences(seen.template, to.template)
      .map(({ path }) => path)
      .slice(0, MOST_PATHS),
    risks: [
      ...work,
      ...images,
      ...migrationRisks(commits),
      rights,
      ...workloadRisks({ seen, from, to, pods, container, wasUndoneFrom }),
    ],
    command: undoCommand(subject.workload, to.revision),
    needsTypedName: subject.tier === "production" || seen.manager !== undefined,
  });
}

function mayUndo(
  { rollouts, clock }: ReviewUndoServices,
  workload: WorkloadAddress,
  signal: AbortSignal,
): ReturnType<typeof rightsRisk> {
  const { context } = workload;
  return rightsRisk(clock, { context, ask: (stop) => rollouts.missingRights(workload, stop) }, signal);
}

interface Ends {
  readonly seen: RolloutReading;
  readonly from: RolloutRevision | undefined;
  readonly to: RolloutRevision;
}

/** The workload as it is now, and both ends; refused where kubectl would refuse it as well, or would do nothing. */
async function readEnds(
  { rollouts }: Pick<ReviewUndoServices, "rollouts">,
  { subject, snapshot, toUid }: ReviewUndoOrder,
  signal: AbortSignal,
): Promise<Result<Ends, UndoReviewError>> {
  const read = await rollouts.read(subject.workload, signal);
  if (!read.ok) return read;
  const seen = read.value;
  if (seen === undefined) return fail({ reason: "workload-gone" });
  const shown = snapshot.entries.find(({ revision }) => revision.object.uid === toUid)?.revision;
  const to = seen.revisions.find(({ object }) => object.uid === toUid);
  if (to === undefined || (shown !== undefined && shown.hash !== to.hash)) {
    return fail({ reason: "revision-gone", revision: shown?.revision ?? 0 });
  }
  if (seen.isPaused) return fail({ reason: "paused" });
  if (sameTemplate(seen.template, to.template)) {
    return fail({ reason: "same-template", revision: to.revision });
  }
  return ok({ seen, from: seen.revisions.find(({ object }) => object.uid === seen.current?.uid), to });
}

const highest = ({ revisions }: RolloutReading): number =>
  Math.max(0, ...revisions.map(({ revision }) => revision));

/** A revision's commit as the history grades it: only an exact one is one. */
function endOf(revision: RolloutRevision, { subject, entries }: RolloutSnapshot): UndoEnd {
  const { uid } = revision.object;
  const match = entries.find((entry) => entry.revision.object.uid === uid)?.match;
  const graded = match?.kind === "exact" ? match.commit : undefined;
  const commit = match === undefined ? commitOfRollout(revision, subject.container) : graded;
  return { revision: revision.revision, ...(commit === undefined ? {} : { commit }) };
}

async function workRisks(
  services: ReviewUndoServices,
  subject: RolloutSubject,
  signal: AbortSignal,
): Promise<readonly UndoRisk[]> {
  const lease = operationOf(subject);
  return lease === undefined ? [] : [await workRisk(services, lease, signal)];
}

/** What kubectl does without our guards; the name is the cluster's, and no flag. */
const undoCommand = (
  { kind, name, namespace, context }: WorkloadAddress,
  revision: number,
): readonly string[] => [
  ...["kubectl", "rollout", "undo", `${kind.toLowerCase()}/${name}`, `--to-revision=${revision}`],
  ...["--namespace", namespace, "--context", context],
];
