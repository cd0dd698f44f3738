import { promisedItems } from "../domain/rollbackProof.ts";
import type { FollowSignals } from "./followRun.ts";
import { takeUpOperation } from "./operationLease.ts";
import type { PastRollback, PastRuns } from "./pastRuns.ts";
import type { DeployerEnd, OperationStore } from "./ports.ts";
import { concludeRollback, type ProveRollbackServices } from "./proveRollback.ts";
import type { RollbackOutcome, RollbackPhase } from "./rollbackOutcome.ts";
import { RollbackProgress } from "./rollbackProgress.ts";
import type { KeptRollback } from "./rollbackPorts.ts";
import type { Revision } from "../domain/release.ts";
import { watchRollback } from "./watchRollback.ts";

export interface FollowRollbackServices extends ProveRollbackServices {
  readonly operations: OperationStore;
  readonly pastRuns: PastRuns;
}

/**
 * Follows a rollback whose window is gone to the same end that it would have had there. Undefined where this window was
 * closed before. A stop ends the watching alone: then helm goes on, and so what is kept of the run has to stay.
 */
export async function followRollback(
  services: FollowRollbackServices,
  run: PastRollback,
  onPhase: (phase: RollbackPhase) => void,
  { stop, left }: FollowSignals,
): Promise<RollbackOutcome | undefined> {
  const { order } = run;
  const signal = AbortSignal.any([stop, left]);
  const isClosed = (): boolean => left.aborted;
  const target = await targetOf(services, order, signal);
  const elapsed = Math.max(0, services.clock.now() - run.startedAt);
  const items = promisedItems(target?.images ?? []);
  const progress = new RollbackProgress(services.clock, onPhase, { items, elapsed });
  // Before helm was begun, both were seen to; that it was begun says so.
  progress.fill([
    { kind: "reread", state: "ok", facts: `revision ${order.revision - 1}` },
    order.operation === undefined
      ? { kind: "operation", state: "fact", facts: "" }
      : { kind: "operation", state: "ok", facts: order.operation.ref.name },
  ]);
  const onLine = (line: string): void => {
    services.log.info(line);
  };
  const ended = (): Promise<DeployerEnd | undefined> => services.pastRuns.ended(run.id, onLine, signal);
  const end = run.isRunning ? await watchRollback(services, order, ended, progress) : await ended();
  if (isClosed()) return undefined;
  if (end === undefined) return { kind: "cancelled", truth: { kind: "goes-on", revision: order.revision } };
  const held = order.operation;
  const operation = held === undefined ? undefined : await takeUpOperation(services, held, signal);
  try {
    const what = { order, end, targetManifest: target?.manifest };
    const outcome = await concludeRollback(services, what, progress, signal);
    // What was read while the window closed says nothing about the run.
    return isClosed() ? undefined : outcome;
  } finally {
    await operation?.release();
  }
}

/** The very record that was reviewed; helm may have dropped it meanwhile. */
async function targetOf(
  { releases }: FollowRollbackServices,
  { release, to }: KeptRollback,
  signal: AbortSignal,
): Promise<Revision | undefined> {
  const found = await releases.revision(release, to.revision, signal);
  return found.ok && found.value?.version.uid === to.version.uid ? found.value : undefined;
}
