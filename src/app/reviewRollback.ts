import { compareObjects, compareValues } from "../domain/changes.ts";
import { deletedEntries, manifestEntries, type ManifestEntry } from "../domain/manifest.ts";
import { Masks } from "../domain/masking.ts";
import type { Person } from "../domain/person.ts";
import type { Revision, RevisionLabel } from "../domain/release.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import { migrationRisks, pruningRisks, recordRisks } from "../domain/risks.ts";
import type { ReviewedState, Risk } from "../domain/rollback.ts";
import { promptCommitRange } from "./commitRange.ts";
import type { HistorySnapshot } from "./historySnapshot.ts";
import type { DeployerError, DeployerTool } from "./ports.ts";
import {
  driftRisks,
  imageRisks,
  REVIEW_LIMIT_MS,
  rightsRisks,
  workRisks,
  type RiskServices,
} from "./reviewRisks.ts";
import { endOf, nowRunning, readRecords, runningRevision, type Records } from "./reviewRecords.ts";
import { byHand, keptRollback } from "./rollbackOrder.ts";
import type { ReviewError, RollbackReview, RollbackSubject } from "./rollbackOutcome.ts";
import type { CommitHistory, Manifests, ReleaseHistoryStore, RollbackRunner } from "./rollbackPorts.ts";
import { withinLimit } from "./withinLimit.ts";

export interface ReviewServices extends RiskServices {
  readonly history: ReleaseHistoryStore;
  readonly manifests: Manifests;
  /** Undefined where there is no repository to look commits up in. */
  commits(signal: AbortSignal): Promise<CommitHistory | undefined>;
  readonly runner: Pick<RollbackRunner, "tool" | "rollbackCommand">;
  /** A text that nobody else makes. */
  readonly newNonce: () => string;
}

export interface ReviewOrder {
  readonly subject: RollbackSubject;
  /** What the person saw: which commits revisions are of, and what runs. */
  readonly snapshot: HistorySnapshot;
  readonly to: number;
  readonly by: Person;
  /** The team's patterns of files that change a database's schema. */
  readonly migrations: readonly string[];
}

/**
 * Reads all that a person has to know before they roll back. What is looked at in the cluster, in git and in
 * registries has a time limit each, and "could not be asked" is an answer; only helm's own records have to be read.
 */
export async function reviewRollback(
  services: ReviewServices,
  order: ReviewOrder,
  signal: AbortSignal,
): Promise<Result<RollbackReview, ReviewError>> {
  const records = await readRecords(services, order, signal);
  if (!records.ok) return records;
  const { newest, to } = records.value;
  const { subject } = order;
  const apart = takeApart(services.manifests, { subject, newest, to });
  const asked = Promise.all([
    imageRisks(services, to, signal),
    mayDoIt(services, { subject, newest, to, apart }, signal),
    workRisks(services, { subject, newest }, signal),
    findTool(services, signal),
  ]);
  const runs = await nowRunning(services, { order, newest }, signal);
  const from = await runningRevision(services, { order, records: records.value, runs }, signal);
  const ends = { from: endOf(from, order.snapshot), to: endOf(to, order.snapshot) };
  const [commits, taken, [images, rights, work, tool]] = await Promise.all([
    promptCommitRange(services, { ...ends, migrations: order.migrations }, signal),
    withRunning(services.manifests, { subject, from, newest, to, apart }),
    asked,
  ]);
  if (signal.aborted) return fail({ reason: "aborted" });
  const risks: readonly Risk[] = [
    ...work,
    ...images,
    ...migrationRisks(commits),
    ...rights,
    ...driftRisks(runs),
    ...chosenRisks(order, records.value),
    ...recordRisks({ from, to, ...taken, container: subject.driver.container }),
    ...pruningRisks(ofOneDriver(records.value), { historyMax: subject.driver.historyMax, to: order.to }),
  ];
  const seen: ReviewedState = {
    newest: newest.revision,
    status: newest.status,
    version: newest.version,
    target: to.version,
  };
  return ok({
    id: services.newNonce(),
    subject,
    ...ends,
    fromRevision: from,
    toRevision: to,
    seen,
    commits,
    objects: compareObjects(taken.fromEntries, taken.toEntries),
    values: compareValues(from.values, to.values, new Masks()),
    risks,
    ...commandOf(services, tool, keptRollback({ subject, ...ends, seen, toRevision: to })),
    needsTypedName: subject.tier === "production",
  });
}

interface Sides {
  readonly subject: RollbackSubject;
  readonly newest: Revision;
  readonly to: Revision;
}

interface TakenApart {
  readonly newestEntries: readonly ManifestEntry[];
  readonly toEntries: readonly ManifestEntry[];
}

type SidesApart = Sides & { readonly apart: Promise<TakenApart> };

const entriesOf = async (
  manifests: Manifests,
  { release }: RollbackSubject,
  { manifest }: Revision,
): Promise<readonly ManifestEntry[]> => manifestEntries(await manifests.read(manifest), release.namespace);

async function takeApart(manifests: Manifests, { subject, newest, to }: Sides): Promise<TakenApart> {
  const newestEntries = await entriesOf(manifests, subject, newest);
  const toEntries = to === newest ? newestEntries : await entriesOf(manifests, subject, to);
  return { newestEntries, toEntries };
}

/** What runs need not be helm's newest record, nor the target. */
async function withRunning(
  manifests: Manifests,
  { subject, from, newest, to, apart }: SidesApart & { readonly from: Revision },
): Promise<TakenApart & { readonly fromEntries: readonly ManifestEntry[] }> {
  const { newestEntries, toEntries } = await apart;
  const known = from === newest ? newestEntries : from === to ? toEntries : undefined;
  return { newestEntries, toEntries, fromEntries: known ?? (await entriesOf(manifests, subject, from)) };
}

/** helm deletes what the target has not got, for which it needs another right. */
async function mayDoIt(
  services: ReviewServices,
  { apart, ...sides }: SidesApart,
  signal: AbortSignal,
): Promise<readonly Risk[]> {
  const { newestEntries, toEntries } = await apart;
  const deletes = deletedEntries(newestEntries, toEntries).map(({ object }) => object);
  return rightsRisks(services, { ...sides, deletes }, signal);
}

/** What is to be said of the target that was chosen. */
function chosenRisks({ snapshot }: ReviewOrder, { labels, to }: Records): readonly Risk[] {
  const { revision, status } = to;
  const entry = snapshot.entries.find((one) => one.label.revision === revision);
  const said = labels.find((label) => label.revision === revision)?.status;
  return [
    // helm goes by the record; a label that says otherwise was changed by somebody.
    ...(said === status ? [] : [{ kind: "target-status", status } as const]),
    ...(entry?.wasRolledBackFrom === true ? [{ kind: "rolled-back-from", revision } as const] : []),
  ];
}

/** helm sees the records of one kind alone. */
const ofOneDriver = ({ labels, newest }: Records): readonly RevisionLabel[] =>
  labels.filter(({ driver }) => driver === newest.driver);

type FoundTool = Result<DeployerTool, DeployerError> | undefined;

const findTool = ({ runner, clock }: ReviewServices, signal: AbortSignal): Promise<FoundTool> =>
  withinLimit<FoundTool>(
    clock,
    { limit: REVIEW_LIMIT_MS, run: (stop) => runner.tool(stop), otherwise: () => undefined },
    signal,
  );

function commandOf(
  { runner }: ReviewServices,
  tool: FoundTool,
  order: ReturnType<typeof keptRollback>,
): Pick<RollbackReview, "command" | "toolProblem"> {
  if (tool === undefined) return {};
  return tool.ok
    ? { command: byHand(runner.rollbackCommand(tool.value, order), order.records) }
    : { toolProblem: tool.error };
}
