import { judgeLock } from "../domain/lock.ts";
import { holderIdentity } from "../domain/person.ts";
import type { DeployOutcome, DeployPhase, LockTruth } from "./deployOutcome.ts";
import { takeUpOperation } from "./operationLease.ts";
import type { PastDeploy, PastRuns } from "./pastRuns.ts";
import type { KeptOrder, LockStore } from "./ports.ts";
import { proveOutcome, type ProofServices } from "./proveRollout.ts";
import type { RenewServices } from "./renewedOperation.ts";
import { runOutcome, watchHelm } from "./watchHelm.ts";

export interface FollowServices extends ProofServices, RenewServices {
  readonly locks: LockStore;
  readonly pastRuns: PastRuns;
}

export interface FollowSignals {
  /** The person wants helm stopped, or the proof left out. */
  readonly stop: AbortSignal;
  /** This window closes as well: nothing is stopped, and the run stays for the next one. */
  readonly left: AbortSignal;
}

/**
 * Follows a devdeploy whose window is gone to the same end that it would have had there: helm, proof, diagnosis.
 * Undefined where this window was closed before.
 */
export async function followRun(
  services: FollowServices,
  run: PastDeploy,
  onPhase: (phase: DeployPhase) => void,
  { stop, left }: FollowSignals,
): Promise<DeployOutcome | undefined> {
  const { order } = run;
  const helm = await watchHelm(
    services,
    { order, command: [] },
    () => untilEnded(services, run, { stop, left }),
    // One that had ended before is not to look as if helm were at work.
    run.isRunning ? onPhase : () => undefined,
  );
  if (helm.end === undefined) return undefined;
  const signal = AbortSignal.any([stop, left]);
  const stopped = { isByPerson: false, takenBy: undefined };
  const ran = await runOutcome(services, order, { ...helm, end: helm.end }, stopped);
  const lock = await lockTruth(services.locks, order, left);
  const outcome: DeployOutcome =
    ran.kind === "done"
      ? await prove(services, { order, lock }, onPhase, signal)
      : { ...ran, machine: order.subject, lock };
  // What was read while the window closed says nothing about the run.
  return left.aborted ? undefined : outcome;
}

async function untilEnded(
  { pastRuns, log }: FollowServices,
  run: PastDeploy,
  { stop, left }: FollowSignals,
): ReturnType<PastRuns["ended"]> {
  const onStop = (): void => {
    void pastRuns.stop(run.id);
  };
  stop.addEventListener("abort", onStop, { once: true });
  const end = await pastRuns.ended(
    run.id,
    (line) => {
      log.info(line);
    },
    left,
  );
  stop.removeEventListener("abort", onStop);
  return end;
}

/** Where the Lease is still this run's, it is kept through the proof, as in the window that is gone, and given back. */
async function prove(
  services: FollowServices,
  what: { readonly order: KeptOrder; readonly lock: LockTruth },
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<DeployOutcome> {
  const held = what.order.operation;
  const operation = held === undefined ? undefined : await takeUpOperation(services, held, signal);
  try {
    return await proveOutcome(services, what, onPhase, signal);
  } finally {
    await operation?.release();
  }
}

/** Whether the machine is still the person's: it may have ended, or been taken, since the window was closed. */
async function lockTruth(
  locks: LockStore,
  { subject, lock }: KeptOrder,
  signal: AbortSignal,
): Promise<LockTruth> {
  if (lock === undefined) return { kind: "none" };
  const read = await locks.read(lock.ref, signal);
  if (!read.ok) return { kind: "unknown", machine: subject };
  const state = judgeLock(read.value.value.record, read.value.serverTime ?? 0);
  return state.kind === "held" && holderIdentity(state.hold.by) === lock.by
    ? { kind: "held", machine: subject, until: state.hold.until }
    : { kind: "none" };
}
