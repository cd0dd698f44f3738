import type { LockAsk, LockChange, LockState, StoredLock } from "./lock.ts";
import { holderIdentity, isSamePerson, type Person } from "./person.ts";
import { HOUR_MS, MINUTE_MS, type DurationMs, type EpochMs } from "./time.ts";
import type { Waiter } from "./waiting.ts";

/** So long before its lock ends the holder is asked whether to extend or to unlock. */
export const ENDING_NOTICE_MS: DurationMs = 30 * MINUTE_MS;
/** What happened longer ago than this is no news to anybody. */
export const NEWS_FOR_MS: DurationMs = 24 * HOUR_MS;
/** API servers behind one address agree on the time; what is dated further ahead was written by hand. */
const AHEAD_AT_MOST_MS: DurationMs = 5 * MINUTE_MS;

interface About {
  /** The same in every window of that person, so that they are told of it once. */
  readonly key: string;
  readonly machine: string;
}

/** Something about locks that a person has to be told, wherever they are in their editor. */
export type News = About &
  (
    | {
        /** Somebody else ended this person's lock. */
        readonly kind: "lost";
        readonly how: "unlocked" | "taken-over";
        readonly by: string;
        readonly at: EpochMs;
        readonly branch?: string;
        readonly reason?: string;
      }
    /** This person's lock is gone, and nothing on the Lease says by whom or why. */
    | {
        readonly kind: "vanished";
        readonly how: "deleted" | "edited";
        readonly branch?: string;
        /** Who holds the machine now; absent where nobody does. */
        readonly holder?: string;
      }
    /** Somebody asks this person for their machine. */
    | { readonly kind: "asked"; readonly ask: LockAsk }
    /** The holder whom this person asked keeps the machine. */
    | { readonly kind: "declined"; readonly by: string; readonly until: EpochMs }
    /** A machine is kept for this person, who waited. */
    | {
        readonly kind: "kept";
        readonly pool: string;
        readonly until: EpochMs;
        readonly freeAt: EpochMs;
        readonly isAcknowledged: boolean;
        /** What they wanted it for. */
        readonly branch?: string;
      }
    /** This person's own lock ends soon. */
    | { readonly kind: "ending"; readonly until: EpochMs }
  );

/** A machine as it stands on its Lease, judged. */
export interface KnownLock {
  readonly machine: string;
  readonly pool: string;
  readonly lock: StoredLock;
  readonly state: LockState;
  /** Who waits for a machine of its pool. */
  readonly waiters: readonly Waiter[];
}

/** All that a person has to be told of these locks; the same as long as it is true. Telling it once is the caller's. */
export function newsFor(me: Person, locks: readonly KnownLock[], now: EpochMs): readonly News[] {
  return locks.flatMap((known) => [
    ...losses(me, known, now),
    ...asks(me, known, now),
    ...declined(me, known, now),
    ...keptFor(me, known),
    ...ending(me, known, now),
  ]);
}

/**
 * Whether it is so short ago that people are told. A lock that is extended again and again keeps its notes for
 * days, and nobody wants to hear of them anew when what they were told is forgotten.
 */
const isRecent = (at: EpochMs, now: EpochMs): boolean =>
  now - at < NEWS_FOR_MS && at - now <= AHEAD_AT_MOST_MS;

const keyOf = (me: Person, { machine, lock }: KnownLock, ...about: readonly (string | number)[]): string =>
  JSON.stringify([holderIdentity(me), machine, lock.version.uid, ...about]);

function losses(me: Person, known: KnownLock, now: EpochMs): readonly News[] {
  const { record } = known.lock;
  if (record.kind === "unreadable") return [];
  const identity = holderIdentity(me);
  return record.history.flatMap((change, index) => {
    if (change.of !== identity || change.who === identity || !isRecent(change.at, now)) return [];
    return [
      {
        kind: "lost",
        key: keyOf(me, known, "lost", change.at),
        machine: known.machine,
        how: change.what === "unlocked" ? "unlocked" : "taken-over",
        by: change.by,
        at: change.at,
        ...(change.reason === undefined ? {} : { reason: change.reason }),
        ...lastBranchOf(record.history.slice(0, index)),
      },
    ];
  });
}

/** The branch that was on the machine: the last one that was put there. */
function lastBranchOf(history: readonly LockChange[]): { readonly branch?: string } {
  const branch = history.findLast((change) => change.branch !== undefined)?.branch;
  return branch === undefined ? {} : { branch };
}

function asks(me: Person, known: KnownLock, now: EpochMs): readonly News[] {
  const { machine, state, lock } = known;
  if (state.kind !== "held" || lock.record.kind !== "held" || !isSamePerson(state.hold.by, me)) return [];
  return (lock.record.asks ?? [])
    .filter(({ by, at, keptAt }) => keptAt === undefined && by !== holderIdentity(me) && isRecent(at, now))
    .map((ask) => ({ kind: "asked", key: keyOf(me, known, "asked", ask.by, ask.at), machine, ask }));
}

function declined(me: Person, known: KnownLock, now: EpochMs): readonly News[] {
  const { machine, state, lock } = known;
  if (state.kind !== "held" || lock.record.kind !== "held" || isSamePerson(state.hold.by, me)) return [];
  const { hold } = state;
  return (lock.record.asks ?? [])
    .filter(({ by, keptAt }) => keptAt !== undefined && by === holderIdentity(me) && isRecent(keptAt, now))
    .map((ask) => ({
      kind: "declined",
      key: keyOf(me, known, "declined", ask.at),
      machine,
      by: hold.by.name,
      until: hold.until,
    }));
}

function keptFor(me: Person, known: KnownLock): readonly News[] {
  const { machine, pool, state, waiters } = known;
  if (state.kind !== "kept" || !isSamePerson(state.for, me)) return [];
  const { until, freeAt, isAcknowledged } = state;
  const branch = waiters.find(({ by }) => by === holderIdentity(me))?.branch;
  return [
    {
      kind: "kept",
      key: keyOf(me, known, "kept", freeAt),
      machine,
      pool,
      until,
      freeAt,
      isAcknowledged,
      ...(branch === undefined ? {} : { branch }),
    },
  ];
}

function ending(me: Person, known: KnownLock, now: EpochMs): readonly News[] {
  const { machine, state } = known;
  if (state.kind !== "held" || !isSamePerson(state.hold.by, me)) return [];
  const { until } = state.hold;
  return until - now > ENDING_NOTICE_MS
    ? []
    : [{ kind: "ending", key: keyOf(me, known, "ending", until), machine, until }];
}

/** A machine as it is seen now; without a lock where its Lease is gone. */
export type SeenLock = Pick<KnownLock, "machine" | "state"> & { readonly lock: StoredLock | undefined };

/**
 * A lock that ended by no rule of ours: the Lease was deleted, or somebody edited it. What our own verbs do leaves a
 * line in the history; this leaves none, so it is known only to an editor that saw the lock before.
 */
export function vanished(me: Person, before: KnownLock, after: SeenLock, now: EpochMs): News | undefined {
  const { state } = before;
  if (state.kind !== "held" || !isSamePerson(state.hold.by, me) || now >= state.hold.until) return undefined;
  if (after.state.kind === "unknown" || isHeldBy(me, after.state)) return undefined;
  const isSameLease = after.lock?.version.uid === before.lock.version.uid;
  if (isSameLease && lastChange(after.lock) !== lastChange(before.lock)) return undefined;
  const { branch, claim, since } = state.hold;
  const holder = holderOf(after.state);
  return {
    kind: "vanished",
    key: keyOf(me, before, "vanished", claim ?? since),
    machine: before.machine,
    how: isSameLease ? "edited" : "deleted",
    ...(branch === undefined ? {} : { branch }),
    ...(holder === undefined ? {} : { holder }),
  };
}

const isHeldBy = (me: Person, state: LockState): boolean =>
  state.kind === "held" && isSamePerson(state.hold.by, me);

const lastChange = (lock: StoredLock | undefined): string =>
  JSON.stringify(lock?.record.history?.at(-1) ?? null);

function holderOf(state: LockState): string | undefined {
  if (state.kind === "unreadable") return state.holder;
  return state.kind === "held" ? state.hold.by.name : undefined;
}
