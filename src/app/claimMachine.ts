import type { ClusterError } from "../domain/cluster.ts";
import type { Machine, Pool } from "../domain/config.ts";
import {
  chooseMachine,
  claimed,
  judgeLock,
  lockDuration,
  lockRef,
  type Choice,
  type Claim,
  type Hold,
  type LockRecord,
  type LockState,
  type MachineLock,
  type StoredLock,
} from "../domain/lock.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import { SECOND_MS, type DurationMs, type EpochMs } from "../domain/time.ts";
import type { Clock, LockStore, Reading } from "./ports.ts";
import { mayHaveArrived, NEVER_ABORTED } from "./writing.ts";

export interface ClaimServices {
  readonly locks: LockStore;
  readonly clock: Clock;
  /** From 0 to 1, for the jitter between rounds. */
  readonly random: () => number;
  /** A text that nobody else makes; marks a claim as ours when its answer was lost. */
  readonly newNonce: () => string;
}

export interface ClaimOrder {
  /** Its machines are those that may be taken: all of a pool, or the one that a person chose. */
  readonly pool: Pool;
  readonly claim: Omit<Claim, "nonce" | "url">;
}

/** What the claim of a machine came to. */
export type ClaimOutcome =
  | {
      readonly kind: "claimed";
      readonly machine: Machine;
      readonly hold: Hold;
      readonly lock: StoredLock;
      readonly how: "mine" | "mine-again" | "kept" | "free" | "created";
      /** Of the answer that the claim rests on. */
      readonly serverTime: EpochMs | undefined;
    }
  | { readonly kind: "full"; readonly locks: readonly MachineLock[] }
  | {
      readonly kind: "failed";
      readonly error: ClusterError;
      /** Whether the write may have come through although nobody could say so. */
      readonly mayBeHeld: boolean;
    };

const ROUNDS = 5;
const PAUSE_MS: DurationMs = 50;

/**
 * Takes the person's own machine of the pool, else a free or ended one, by compare-and-swap on what was just
 * read. Who loses a race reads everything again and chooses anew; an answer that was lost is looked up.
 */
export async function claimMachine(
  services: ClaimServices,
  order: ClaimOrder,
  signal: AbortSignal,
): Promise<ClaimOutcome> {
  const nonce = services.newNonce();
  for (let round = 1; round <= ROUNDS; round += 1) {
    const outcome = await claimOnce(services, order, nonce, signal);
    if (outcome !== "again") return outcome;
    await services.clock.sleep(PAUSE_MS * round * (1 + services.random()), signal);
  }
  return failed({ reason: "server-error", status: 409, detail: "the Leases kept changing" });
}

const failed = (error: ClusterError, mayBeHeld = false): ClaimOutcome => ({
  kind: "failed",
  error,
  mayBeHeld,
});

interface ReadMachine {
  readonly machine: Machine;
  readonly state: LockState;
  /** Undefined where there is no Lease, or where it could not be read. */
  readonly reading: Reading<StoredLock> | undefined;
}

async function claimOnce(
  services: ClaimServices,
  { pool, claim }: ClaimOrder,
  nonce: string,
  signal: AbortSignal,
): Promise<ClaimOutcome | "again"> {
  const machines = await Promise.all(
    pool.machines.map((machine) => readMachine(services.locks, machine, signal)),
  );
  if (signal.aborted) return failed({ reason: "aborted" });
  const landed = machines.find(({ reading }) => isOurs(reading, nonce));
  if (landed?.reading !== undefined) return outcomeOf(landed.machine, landed.reading, "free");
  const locks = machines.map(({ machine, state }) => ({ machine: machine.name, state }));
  const choice = chooseMachine(locks, claim.by);
  const unread = machines.find(({ state }) => state.kind === "unknown");
  // A machine that could not be read may be the person's own: taking a second one would be wrong.
  if (choice.kind !== "mine" && unread?.state.kind === "unknown" && unread.state.error !== undefined) {
    return failed(unread.state.error);
  }
  const chosen = chosenMachine(machines, choice);
  if (chosen === undefined) return { kind: "full", locks };
  const { machine, reading } = chosen;
  const how = reading === undefined ? "created" : choice.kind === "full" ? "free" : choice.kind;
  const now = startOfHold(reading?.serverTime ?? serverTimeOf(machines), services.clock);
  const full: Claim = { ...claim, nonce, ...(machine.url === undefined ? {} : { url: machine.url }) };
  const before: LockRecord = reading?.value.record ?? { kind: "free", transitions: 0, history: [] };
  const next = claimed(before, full, now, lockDuration(pool.lockHours));
  const written = await write(services.locks, chosen, next, pool.name);
  if (written.ok) return outcomeOf(machine, written.value, how);
  const { error } = written;
  if (error.reason === "conflict") return "again";
  if (mayHaveArrived(error)) return lookUp(services.locks, machine, { nonce, how, error });
  // The message has to name the Lease that is absent: only an administrator can make it.
  const isMissing = reading === undefined && error.reason === "forbidden";
  return failed(isMissing ? { reason: "not-found", what: leaseName(machine) } : error);
}

const leaseName = ({ name, locks }: Machine): string => `leases ${locks.namespace}/${name}`;

/** A machine without a Lease is taken last: making one needs a right that people do not have to have. */
function chosenMachine(machines: readonly ReadMachine[], choice: Choice): ReadMachine | undefined {
  if (choice.kind === "full") return machines.find(({ state }) => state.kind === "missing");
  return machines.find(({ machine }) => machine.name === choice.machine);
}

/**
 * The `Date` header is cut to whole seconds: the server's time lies in the second that begins there. What ends
 * is judged by that second's beginning and what begins counts from its end, so that no lock ends early.
 */
async function readMachine(locks: LockStore, machine: Machine, signal: AbortSignal): Promise<ReadMachine> {
  const read = await locks.read(lockRef(machine.name, machine.locks), signal);
  if (read.ok) {
    // Without the header nothing can be said to have ended: at the beginning of time everything is still held.
    const state = judgeLock(read.value.value.record, read.value.serverTime ?? 0);
    return { machine, state, reading: read.value };
  }
  const { error } = read;
  const state: LockState = error.reason === "not-found" ? { kind: "missing" } : { kind: "unknown", error };
  return { machine, state, reading: undefined };
}

/** The end of the second that the header names; see `readMachine`. */
const startOfHold = (serverTime: EpochMs | undefined, clock: Clock): EpochMs =>
  serverTime === undefined ? clock.now() : serverTime + SECOND_MS;

const serverTimeOf = (machines: readonly ReadMachine[]): EpochMs | undefined =>
  machines.find(({ reading }) => reading?.serverTime !== undefined)?.reading?.serverTime;

/** Not to be aborted: a write under way is waited for, so that what is said about it is true. */
async function write(
  locks: LockStore,
  { machine, reading }: ReadMachine,
  next: LockRecord,
  pool: string,
): ReturnType<LockStore["write"]> {
  const ref = lockRef(machine.name, machine.locks);
  return reading === undefined
    ? locks.create(ref, next, pool, NEVER_ABORTED)
    : locks.write(ref, reading.value.version, next, pool, NEVER_ABORTED);
}

interface LostWrite {
  readonly nonce: string;
  readonly how: "mine" | "mine-again" | "kept" | "free" | "created";
  readonly error: ClusterError;
}

/** The answer to a write was lost: the nonce in the Lease tells whether it came through. */
async function lookUp(
  locks: LockStore,
  machine: Machine,
  { nonce, how, error }: LostWrite,
): Promise<ClaimOutcome | "again"> {
  const read = await locks.read(lockRef(machine.name, machine.locks), NEVER_ABORTED);
  if (read.ok) return isOurs(read.value, nonce) ? outcomeOf(machine, read.value, how) : "again";
  return read.error.reason === "not-found" ? "again" : failed(error, true);
}

function isOurs(reading: Reading<StoredLock> | undefined, nonce: string): boolean {
  const record = reading?.value.record;
  return record?.kind === "held" && record.hold.claim === nonce;
}

function outcomeOf(
  machine: Machine,
  reading: Reading<StoredLock>,
  how: "mine" | "mine-again" | "kept" | "free" | "created",
): ClaimOutcome {
  const hold = heldBy(reading.value);
  if (!hold.ok) return failed(hold.error, true);
  return {
    kind: "claimed",
    machine,
    hold: hold.value,
    lock: reading.value,
    how,
    serverTime: reading.serverTime,
  };
}

/** What the API server says it stored is what counts, not what was sent. */
function heldBy({ record }: StoredLock): Result<Hold, ClusterError> {
  return record.kind === "held"
    ? ok(record.hold)
    : fail({ reason: "server-error", status: 200, detail: "the Lease was not stored as it was sent" });
}
