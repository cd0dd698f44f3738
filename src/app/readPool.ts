import type { ClusterError } from "../domain/cluster.ts";
import type { Machine, Pool } from "../domain/config.ts";
import { lockRef, type MachineLock, type StoredLock } from "../domain/lock.ts";
import type { Result } from "../domain/result.ts";
import type { EpochMs } from "../domain/time.ts";
import { judgePool, waitingRef, type ReadLock, type StoredWaiting, type Waiter } from "../domain/waiting.ts";
import type { Clock, Log, LockStore, Reading, WaitingStore } from "./ports.ts";

export interface ReadPoolServices {
  readonly locks: LockStore;
  readonly waiting: WaitingStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** A machine's reservation by a quorum read. */
export interface ReadMachine {
  readonly machine: Machine;
  /** Undefined where there is no Lease, or where it could not be read. */
  readonly reading: Reading<StoredLock> | undefined;
  /** Why it could not be read; a Lease that is not there is no error. */
  readonly error: ClusterError | undefined;
}

/** A pool at a moment, fit to decide on. */
export interface PoolReading {
  readonly machines: readonly ReadMachine[];
  /** What the machines are judged by. */
  readonly records: readonly ReadLock[];
  readonly waiters: readonly Waiter[];
  readonly locks: readonly MachineLock[];
  /** The first part that could not be read: a lock may be the person's own, the list may keep a machine for them. */
  readonly error: ClusterError | undefined;
  /** The server's time, as far as it said it; undefined where no answer did. */
  readonly serverTime: EpochMs | undefined;
  /** That, or our own. */
  readonly now: EpochMs;
}

/** Reads all machines of a pool and who waits for them, all at once, and judges them together. */
export async function readPool(
  services: ReadPoolServices,
  pool: Pool,
  signal: AbortSignal,
): Promise<PoolReading> {
  const [waiting, ...machines] = await Promise.all([
    readWaiting(services, pool, signal),
    ...pool.machines.map((machine) => readMachine(services.locks, machine, signal)),
  ]);
  const times = [waiting.serverTime, ...machines.map(({ reading }) => reading?.serverTime)];
  const serverTime = times.find((time) => time !== undefined);
  const now = serverTime ?? services.clock.now();
  const records = machines.map(readLock);
  const errors = [...machines.map(({ error }) => error), waiting.error];
  return {
    machines,
    records,
    waiters: waiting.waiters,
    locks: judgePool(records, waiting.waiters, now),
    error: errors.find((error) => error !== undefined),
    serverTime,
    now,
  };
}

async function readMachine(locks: LockStore, machine: Machine, signal: AbortSignal): Promise<ReadMachine> {
  const read = await locks.read(lockRef(machine.name, machine.locks), signal);
  if (read.ok) return { machine, reading: read.value, error: undefined };
  const { error } = read;
  return { machine, reading: undefined, error: error.reason === "not-found" ? undefined : error };
}

/**
 * Each is judged by the clock of its very answer: the second that the `Date` header names, which is at or before the
 * server's time, so that no lock ends early. Without the header nothing can be said to have ended: at the beginning
 * of time everything is still held.
 */
function readLock({ machine, reading, error }: ReadMachine): ReadLock {
  if (reading === undefined) {
    const otherwise =
      error === undefined ? ({ kind: "missing" } as const) : ({ kind: "unknown", error } as const);
    return { machine: machine.name, record: undefined, otherwise };
  }
  return { machine: machine.name, record: reading.value.record, now: reading.serverTime ?? 0 };
}

interface ReadWaiting {
  readonly waiters: readonly Waiter[];
  readonly error: ClusterError | undefined;
  readonly serverTime: EpochMs | undefined;
}

const NOBODY: ReadWaiting = { waiters: [], error: undefined, serverTime: undefined };

/** A list that is not there, or not for us to read, is nobody's: a team may do without one. */
async function readWaiting(
  { waiting, log }: ReadPoolServices,
  pool: Pool,
  signal: AbortSignal,
): Promise<ReadWaiting> {
  const ref = waitingRef(pool);
  if (ref === undefined) return NOBODY;
  const read: Result<Reading<StoredWaiting>, ClusterError> = await waiting.read(ref, signal);
  if (read.ok) {
    const { value, serverTime } = read.value;
    return { waiters: value.waiters, error: undefined, serverTime };
  }
  const { error } = read;
  if (error.reason !== "not-found" && error.reason !== "forbidden") return { ...NOBODY, error };
  log.info(`${pool.name}: the waiting list counts as empty: ${error.reason}`);
  return NOBODY;
}
