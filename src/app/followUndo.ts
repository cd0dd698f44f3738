import { mayHeal, type ClusterError } from "../domain/cluster.ts";
import { ARRIVES_WITHIN_MS, FOLLOWED_WITHIN_MS, undoFate, type UndoFate } from "../domain/pastUndo.ts";
import type { ProofItem } from "../domain/rollbackProof.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { FollowSignals } from "./followRun.ts";
import type { PastUndo } from "./keptUndo.ts";
import { takeUpOperation } from "./operationLease.ts";
import type { OperationStore } from "./ports.ts";
import { proveUndo, type ProveUndoServices } from "./proveUndo.ts";
import type { WorkloadWatches } from "./rolloutPorts.ts";
import type { UndoPhase, WrittenUndoEnd } from "./undoOutcome.ts";
import { withUndoProgress, type UndoProgress } from "./undoProgress.ts";

/** What following needs of the world. */
export interface FollowUndoServices extends ProveUndoServices {
  readonly operations: OperationStore;
  readonly watches: WorkloadWatches;
}

/** Why there is nothing of it to prove or to show. */
export type LeftUndoEnd =
  | { readonly kind: Exclude<UndoFate, "written"> }
  /** It was begun so long ago that nobody looks any more. */
  | { readonly kind: "too-old" }
  /** The person stopped watching before it was known whether it had been written. */
  | { readonly kind: "unwatched" }
  | { readonly kind: "not-known"; readonly error: ClusterError };

/** What became of an undo whose window is gone. */
export type PastUndoEnd = WrittenUndoEnd | LeftUndoEnd;

const LOOK_EVERY_MS: DurationMs = SECOND_MS;
/** The cluster may be out of reach for hours, behind a VPN that is off. */
const LOOK_PATIENTLY_MS: DurationMs = 10 * SECOND_MS;

/**
 * Finds out from the cluster whether an undo was written whose window is gone, and brings it to the same end that it
 * would have had there. Undefined where this window was closed before. A cluster that cannot be reached is waited for.
 */
export async function followUndo(
  services: FollowUndoServices,
  past: PastUndo,
  onPhase: (phase: UndoPhase) => void,
  { stop, left }: FollowSignals,
): Promise<PastUndoEnd | undefined> {
  const { subject, operation } = past.undo;
  const elapsed = Math.max(0, services.clock.now() - past.startedAt);
  const end = await withUndoProgress(services, { subject, elapsed, onPhase }, (progress) => {
    // Both were seen to before it was kept.
    progress.fill([
      { kind: "reread", state: "ok", facts: "" },
      ...(subject.place === undefined ? [] : [operationItem(operation?.ref.name)]),
    ]);
    progress.tell("checking");
    return follow(services, past, progress, AbortSignal.any([stop, left]));
  });
  // What was read while the window closed says nothing about the undo.
  return left.aborted ? undefined : end;
}

const operationItem = (lease: string | undefined): ProofItem => ({
  kind: "operation",
  state: lease === undefined ? "fact" : "ok",
  facts: lease ?? "",
});

async function follow(
  services: FollowUndoServices,
  past: PastUndo,
  progress: UndoProgress,
  signal: AbortSignal,
): Promise<PastUndoEnd> {
  const fate = await fateOf(services, past, signal);
  if (fate.kind !== "written") return fate;
  const { operation: held } = past.undo;
  const operation = held === undefined ? undefined : await takeUpOperation(services, held, signal);
  try {
    return await proveUndo(services, past.undo, progress, signal);
  } finally {
    await operation?.release();
  }
}

/** Looks until the cluster has said it, for what may still be on its way as well. */
async function fateOf(
  { rollouts, clock, log }: FollowUndoServices,
  { undo, startedAt }: PastUndo,
  signal: AbortSignal,
): Promise<LeftUndoEnd | { readonly kind: "written" }> {
  const { workload } = undo.subject;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const age = clock.now() - startedAt;
    if (age > FOLLOWED_WITHIN_MS) return { kind: "too-old" };
    const read = await rollouts.read(workload, signal);
    if (isOver()) break;
    if (read.ok) {
      const fate = undoFate(read.value, undo);
      if (fate !== "never-written" || age >= ARRIVES_WITHIN_MS) return { kind: fate };
    } else {
      if (!mayHeal(read.error)) return { kind: "not-known", error: read.error };
      log.warn(`Following the undo of ${workload.name}: ${JSON.stringify(read.error)}`);
    }
    await clock.sleep(read.ok ? LOOK_EVERY_MS : LOOK_PATIENTLY_MS, signal);
  }
  return { kind: "unwatched" };
}
