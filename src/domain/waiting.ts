import type { ObjectRef, ObjectVersion } from "./cluster.ts";
import type { Pool } from "./config.ts";
import { freeSince, judgeLock, type LockRecord, type LockState, type MachineLock } from "./lock.ts";
import { parseHolderIdentity, type HolderIdentity } from "./person.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type DurationMs, type EpochMs } from "./time.ts";

/** Somebody who wants the next machine of a pool that becomes free. */
export interface Waiter {
  readonly by: HolderIdentity;
  /** For showing. */
  readonly name: string;
  readonly since: EpochMs;
  readonly branch?: string;
  /** The freed machine that their editor said it knows of: which one, and since when it is free. */
  readonly acknowledged?: Freed;
}

export interface Freed {
  readonly machine: string;
  readonly freeAt: EpochMs;
}

/** Who waits for a machine of a pool: on the Lease that has the pool's name, one list for all its machines. */
export interface StoredWaiting {
  readonly waiters: readonly Waiter[];
  readonly version: ObjectVersion;
}

/** How long a freed machine is kept for somebody whose editor has said that it knows. */
export const KEPT_MS: DurationMs = 10 * MINUTE_MS;
/** How long that editor has to say so, before the machine is passed on. */
export const ANSWER_WITHIN_MS: DurationMs = 60 * SECOND_MS;
/** Who has waited longer than this has forgotten it. */
export const WAITS_AT_MOST_MS: DurationMs = 24 * HOUR_MS;
export const MOST_WAITERS = 20;

/** The waiting list of a pool lies where its machines' locks lie. */
export function waitingRef(pool: Pool): ObjectRef | undefined {
  const home = pool.machines[0]?.locks;
  return home === undefined ? undefined : { ...home, name: pool.name };
}

/** The list with this person on it. Who waits already keeps their place, with the branch that they now want. */
export function joined(waiters: readonly Waiter[], waiter: Waiter): readonly Waiter[] {
  const present = current(waiters, waiter.since);
  return present.some(({ by }) => by === waiter.by)
    ? present.map((one) => (one.by === waiter.by ? { ...one, ...branchOf(waiter) } : one))
    : [...present, waiter].slice(0, MOST_WAITERS);
}

const branchOf = ({ branch }: Waiter): Partial<Waiter> => (branch === undefined ? {} : { branch });

export const left = (waiters: readonly Waiter[], by: HolderIdentity): readonly Waiter[] =>
  waiters.filter((waiter) => waiter.by !== by);

/** The list after a person's editor said that it knows of a machine that is kept for them. */
export const acknowledged = (
  waiters: readonly Waiter[],
  by: HolderIdentity,
  freed: Freed,
): readonly Waiter[] =>
  waiters.map((waiter) => (waiter.by === by ? { ...waiter, acknowledged: freed } : waiter));

export const current = (waiters: readonly Waiter[], now: EpochMs): readonly Waiter[] =>
  waiters.filter(({ since }) => now - since < WAITS_AT_MOST_MS);

/** A free machine that only one person may take for now. */
export interface Keeping extends Freed {
  readonly for: Waiter;
  readonly until: EpochMs;
  readonly isAcknowledged: boolean;
}

interface Line extends Freed {
  /** From when on the next in the list may be offered it. */
  from: EpochMs;
  readonly passedBy: Set<HolderIdentity>;
}

/**
 * Who each freed machine is kept for: a pure rule over what is stored and the time, so that every editor comes to
 * the same answer without asking another (decisions.md, 9). Machines are given out in the order in which they became
 * free, each to the first who waits and is not being kept another one: for a minute, or for ten where their editor
 * answered; then it goes to the next, and when nobody is left it is everybody's.
 */
export function keepings(
  freed: readonly Freed[],
  waiters: readonly Waiter[],
  now: EpochMs,
): readonly Keeping[] {
  const waiting = current(waiters, now);
  const busyUntil = new Map<HolderIdentity, EpochMs>();
  const lines: Line[] = freed.map((one) => ({ ...one, from: one.freeAt, passedBy: new Set() }));
  const found: Keeping[] = [];
  for (;;) {
    const line = lines.filter(({ from }) => from <= now).sort(byTurn)[0];
    if (line === undefined) return found;
    const offer = nextOffer(line, waiting, busyUntil);
    if (offer === undefined || offer.since > now) {
      lines.splice(lines.indexOf(line), 1);
      continue;
    }
    line.passedBy.add(offer.for.by);
    line.from = offer.until;
    busyUntil.set(offer.for.by, offer.until);
    if (offer.until > now) {
      const { machine, freeAt } = line;
      const { until, isAcknowledged } = offer;
      found.push({ machine, freeAt, for: offer.for, until, isAcknowledged });
      lines.splice(lines.indexOf(line), 1);
    }
  }
}

const byTurn = (a: Line, b: Line): number =>
  a.from - b.from || a.freeAt - b.freeAt || (a.machine < b.machine ? -1 : 1);

interface Offer {
  readonly for: Waiter;
  readonly since: EpochMs;
  readonly until: EpochMs;
  readonly isAcknowledged: boolean;
}

function nextOffer(
  line: Line,
  waiting: readonly Waiter[],
  busyUntil: ReadonlyMap<HolderIdentity, EpochMs>,
): Offer | undefined {
  const waiter = waiting.find(
    ({ by, since }) => !line.passedBy.has(by) && (busyUntil.get(by) ?? 0) <= line.from && since <= line.from,
  );
  if (waiter === undefined) return undefined;
  const { acknowledged: known } = waiter;
  const isAcknowledged = known?.machine === line.machine && known.freeAt === line.freeAt;
  const until = line.from + (isAcknowledged ? KEPT_MS : ANSWER_WITHIN_MS);
  return { for: waiter, since: line.from, until, isAcknowledged };
}

/** A machine's record as it was read, or why there is none. */
export interface ReadLock {
  readonly machine: string;
  readonly record: LockRecord | undefined;
  /** What the machine is while its record is not there. */
  readonly otherwise?: LockState;
}

/** What every machine of a pool is at a moment: each judged by itself, then what is free kept for those who wait. */
export function judgePool(
  locks: readonly ReadLock[],
  waiters: readonly Waiter[],
  now: EpochMs,
): readonly MachineLock[] {
  const judged = locks.map(({ machine, record, otherwise }) => ({
    machine,
    record,
    state: record === undefined ? (otherwise ?? ({ kind: "missing" } as const)) : judgeLock(record, now),
  }));
  const freed = judged.flatMap(({ machine, record, state }) => {
    const freeAt = record === undefined ? undefined : freeSince(record);
    const isFree = state.kind === "free" || state.kind === "expired";
    return isFree && freeAt !== undefined ? [{ machine, freeAt }] : [];
  });
  const kept = new Map(keepings(freed, waiters, now).map((keeping) => [keeping.machine, keeping]));
  return judged.map(({ machine, state }) => ({ machine, state: withKeeping(state, kept.get(machine)) }));
}

function withKeeping(state: LockState, keeping: Keeping | undefined): LockState {
  if (keeping === undefined) return state;
  const last = state.kind === "expired" ? state.hold : state.kind === "free" ? state.last : undefined;
  const { by, name } = keeping.for;
  return {
    kind: "kept",
    for: parseHolderIdentity(by, name),
    until: keeping.until,
    freeAt: keeping.freeAt,
    isAcknowledged: keeping.isAcknowledged,
    ...(last === undefined ? {} : { last }),
  };
}
