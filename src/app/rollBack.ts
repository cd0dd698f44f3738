import { operationRef } from "../domain/operation.ts";
import { holderIdentity, type Person } from "../domain/person.ts";
import { commandLine } from "../domain/plainText.ts";
import { isPending, type RevisionLabel } from "../domain/release.ts";
import { promisedItems, type ProofItem } from "../domain/rollbackProof.ts";
import { staleness } from "../domain/staleReview.ts";
import { lockRef } from "../domain/lock.ts";
import { busyRelease } from "./busyRelease.ts";
import { takenAway } from "./commitRange.ts";
import type { HoldOperation } from "./deployBranch.ts";
import type { DeployerTool, ReleaseReadError } from "./ports.ts";
import { concludeRollback, type ProveRollbackServices } from "./proveRollback.ts";
import type { RunningOperation } from "./renewedOperation.ts";
import { byHand, keptRollback } from "./rollbackOrder.ts";
import type { RollbackOutcome, RollbackPhase, RollbackReview } from "./rollbackOutcome.ts";
import type { KeptRollback, RollbackRunner } from "./rollbackPorts.ts";
import { RollbackProgress } from "./rollbackProgress.ts";
import { watchRollback } from "./watchRollback.ts";

/** What a rollback needs of the world. */
export interface RollBackServices extends ProveRollbackServices {
  readonly runner: RollbackRunner;
  readonly holdOperation: HoldOperation;
}

export interface RollBackOrder {
  readonly review: RollbackReview;
  readonly by: Person;
  /** The release's name, as the person typed it; compared where it had to be. */
  readonly typed: string;
  /** The person said once more, by typing, that it is to be done although the operation Lease cannot be had. */
  readonly withoutLease: boolean;
}

const NOTHING_DONE: RollbackOutcome = { kind: "cancelled", truth: { kind: "nothing-done" } };

/**
 * Rolls a release back to the revision that was reviewed: reads its records again, holds the operation Lease, runs helm
 * and proves what came of it. Aborting ends only the waiting once helm works, since helm's rollback has no soft end.
 */
export async function rollBack(
  services: RollBackServices,
  order: RollBackOrder,
  onPhase: (phase: RollbackPhase) => void,
  signal: AbortSignal,
): Promise<RollbackOutcome> {
  const { review } = order;
  const mustType = review.needsTypedName || order.withoutLease;
  if (mustType && order.typed !== review.subject.release.release) return { kind: "wrong-name" };
  const items = promisedItems(review.toRevision.images);
  const progress = new RollbackProgress(services.clock, onPhase, { items });
  progress.fill([{ kind: "reread", state: "running", facts: "" }]);
  progress.tell("checking");
  const [tool, before] = await Promise.all([
    services.runner.tool(signal),
    lookAgain(services, review, signal),
  ]);
  if (signal.aborted) return NOTHING_DONE;
  if (!tool.ok) return { kind: "tool", error: tool.error };
  if ("outcome" in before) return before.outcome;
  const lease = await holdLease(services, order, signal);
  if ("outcome" in lease) return lease.outcome;
  try {
    // What counts is what stands there now that nobody else begins anything.
    const seen = await lookAgain(services, review, signal);
    if ("outcome" in seen) return seen.outcome;
    progress.fill([seen.item, lease.item]);
    return await run(services, { order, tool: tool.value, operation: lease.operation }, progress, signal);
  } finally {
    await lease.operation?.release();
  }
}

type Ended = { readonly outcome: RollbackOutcome };

/** The records as they are now: anything newer than the review stops it, and so does a helm that is at work. */
async function lookAgain(
  services: RollBackServices,
  { subject, seen, to }: RollbackReview,
  signal: AbortSignal,
): Promise<Ended | { readonly item: ProofItem }> {
  const { release, driver } = subject;
  const listing = await services.history.list(release, signal);
  if (!listing.ok) return unread(listing.error);
  const { revisions } = listing.value;
  const stale = staleness(seen, to.revision, revisions);
  if (stale !== undefined) return { outcome: { kind: "stale", ...stale } };
  const [newest] = revisions;
  if (newest !== undefined && isPending(newest.status)) {
    const latest = await services.releases.latest(release, signal);
    if (!latest.ok) return unread(latest.error);
    const now = services.clock.now();
    const busy = await busyRelease(services.releases, { driver, release }, latest.value, { now, signal });
    // One that is older than its time limit is what a rollback clears.
    if (busy !== undefined && busy.kind !== "stuck") return { outcome: { kind: "busy", busy } };
  }
  return { item: { kind: "reread", state: "ok", facts: newestWords(newest) } };
}

const unread = (error: ReleaseReadError): Ended => ({
  outcome: error.reason === "aborted" ? NOTHING_DONE : { kind: "unread", error },
});

const newestWords = (newest: RevisionLabel | undefined): string =>
  newest === undefined ? "" : `revision ${newest.revision} ${newest.status}`;

interface Lease {
  readonly operation: RunningOperation | undefined;
  readonly item: ProofItem;
}

/** Somebody's work is never passed over; a Lease that cannot be had for another reason only by the person's word. */
async function holdLease(
  services: RollBackServices,
  { review: { subject, to }, by, withoutLease }: RollBackOrder,
  signal: AbortSignal,
): Promise<Ended | Lease> {
  const { name, target, driver, locks, release } = subject;
  const ref = operationRef(name, { name: target, driver }, locks);
  const what = `rollback of ${release.release} to ${to.revision}`;
  const held = await services.holdOperation(ref, { by, what }, signal);
  if (held.ok) {
    return { operation: held.value, item: { kind: "operation", state: "ok", facts: ref.name } };
  }
  if (signal.aborted) return { outcome: NOTHING_DONE };
  const { error } = held;
  if (error.reason === "busy") {
    const { by: holder, what: work, isMine } = error;
    return { outcome: { kind: "busy", busy: { kind: "operation", by: holder, what: work, isMine } } };
  }
  if (!withoutLease) return { outcome: { kind: "no-lease", error } };
  services.log.warn(`Rolling ${release.release} back without ${ref.name}: ${JSON.stringify(error)}`);
  return {
    operation: undefined,
    item: { kind: "operation", state: "fact", facts: `${ref.name}: ${error.reason}` },
  };
}

interface Run {
  readonly order: RollBackOrder;
  readonly tool: DeployerTool;
  readonly operation: RunningOperation | undefined;
}

async function run(
  services: RollBackServices,
  { order: { review, by }, tool, operation }: Run,
  progress: RollbackProgress,
  signal: AbortSignal,
): Promise<RollbackOutcome> {
  const { runner, log } = services;
  const order = keptRollback(review, {
    ...holdAfterwards(review, by),
    ...(operation === undefined ? {} : { operation: operation.held }),
  });
  log.info(commandLine(byHand(runner.rollbackCommand(tool, order), order.records)));
  const onLine = (line: string): void => {
    log.info(line);
  };
  operation?.standBy();
  const helm = (): ReturnType<RollbackRunner["rollBack"]> => runner.rollBack(tool, order, onLine, signal);
  const end = await watchRollback(services, order, helm, progress);
  operation?.resume();
  if (!end.ok && end.error.reason === "run-lost") {
    // helm may still be at work with nobody who watches: then the Lease is left to whoever runs it, or to its own end.
    await operation?.leave();
    if (signal.aborted) {
      return { kind: "cancelled", truth: { kind: "goes-on", revision: order.revision } };
    }
  }
  const ended = { order, end, targetManifest: review.toRevision.manifest };
  const outcome = await concludeRollback(services, ended, progress, signal);
  await runner.rollbackTold(order);
  return outcome;
}

/** What was rolled back of production is not to come straight back. */
function holdAfterwards({ subject, from, commits }: RollbackReview, by: Person): Pick<KeptRollback, "hold"> {
  if (subject.kind !== "environment" || subject.tier !== "production") return {};
  const ref = lockRef(subject.name, subject.locks);
  return { hold: { ref, by: holderIdentity(by), name: by.name, undone: takenAway(from, commits) } };
}
