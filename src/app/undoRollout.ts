import { shortCommit } from "../domain/branch.ts";
import { lockRef } from "../domain/lock.ts";
import type { HeldOperation } from "../domain/operation.ts";
import { holderIdentity, type Person } from "../domain/person.ts";
import { commandLine } from "../domain/plainText.ts";
import { workloadName } from "../domain/release.ts";
import type { ProofItem } from "../domain/rollbackProof.ts";
import type { RolloutMark, RolloutReading } from "../domain/rollouts.ts";
import { undoUnfitness } from "../domain/staleUndo.ts";
import type { EpochMs } from "../domain/time.ts";
import { takenAway } from "./commitRange.ts";
import type { HoldOperation } from "./deployBranch.ts";
import type { HoldOrder } from "./environmentHold.ts";
import { keptUndo, type KeptUndo, type KeptUndos } from "./keptUndo.ts";
import { proveUndo, undoNotProven, type ProveUndoServices } from "./proveUndo.ts";
import type { RunningOperation } from "./renewedOperation.ts";
import type { WorkloadWatches } from "./rolloutPorts.ts";
import { operationOf } from "./rolloutSubjects.ts";
import type { UndoEnd, UndoOutcome, UndoPhase, UndoReview } from "./undoOutcome.ts";
import { withUndoProgress, type UndoProgress } from "./undoProgress.ts";
import { writeUndo, type Written } from "./writeUndo.ts";

/** What an undo needs of the world. */
export interface UndoServices extends ProveUndoServices {
  readonly watches: WorkloadWatches;
  readonly holdOperation: HoldOperation;
  readonly keptUndos: Pick<KeptUndos, "keep" | "told">;
}

export interface UndoOrder {
  readonly review: UndoReview;
  readonly by: Person;
  /** The workload's name, as the person typed it; compared where it had to be. */
  readonly typed: string;
  /** The person said once more, by typing, that it is to be done although the operation Lease cannot be had. */
  readonly withoutLease: boolean;
  /** Why, in the person's words; recorded with the revision. */
  readonly reason?: string;
}

const NOTHING_DONE: UndoOutcome = { kind: "cancelled", truth: { kind: "nothing-done" } };

/**
 * Goes back to the revision that was reviewed: reads the workload again, holds the operation Lease of the place that
 * it deploys, writes once upon what was read, and proves what came of it. Aborting before the write begins nothing;
 * after it, only the waiting ends.
 */
export async function undoRollout(
  services: UndoServices,
  order: UndoOrder,
  onPhase: (phase: UndoPhase) => void,
  signal: AbortSignal,
): Promise<UndoOutcome> {
  const { subject, needsTypedName } = order.review;
  const mustType = needsTypedName || order.withoutLease;
  if (mustType && order.typed !== subject.workload.name) return { kind: "wrong-name" };
  return withUndoProgress(services, { subject, onPhase }, (progress) =>
    undo(services, order, progress, signal),
  );
}

async function undo(
  services: UndoServices,
  order: UndoOrder,
  progress: UndoProgress,
  signal: AbortSignal,
): Promise<UndoOutcome> {
  progress.fill([{ kind: "reread", state: "running", facts: "" }]);
  progress.tell("checking");
  const before = await lookAgain(services, order.review, signal);
  if ("outcome" in before) return before.outcome;
  const lease = await holdLease(services, order, signal);
  if ("outcome" in lease) return lease.outcome;
  try {
    // What counts is what stands there now that nobody else begins anything.
    const seen = await lookAgain(services, order.review, signal);
    if ("outcome" in seen) return seen.outcome;
    progress.fill([seen.item, ...lease.items]);
    progress.tell("writing");
    const what = { order, rollout: seen.rollout, operation: lease.operation?.held };
    return await writeAndProve(services, what, progress, signal);
  } finally {
    await lease.operation?.release();
  }
}

interface ReadyToWrite {
  readonly order: UndoOrder;
  readonly rollout: RolloutReading;
  readonly operation: HeldOperation | undefined;
}

/** From before the write on, another window can go on where this one dies. */
async function writeAndProve(
  services: UndoServices,
  { order, rollout, operation }: ReadyToWrite,
  progress: UndoProgress,
  signal: AbortSignal,
): Promise<UndoOutcome> {
  const { review } = order;
  services.log.info(`As ${commandLine(review.command)}, upon version ${rollout.version.resourceVersion}`);
  const mark = markOf(order, services.clock.now());
  const undo = keptUndo(review, { mark, ...holdAfterwards(order), ...(operation && { operation }) });
  const id = await services.keptUndos.keep(undo);
  const written = await writeUndo(services, { review, rollout, mark }, signal);
  const outcome = await concluded(services, { undo, written }, progress, signal);
  if (id !== undefined) await services.keptUndos.told(id);
  return outcome;
}

async function concluded(
  services: UndoServices,
  { undo, written }: { readonly undo: KeptUndo; readonly written: Written },
  progress: UndoProgress,
  signal: AbortSignal,
): Promise<UndoOutcome> {
  switch (written.kind) {
    case "written":
      return proveUndo(services, undo, progress, signal);
    case "unknown":
      return undoNotProven(services, undo, progress);
    case "ended":
      return written.outcome;
  }
}

type Ended = { readonly outcome: UndoOutcome };

/** The workload as it is now: anything that people changed since the review stops it. */
async function lookAgain(
  { rollouts }: UndoServices,
  { subject, seen, toRevision }: UndoReview,
  signal: AbortSignal,
): Promise<Ended | { readonly rollout: RolloutReading; readonly item: ProofItem }> {
  const read = await rollouts.read(subject.workload, signal);
  if (signal.aborted) return { outcome: NOTHING_DONE };
  if (!read.ok) return { outcome: { kind: "unread", error: read.error } };
  const rollout = read.value;
  const outcome = undoUnfitness({ seen, to: toRevision }, rollout);
  if (outcome !== undefined) return { outcome };
  if (rollout === undefined) throw new Error("What is fit is there.");
  const facts = `generation ${rollout.generation}`;
  return { rollout, item: { kind: "reread", state: "ok", facts } };
}

interface Lease {
  readonly operation?: RunningOperation;
  readonly items: readonly ProofItem[];
}

/** Somebody's work is never passed over; a Lease that cannot be had for another reason only by the person's word. */
async function holdLease(
  services: UndoServices,
  { review: { subject, to }, by, withoutLease }: UndoOrder,
  signal: AbortSignal,
): Promise<Ended | Lease> {
  const ref = operationOf(subject);
  if (ref === undefined) return { items: [] };
  const { kind, name } = subject.workload;
  const what = `undo of ${workloadName(kind, name)} to ${to.revision}`;
  const held = await services.holdOperation(ref, { by, what }, signal);
  if (held.ok) {
    return { operation: held.value, items: [{ kind: "operation", state: "ok", facts: ref.name }] };
  }
  if (signal.aborted) return { outcome: NOTHING_DONE };
  const { error } = held;
  if (error.reason === "busy") {
    const { by: holder, what: work, isMine } = error;
    return { outcome: { kind: "busy", busy: { kind: "operation", by: holder, what: work, isMine } } };
  }
  if (!withoutLease) return { outcome: { kind: "no-lease", error } };
  services.log.warn(`Undoing ${name} without ${ref.name}: ${JSON.stringify(error)}`);
  return { items: [{ kind: "operation", state: "fact", facts: `${ref.name}: ${error.reason}` }] };
}

/** What is recorded in the same write, so that it stays with the revision. */
const markOf = (
  { review: { from, to }, by, reason }: UndoOrder,
  at: EpochMs,
): RolloutMark & { readonly at: EpochMs } => ({
  ...(to.commit === undefined ? {} : { commit: to.commit }),
  by: by.name,
  at,
  ...(reason === undefined || reason === "" ? {} : { reason }),
  undoneTo: to.revision,
  undoneFrom: from.revision,
});

/** What was undone of production is not to come straight back. */
function holdAfterwards({ review, by }: UndoOrder): { readonly hold?: HoldOrder } {
  const { subject, from, to, commits } = review;
  const { place, tier } = subject;
  if (place?.kind !== "environment" || tier !== "production") return {};
  const reason = `rolled back from ${endWords(from)} to ${endWords(to)}`;
  const ref = lockRef(place.name, place.locks);
  const undone = takenAway(from, commits);
  return { hold: { ref, by: holderIdentity(by), name: by.name, reason, undone } };
}

const endWords = ({ revision, commit }: UndoEnd): string =>
  commit === undefined ? `revision ${revision}` : shortCommit(commit);
