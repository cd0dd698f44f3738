import type { ClusterError } from "../domain/cluster.ts";
import type { Machine, Pool } from "../domain/config.ts";
import {
  chooseMachine,
  lockDuration,
  lockRef,
  type Choice,
  type Hold,
  type LockRecord,
  type MachineLock,
  type StoredLock,
} from "../domain/lock.ts";
import { claimed, type Claim } from "../domain/lockChanges.ts";
import { holderIdentity, isSamePerson, type Person } from "../domain/person.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Waiter } from "../domain/waiting.ts";
import { KEPT_CHANGING, pauseAfter, startOfHold, type ChangeServices } from "./changeLease.ts";
import { hasChange } from "./changeLock.ts";
import { lostMachine, type LostMachine } from "./lostMachine.ts";
import type { LockStore, Reading } from "./ports.ts";
import { readPool, type PoolReading, type ReadMachine, type ReadPoolServices } from "./readPool.ts";
import { leaveInPassing } from "./waitingList.ts";
import { mayHaveArrived, NEVER_ABORTED } from "./writing.ts";

export interface ClaimServices extends ReadPoolServices, ChangeServices {
  /** A text that nobody else makes; marks a claim as ours when its answer was lost. */
  readonly newNonce: () => string;
}

export interface ClaimOrder {
  readonly pool: Pool;
  /**
   * The machines that may be taken, where a person chose; without it all of the pool. All are read all the same:
   * for whom a free one is kept hangs on the others too.
   */
  readonly only?: readonly string[];
  readonly claim: Omit<Claim, "nonce" | "url">;
}

/** How a machine was come by. */
export type ClaimWay = Exclude<Choice["kind"], "full"> | "created" | "taken-over";

/** A machine is the person's. */
export interface MachineClaimed {
  readonly kind: "claimed";
  readonly machine: Machine;
  readonly hold: Hold;
  readonly lock: StoredLock;
  readonly how: ClaimWay;
  /** The machine that they had before, which is somebody else's by now; to be told once, with this claim. */
  readonly instead?: LostMachine;
  /** Of the answer that the claim rests on. */
  readonly serverTime: EpochMs | undefined;
}

/** A machine that could not be had, with what a dialog needs to hold on to. */
export interface TakenMachine extends MachineLock {
  /** Undefined where there is no Lease, or where it could not be read. */
  readonly lock: StoredLock | undefined;
}

export interface ClaimFailed {
  readonly kind: "failed";
  readonly error: ClusterError;
  /** Whether the write may have come through although nobody could say so. */
  readonly mayBeHeld: boolean;
}

/** What the claim of a machine came to. */
export type ClaimOutcome =
  | MachineClaimed
  | {
      readonly kind: "full";
      readonly locks: readonly TakenMachine[];
      readonly waiters: readonly Waiter[];
      readonly serverTime: EpochMs | undefined;
    }
  | ClaimFailed;

/** With pauses that double, some seconds in all: long enough for a crowd of people to get out of each other's way. */
const ROUNDS = 6;

/**
 * Takes the person's own machine of the pool, else one that is kept for them, else a free or ended one, by
 * compare-and-swap on what was just read. Who loses a race reads everything again and chooses anew; an answer that
 * was lost is looked up. What is kept for somebody else is never taken.
 */
export async function claimMachine(
  services: ClaimServices,
  order: ClaimOrder,
  signal: AbortSignal,
): Promise<ClaimOutcome> {
  const attempt: Attempt = { nonce: services.newNonce(), how: "free" };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const outcome = await claimOnce(services, order, attempt, signal);
    if (outcome !== "again") return outcome;
    await services.clock.sleep(pauseAfter(round, services.random), signal);
  }
  return failed(attempt.lost ?? KEPT_CHANGING, attempt.lost !== undefined);
}

/** The same through all rounds. */
interface Attempt {
  readonly nonce: string;
  how: ClaimWay;
  /**
   * What became of the last write whose answer did not come. Not finding it in the Lease does not settle it: it may
   * still be on its way, or another window of the same person may have claimed since.
   */
  lost?: ClusterError;
}

const failed = (error: ClusterError, mayBeHeld = false): ClaimFailed => ({
  kind: "failed",
  error,
  mayBeHeld,
});

async function claimOnce(
  services: ClaimServices,
  order: ClaimOrder,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<ClaimOutcome | "again"> {
  const { pool, claim } = order;
  const read = await readPool(services, pool, attempt.lost === undefined ? signal : NEVER_ABORTED);
  const told = { services, order, read, attempt };
  const landed = read.machines.find(({ reading }) => isOurs(reading, attempt.nonce));
  if (landed?.reading !== undefined) return claimedOutcome(told, landed.machine, landed.reading);
  if (attempt.lost !== undefined && read.error !== undefined) return failed(attempt.lost, true);
  if (wasDoneAndEnded(read, attempt, claim.by)) return failed(CHANGED_HANDS, true);
  if (signal.aborted) return failed(attempt.lost ?? { reason: "aborted" }, attempt.lost !== undefined);

  const mayBeTaken = ({ machine }: MachineLock): boolean => order.only?.includes(machine) ?? true;
  const locks = read.locks.filter(mayBeTaken);
  const choice = chooseMachine(locks, claim.by);
  // A machine that could not be read may be the person's own, and a list that could not may keep this one.
  if (choice.kind !== "mine" && read.error !== undefined) return failed(read.error);
  const chosen = chosenMachine(read.machines, choice, locks);
  if (chosen === undefined) return full(read, locks);
  attempt.how = choice.kind === "full" ? "created" : choice.kind;
  return write(told, chosen);
}

const CHANGED_HANDS: ClusterError = {
  reason: "server-error",
  status: 409,
  detail: "the machine was claimed, and changed hands again at once",
};

/**
 * Whether the write whose answer was lost came through, and somebody else has ended it since. A claim is done once:
 * to do it again would undo, unasked, what that person decided.
 */
const wasDoneAndEnded = ({ machines }: PoolReading, { nonce, lost }: Attempt, by: Person): boolean =>
  lost !== undefined &&
  machines.some(({ reading }) => {
    const record = reading?.value.record;
    if (record === undefined || !hasChange(record, nonce)) return false;
    return record.kind !== "held" || !isSamePerson(record.hold.by, by);
  });

/** A machine without a Lease is taken last: making one needs a right that people do not have to have. */
function chosenMachine(
  machines: readonly ReadMachine[],
  choice: Choice,
  locks: readonly MachineLock[],
): ReadMachine | undefined {
  const name =
    choice.kind === "full" ? locks.find(({ state }) => state.kind === "missing")?.machine : choice.machine;
  return machines.find(({ machine }) => machine.name === name);
}

const full = (
  { machines, waiters, serverTime }: PoolReading,
  locks: readonly MachineLock[],
): ClaimOutcome => ({
  kind: "full",
  locks: locks.map((lock) => ({
    ...lock,
    lock: machines.find(({ machine }) => machine.name === lock.machine)?.reading?.value,
  })),
  waiters,
  serverTime,
});

interface Told {
  readonly services: ClaimServices;
  readonly order: ClaimOrder;
  readonly read: PoolReading;
  readonly attempt: Attempt;
}

async function write(told: Told, { machine, reading }: ReadMachine): Promise<ClaimOutcome | "again"> {
  const { services, order, read, attempt } = told;
  const { pool } = order;
  const now = startOfHold(reading === undefined ? read.serverTime : reading.serverTime, services.clock);
  const { url } = machine;
  const claim: Claim = { ...order.claim, nonce: attempt.nonce, ...(url === undefined ? {} : { url }) };
  const before: LockRecord = reading?.value.record ?? { kind: "free", transitions: 0, history: [] };
  const next = claimed(before, claim, now, lockDuration(pool.lockHours));
  const written = await send(services.locks, { machine, reading }, next, pool.name);
  if (written.ok) return claimedOutcome(told, machine, written.value);
  const { error } = written;
  if (error.reason === "conflict") return "again";
  if (mayHaveArrived(error)) {
    attempt.lost = error;
    return "again";
  }
  // The message has to name the Lease that is absent: only an administrator can make it.
  const isMissing = reading === undefined && error.reason === "forbidden";
  const refused: ClusterError = isMissing ? { reason: "not-found", what: leaseName(machine) } : error;
  return failed(refused, attempt.lost !== undefined);
}

const leaseName = ({ name, locks }: Machine): string => `leases ${locks.namespace}/${name}`;

/** Not to be aborted: a write under way is waited for, so that what is said about it is true. */
async function send(
  locks: LockStore,
  { machine, reading }: Pick<ReadMachine, "machine" | "reading">,
  next: LockRecord,
  pool: string,
): ReturnType<LockStore["write"]> {
  const ref = lockRef(machine.name, machine.locks);
  return reading === undefined
    ? locks.create(ref, next, pool, NEVER_ABORTED)
    : locks.write(ref, reading.value.version, next, pool, NEVER_ABORTED);
}

function isOurs(reading: Reading<StoredLock> | undefined, nonce: string): boolean {
  const record = reading?.value.record;
  return record?.kind === "held" && record.hold.claim === nonce;
}

/** What the API server says it stored is what counts, not what was sent. */
function claimedOutcome(
  told: Told,
  machine: Machine,
  { value, serverTime }: Reading<StoredLock>,
): ClaimOutcome {
  const { services, order, read, attempt } = told;
  const { record } = value;
  if (record.kind !== "held") {
    const detail = "the Lease was not stored as it was sent";
    return failed({ reason: "server-error", status: 200, detail }, true);
  }
  const { by } = order.claim;
  const isWaiting = read.waiters.some(
    (waiter) => waiter.by === holderIdentity(by) && waiter.leftAt === undefined,
  );
  if (isWaiting) leaveInPassing(services, { pool: order.pool, by });
  const instead = attempt.how === "mine" ? undefined : lostMachine(read, machine.name, by);
  return {
    kind: "claimed",
    machine,
    hold: record.hold,
    lock: value,
    how: attempt.how,
    ...(instead === undefined ? {} : { instead }),
    serverTime,
  };
}
