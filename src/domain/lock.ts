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
 * not the lock, so a dialog holds on to these and only the write itself compares versions.
 */
export interface ShownLock {
  readonly uid: string;
  readonly holder: HolderIdentity;
  readonly transitions: number;
  readonly claim: string | undefined;
  readonly until: EpochMs;
}

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

/** When a free lock became free; undefined where nobody noted it. An ended one became free at its end. */
export function freeSince(record: LockRecord): EpochMs | undefined {
  if (record.kind === "held") return record.hold.until;
  const last = record.kind === "free" ? record.history.at(-1) : undefined;
  return last?.what === "unlocked" ? last.at : undefined;
}

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
