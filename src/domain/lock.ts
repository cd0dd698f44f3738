import type { ClusterError, ObjectRef, ObjectVersion } from "./cluster.ts";
import type { LeaseHome } from "./config.ts";
import type { BranchName, CommitHash } from "./branch.ts";
import { HOUR_MS, type DurationMs, type EpochMs } from "./time.ts";
import { holderIdentity, isSamePerson, type HolderIdentity, type Person } from "./person.ts";

/** One entry of a lock's history, kept on the Lease; the last `HISTORY_LENGTH` are. */
export interface LockChange {
  readonly at: EpochMs;
  /** For showing. */
  readonly by: string;
  /** Who that was; absent where somebody else's tool wrote the entry. */
  readonly who?: HolderIdentity;
  readonly what: "claimed" | "renewed" | "extended" | "unlocked";
  readonly branch?: string;
  readonly commit?: string;
  /** Whose lock this ended, where it was not their own doing: unlocked by, or taken over by, somebody else. */
  readonly of?: HolderIdentity;
  readonly reason?: string;
  /** Tells whether a write whose answer was lost was done, even when somebody else has written since. */
  readonly nonce?: string;
}

export const HISTORY_LENGTH = 20;

/** What a holder's lock says. */
export interface Hold {
  readonly by: Person;
  /** When this person first got the machine in the present series. */
  readonly since: EpochMs;
  /** When the last devdeploy or extension counted from. */
  readonly renewedAt: EpochMs;
  /** At this very millisecond the machine is free again. */
  readonly until: EpochMs;
  readonly branch?: BranchName;
  readonly commit?: CommitHash;
  readonly reason?: string;
  readonly url?: string;
  /**
   * Nonce of the last claim or extension: tells whether a write whose answer was lost was ours, and whether a lock
   * is still the one that a dialog showed.
   */
  readonly claim?: string;
}

/** Somebody asks the holder for the machine. One a person; the end of the hold ends them all. */
export interface LockAsk {
  readonly by: HolderIdentity;
  /** For showing. */
  readonly name: string;
  readonly at: EpochMs;
  readonly branch?: string;
  /** When the holder said that they keep it. */
  readonly keptAt?: EpochMs;
}

/** More would not be read by anybody. */
export const MOST_ASKS = 10;

/** A reservation as it stands on its Lease. */
export type LockRecord =
  | {
      readonly kind: "free";
      readonly transitions: number;
      readonly history: readonly LockChange[];
      readonly last?: Hold;
    }
  | {
      readonly kind: "held";
      readonly hold: Hold;
      readonly transitions: number;
      readonly history: readonly LockChange[];
      readonly asks?: readonly LockAsk[];
    }
  /** Somebody's, but not readable as one of ours. Never claimed, never taken for free; freed on purpose only. */
  | {
      readonly kind: "unreadable";
      readonly holder: string;
      readonly problem: string;
      /** What can be read all the same, so that the fencing token and the history survive. */
      readonly transitions?: number;
      readonly history?: readonly LockChange[];
    };

/** A record together with the version that a compare-and-swap has to name. */
export interface StoredLock {
  readonly record: LockRecord;
  readonly version: ObjectVersion;
}

/** What the lock of a machine is at a moment. */
export type LockState =
  | { readonly kind: "free"; readonly last?: Hold }
  /** Free, and for a while only for somebody who waited (waiting.ts). */
  | {
      readonly kind: "kept";
      readonly for: Person;
      readonly until: EpochMs;
      /** Since when it is free: this and the machine's name tell one keeping from the next. */
      readonly freeAt: EpochMs;
      /** Whether an editor of theirs has said that it knows; without that it is passed on soon. */
      readonly isAcknowledged: boolean;
      readonly last?: Hold;
    }
  | { readonly kind: "held"; readonly hold: Hold }
  | { readonly kind: "expired"; readonly hold: Hold }
  | { readonly kind: "unreadable"; readonly holder: string; readonly problem: string }
  | { readonly kind: "missing" }
  | { readonly kind: "unknown"; readonly since?: EpochMs; readonly error?: ClusterError };

/** A lock ends in the very millisecond that it names: at 11:59:59 it is held, at 12:00:00 it is free. */
export function judgeLock(record: LockRecord, now: EpochMs): LockState {
  switch (record.kind) {
    case "free":
      return record.last === undefined ? { kind: "free" } : { kind: "free", last: record.last };
    case "unreadable":
      return { kind: "unreadable", holder: record.holder, problem: record.problem };
    case "held":
      return now >= record.hold.until
        ? { kind: "expired", hold: record.hold }
        : { kind: "held", hold: record.hold };
  }
}

/**
 * Which lock a person was shown when they decided. Notes (an ask, somebody who waits) change the resourceVersion but
 * not the lock, so a dialog holds on to these and only the write itself compares versions (decisions.md, 9).
 */
export interface ShownLock {
  readonly uid: string;
  readonly holder: HolderIdentity;
  readonly transitions: number;
  readonly claim: string | undefined;
  readonly until: EpochMs;
}

type HeldRecord = LockRecord & { readonly kind: "held" };
type FreeRecord = LockRecord & { readonly kind: "free" };
type UnreadableRecord = LockRecord & { readonly kind: "unreadable" };

/** Undefined where nobody holds it, and where what stands there cannot be read. */
export function shownLock({ record, version }: StoredLock): ShownLock | undefined {
  if (record.kind !== "held") return undefined;
  const { hold, transitions } = record;
  return {
    uid: version.uid,
    holder: holderIdentity(hold.by),
    transitions,
    claim: hold.claim,
    until: hold.until,
  };
}

/** Whether a lock is still the very one that was shown: same object, holder, claim and end. */
export function isStillShown(shown: ShownLock, stored: StoredLock): boolean {
  const now = shownLock(stored);
  return (
    now?.uid === shown.uid &&
    now.holder === shown.holder &&
    now.transitions === shown.transitions &&
    now.claim === shown.claim &&
    now.until === shown.until
  );
}

/** What a claim writes. */
export interface Claim {
  readonly by: Person;
  readonly branch: BranchName;
  readonly commit: CommitHash;
  readonly url?: string;
  readonly nonce: string;
}

/**
 * The record after a claim. The end never moves to an earlier time (decisions.md, 4), and `transitions`, the
 * fencing token, grows with every claim by another person and with every claim of a free or ended lock.
 */
export function claimed(before: LockRecord, claim: Claim, now: EpochMs, lasts: DurationMs): LockRecord {
  if (before.kind === "unreadable") throw new Error("An unreadable lock must not be claimed.");
  const mine =
    before.kind === "held" && isSamePerson(before.hold.by, claim.by) && before.hold.until > now
      ? before
      : undefined;
  return {
    kind: "held",
    hold: {
      by: claim.by,
      since: mine?.hold.since ?? now,
      renewedAt: now,
      until: Math.max(mine?.hold.until ?? 0, now + lasts),
      branch: claim.branch,
      commit: claim.commit,
      ...(mine?.hold.reason === undefined ? {} : { reason: mine.hold.reason }),
      ...(claim.url === undefined ? {} : { url: claim.url }),
      claim: claim.nonce,
    },
    transitions: mine === undefined ? before.transitions + 1 : before.transitions,
    history: withChange(before.history, {
      ...change(now, claim.by, mine === undefined ? "claimed" : "renewed"),
      branch: claim.branch,
      commit: claim.commit,
      nonce: claim.nonce,
    }),
    ...(mine?.asks === undefined ? {} : { asks: mine.asks }),
  };
}

/**
 * The record after somebody took a lock over from its holder, in one write: there is no moment at which a third
 * could take it. The former holder is named in the history, which is how they learn of it.
 */
export function takenOver(
  before: HeldRecord,
  claim: Claim & { readonly reason?: string },
  now: EpochMs,
  lasts: DurationMs,
): HeldRecord {
  return {
    kind: "held",
    hold: {
      by: claim.by,
      since: now,
      renewedAt: now,
      until: now + lasts,
      branch: claim.branch,
      commit: claim.commit,
      ...(claim.url === undefined ? {} : { url: claim.url }),
      claim: claim.nonce,
    },
    transitions: before.transitions + 1,
    history: withChange(before.history, {
      ...change(now, claim.by, "claimed"),
      branch: claim.branch,
      commit: claim.commit,
      of: holderIdentity(before.hold.by),
      ...(claim.reason === undefined ? {} : { reason: claim.reason }),
      nonce: claim.nonce,
    }),
  };
}

/** What an unlocking says beside who and when. */
export interface UnlockNotes {
  readonly reason?: string;
  readonly nonce?: string;
}

/** The record after it was unlocked, by its holder or by somebody else. The fencing token never goes backwards. */
export function unlocked(before: HeldRecord, by: Person, now: EpochMs, notes: UnlockNotes = {}): FreeRecord {
  const isOwn = isSamePerson(before.hold.by, by);
  return {
    kind: "free",
    transitions: before.transitions,
    last: before.hold,
    history: withChange(before.history, {
      ...change(now, by, "unlocked"),
      ...(isOwn ? {} : { of: holderIdentity(before.hold.by) }),
      ...notes,
    }),
  };
}

/** The record after somebody freed on purpose what could not be read: nobody knows whose work it was. */
export const cleared = (
  before: UnreadableRecord,
  by: Person,
  now: EpochMs,
  notes: UnlockNotes = {},
): FreeRecord => ({
  kind: "free",
  transitions: before.transitions ?? 0,
  history: withChange(before.history ?? [], {
    ...change(now, by, "unlocked"),
    of: before.holder,
    ...notes,
  }),
});

export interface Extension {
  readonly by: Person;
  readonly lasts: DurationMs;
  readonly nonce: string;
  readonly reason?: string;
}

/** The record after its holder extended it: counted from now, and never shortened (decisions.md, 4). */
export function extended(before: HeldRecord, extension: Extension, now: EpochMs): HeldRecord {
  const { reason } = extension;
  return {
    ...before,
    hold: {
      ...before.hold,
      renewedAt: now,
      until: Math.max(before.hold.until, now + extension.lasts),
      claim: extension.nonce,
      ...(reason === undefined ? {} : { reason }),
    },
    history: withChange(before.history, {
      ...change(now, extension.by, "extended"),
      ...(reason === undefined ? {} : { reason }),
      nonce: extension.nonce,
    }),
  };
}

/** The record with a person's ask on it, in place of an earlier one of theirs; the oldest of too many goes. */
export function asked(before: HeldRecord, ask: LockAsk): HeldRecord {
  const others = (before.asks ?? []).filter(({ by }) => by !== ask.by);
  return { ...before, asks: [...others, ask].slice(-MOST_ASKS) };
}

/**
 * The record after its holder said that they keep it, to those whose ask they were shown: who asked a moment later
 * still has an answer to come.
 */
export const kept = (before: HeldRecord, now: EpochMs, shown: readonly LockAsk[]): HeldRecord => ({
  ...before,
  asks: (before.asks ?? []).map((ask) =>
    ask.keptAt === undefined && shown.some(({ by, at }) => by === ask.by && at === ask.at)
      ? { ...ask, keptAt: now }
      : ask,
  ),
});

/** When a free lock became free; undefined where nobody noted it. An ended one became free at its end. */
export function freeSince(record: LockRecord): EpochMs | undefined {
  if (record.kind === "held") return record.hold.until;
  const last = record.kind === "free" ? record.history.at(-1) : undefined;
  return last?.what === "unlocked" ? last.at : undefined;
}

const change = (at: EpochMs, by: Person, what: LockChange["what"]): LockChange => ({
  at,
  by: by.name,
  who: holderIdentity(by),
  what,
});

const withChange = (history: readonly LockChange[], next: LockChange): readonly LockChange[] =>
  [...history, next].slice(-HISTORY_LENGTH);

/** The reservation of a machine is the Lease of its name. */
export const lockRef = (machine: string, locks: LeaseHome): ObjectRef => ({ ...locks, name: machine });

export const lockDuration = (hours: number): DurationMs => hours * HOUR_MS;

export interface MachineLock {
  readonly machine: string;
  readonly state: LockState;
}

/** Which machine a person gets, or why none. */
export type Choice =
  | { readonly kind: "mine"; readonly machine: string }
  /** Kept for this person, who waited. */
  | { readonly kind: "kept"; readonly machine: string }
  | { readonly kind: "mine-again"; readonly machine: string }
  | { readonly kind: "free"; readonly machine: string }
  | { readonly kind: "full"; readonly locks: readonly MachineLock[] };

/**
 * Your machine while you hold one; else one that is kept for you; else the one that was last yours if it is still
 * free; else a free one, else one whose lock has ended. What is kept for others, unreadable, missing or unknown is
 * never taken.
 */
export function chooseMachine(locks: readonly MachineLock[], me: Person): Choice {
  const held = locks.find(({ state }) => state.kind === "held" && isSamePerson(state.hold.by, me));
  if (held !== undefined) return { kind: "mine", machine: held.machine };
  const waited = locks.find(({ state }) => state.kind === "kept" && isSamePerson(state.for, me));
  if (waited !== undefined) return { kind: "kept", machine: waited.machine };
  const again = locks.find(({ state }) => {
    const last = state.kind === "expired" ? state.hold : state.kind === "free" ? state.last : undefined;
    return last !== undefined && isSamePerson(last.by, me);
  });
  if (again !== undefined) return { kind: "mine-again", machine: again.machine };
  const free =
    locks.find(({ state }) => state.kind === "free") ?? locks.find(({ state }) => state.kind === "expired");
  if (free !== undefined) return { kind: "free", machine: free.machine };
  return { kind: "full", locks };
}
