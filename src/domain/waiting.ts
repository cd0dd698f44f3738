import type { ObjectRef, ObjectVersion } from "./cluster.ts";
import type { Pool } from "./config.ts";
import { freeSince, judgeLock, type LockRecord, type LockState, type MachineLock } from "./lock.ts";
import { holderIdentity, parseHolderIdentity, type HolderIdentity } from "./person.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type DurationMs, type EpochMs } from "./time.ts";

/** Somebody who wants the next machine of a pool that becomes free. */
export interface Waiter {
  readonly by: HolderIdentity;
  /** For showing. */
  readonly name: string;
  readonly since: EpochMs;
  readonly branch?: string;
  /** The freed machine that their editor said it knows of. */
  readonly acknowledged?: Acknowledged;
  /**
   * When they stopped waiting. Remembered for a while: without it, the turns of all behind them would seem to have
   * come earlier than they did, and to be over.
   */
  readonly leftAt?: EpochMs;
}

export interface Freed {
  readonly machine: string;
  readonly freeAt: EpochMs;
}

/** The turn that was acknowledged: from then on for `KEPT_MS`, whatever happens to those who were before. */
export interface Acknowledged extends Freed {
  readonly from: EpochMs;
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
/** Longer than all turns of a full list take. */
const REMEMBERED_MS: DurationMs = HOUR_MS;

/** The waiting list of a pool lies where its machines' locks lie. */
export function waitingRef(pool: Pool): ObjectRef | undefined {
  const home = pool.machines[0]?.locks;
  return home === undefined ? undefined : { ...home, name: pool.name };
}

/** Those who wait now, the first first. Everything else on the list is for reckoning only. */
export const current = (waiters: readonly Waiter[], now: EpochMs): readonly Waiter[] =>
  waiters.filter((waiter) => waiter.leftAt === undefined && isFresh(waiter, now)).sort(byArrival);

/** Whoever wrote it: a time that is far off in either direction was not written by one of us a moment ago. */
const isFresh = ({ since }: Waiter, now: EpochMs): boolean => Math.abs(now - since) < WAITS_AT_MOST_MS;

const byArrival = (a: Waiter, b: Waiter): number => a.since - b.since;

/**
 * The list with this person on it; unchanged where it is full. Who waits already keeps their place, with the branch
 * that they now want.
 */
export function joined(waiters: readonly Waiter[], waiter: Waiter): readonly Waiter[] {
  const remembered = worthKeeping(waiters, waiter.since);
  const present = current(waiters, waiter.since);
  if (present.some(({ by }) => by === waiter.by)) {
    return remembered.map((one) => (isPresent(one, waiter.by) ? { ...one, ...branchOf(waiter) } : one));
  }
  return present.length < MOST_WAITERS ? [...remembered, waiter] : remembered;
}

const isPresent = (waiter: Waiter, by: HolderIdentity): boolean =>
  waiter.by === by && waiter.leftAt === undefined;

const branchOf = ({ branch }: Waiter): Partial<Waiter> => (branch === undefined ? {} : { branch });

/** The list after this person stopped waiting: whoever comes next has their turn from now on. */
export const left = (waiters: readonly Waiter[], by: HolderIdentity, now: EpochMs): readonly Waiter[] =>
  worthKeeping(waiters, now).map((one) => (isPresent(one, by) ? { ...one, leftAt: now } : one));

/** Those who wait, and the newest of those who did a while ago. */
function worthKeeping(waiters: readonly Waiter[], now: EpochMs): readonly Waiter[] {
  const gone = waiters
    .filter(({ leftAt }) => leftAt !== undefined && Math.abs(now - leftAt) < REMEMBERED_MS)
    .slice(-MOST_WAITERS);
  return waiters.filter(
    (waiter) => (waiter.leftAt === undefined && isFresh(waiter, now)) || gone.includes(waiter),
  );
}

/** The list after a person's editor said that it knows of the machine that is kept for them. */
export const acknowledged = (
  waiters: readonly Waiter[],
  by: HolderIdentity,
  { machine, freeAt, from }: Acknowledged,
): readonly Waiter[] =>
  waiters.map((waiter) =>
    isPresent(waiter, by) ? { ...waiter, acknowledged: { machine, freeAt, from } } : waiter,
  );

/** A free machine that only one person may take for now. */
export interface Keeping extends Acknowledged {
  readonly for: Waiter;
  readonly until: EpochMs;
  readonly isAcknowledged: boolean;
}

/** A machine whose turns are being reckoned. */
interface Line extends Freed {
  /** When the next turn begins. */
  from: EpochMs;
  readonly passedBy: Set<Waiter>;
}

/**
 * Who each freed machine is kept for: a pure rule over what is stored and the time, so that every editor comes to
 * the same answer without asking another. A machine is offered to the first who waits and is not
 * being kept another one, for a minute; whose editor answers has it for ten. Then it goes to the next, and when
 * nobody is left it is everybody's. At any time a machine is kept for one person at most, and one machine for each.
 */
export function keepings(
  freed: readonly Freed[],
  waiters: readonly Waiter[],
  now: EpochMs,
): readonly Keeping[] {
  // A server's clock may be a moment behind that of its neighbour; a time far ahead is nobody's clock.
  const known = freed.filter(({ freeAt }) => freeAt - now <= ANSWER_WITHIN_MS);
  const inLine = [...waiters].sort(byArrival);
  const turns = [...answeredTurns(known, inLine, now)];
  const lines = known.map((one) => lineBehind(one, turns, now));
  for (;;) {
    const line = lines.filter(({ from }) => from <= now).sort(byTurn)[0];
    if (line === undefined) break;
    const turn = nextTurn(line, inLine, turns);
    if (turn === undefined) {
      lines.splice(lines.indexOf(line), 1);
      continue;
    }
    turns.push(turn);
    line.passedBy.add(turn.for);
    line.from = turn.until;
  }
  return turns.filter(({ until }) => now < until);
}

const byTurn = (a: Line, b: Line): number =>
  a.from - b.from || a.freeAt - b.freeAt || (a.machine < b.machine ? -1 : 1);

/** The turns that were acknowledged: those stand, however the list has changed since. */
function answeredTurns(freed: readonly Freed[], inLine: readonly Waiter[], now: EpochMs): readonly Keeping[] {
  const answers = inLine.flatMap((waiter): readonly Keeping[] => {
    const answer = waiter.acknowledged;
    const isOfThese = freed.some((one) => one.machine === answer?.machine && one.freeAt === answer.freeAt);
    if (answer === undefined || !isOfThese || answer.from > now || answer.from >= endOf(waiter)) return [];
    const until = Math.min(answer.from + KEPT_MS, endOf(waiter));
    return [{ ...answer, for: waiter, until, isAcknowledged: true }];
  });
  const turns: Keeping[] = [];
  for (const answer of answers.sort((a, b) => a.from - b.from)) {
    // Two of one machine or of one person at a time are not ours: the first counts.
    const isTaken = turns.some(
      (turn) => (turn.machine === answer.machine || turn.for.by === answer.for.by) && doOverlap(turn, answer),
    );
    if (!isTaken) turns.push(answer);
  }
  return turns;
}

function lineBehind(freed: Freed, turns: readonly Keeping[], now: EpochMs): Line {
  const own = turns.filter(({ machine }) => machine === freed.machine);
  return {
    ...freed,
    from: Math.max(Math.min(freed.freeAt, now), ...own.map(({ until }) => until)),
    passedBy: new Set(own.map((turn) => turn.for)),
  };
}

/** When somebody's waiting ends by itself, or ended. */
const endOf = ({ since, leftAt }: Waiter): EpochMs => Math.min(leftAt ?? Infinity, since + WAITS_AT_MOST_MS);

interface Span {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

const doOverlap = (a: Span, b: Span): boolean => a.from < b.until && b.from < a.until;

function nextTurn(
  { machine, freeAt, from, passedBy }: Line,
  inLine: readonly Waiter[],
  turns: readonly Keeping[],
): Keeping | undefined {
  const untilOf = (waiter: Waiter): EpochMs => Math.min(from + ANSWER_WITHIN_MS, endOf(waiter));
  const waiter = inLine.find(
    (one) =>
      !passedBy.has(one) &&
      one.since <= from &&
      from < endOf(one) &&
      !turns.some((turn) => turn.for.by === one.by && doOverlap(turn, { from, until: untilOf(one) })),
  );
  if (waiter === undefined) return undefined;
  return { machine, freeAt, from, for: waiter, until: untilOf(waiter), isAcknowledged: false };
}

/** A machine's record as it was read, or why there is none. */
export interface ReadLock {
  readonly machine: string;
  readonly record: LockRecord | undefined;
  /** What the machine is while its record is not there. */
  readonly otherwise?: LockState;
  /** The server's time of the very answer that brought the record, where it is judged by that. */
  readonly now?: EpochMs;
}

/** What every machine of a pool is at a moment: each judged by itself, then what is free kept for those who wait. */
export function judgePool(
  locks: readonly ReadLock[],
  waiters: readonly Waiter[],
  now: EpochMs,
): readonly MachineLock[] {
  const kept = new Map(poolKeepings(locks, waiters, now).map((keeping) => [keeping.machine, keeping]));
  return judgeEach(locks, now).map(({ machine, state }) => ({
    machine,
    state: withKeeping(state, kept.get(machine)),
  }));
}

/** The free machines of a pool that are kept for somebody at a moment. */
export function poolKeepings(
  locks: readonly ReadLock[],
  waiters: readonly Waiter[],
  now: EpochMs,
): readonly Keeping[] {
  const judged = judgeEach(locks, now);
  const freed = judged.flatMap(({ machine, record, state }) => {
    const freeAt = record === undefined ? undefined : freeSince(record);
    const isFree = state.kind === "free" || state.kind === "expired";
    return isFree && freeAt !== undefined ? [{ machine, freeAt }] : [];
  });
  return keepings(freed, withoutHolders(waiters, judged), now);
}

interface JudgedLock extends MachineLock {
  readonly record: LockRecord | undefined;
}

const judgeEach = (locks: readonly ReadLock[], now: EpochMs): readonly JudgedLock[] =>
  locks.map(({ machine, record, otherwise, now: own = now }) => ({
    machine,
    record,
    state: record === undefined ? (otherwise ?? { kind: "missing" }) : judgeLock(record, own),
  }));

/** Who has got a machine of the pool waits no longer, whether or not the list says so yet. */
function withoutHolders(waiters: readonly Waiter[], judged: readonly MachineLock[]): readonly Waiter[] {
  const since = new Map(
    judged.flatMap(({ state }) =>
      state.kind === "held" ? [[holderIdentity(state.hold.by), state.hold.since] as const] : [],
    ),
  );
  return waiters.map((waiter) => {
    const gotAt = since.get(waiter.by);
    return gotAt === undefined ? waiter : { ...waiter, leftAt: Math.min(waiter.leftAt ?? Infinity, gotAt) };
  });
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
