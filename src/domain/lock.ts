import type { ClusterError, ObjectRef, ObjectVersion } from "./cluster.ts";
import type { LeaseHome } from "./config.ts";
import type { BranchName, CommitHash } from "./branch.ts";
import { HOUR_MS, type DurationMs, type EpochMs } from "./time.ts";
import { isSamePerson, type Person } from "./person.ts";

/** One entry of a lock's history, kept on the Lease; the last `HISTORY_LENGTH` are. */
export interface LockChange {
  readonly at: EpochMs;
  readonly by: string;
  readonly what: "claimed" | "renewed" | "unlocked";
  readonly branch?: string;
  readonly commit?: string;
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
  /** Nonce of the claim: tells whether a write whose answer was lost was ours. */
  readonly claim?: string;
}

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
    }
  /** Somebody's, but not readable as one of ours. Never overwritten, never taken for free. */
  | { readonly kind: "unreadable"; readonly holder: string; readonly problem: string };

/** A record together with the version that a compare-and-swap has to name. */
export interface StoredLock {
  readonly record: LockRecord;
  readonly version: ObjectVersion;
}

/** What the lock of a machine is at a moment. */
export type LockState =
  | { readonly kind: "free"; readonly last?: Hold }
  | { readonly kind: "kept"; readonly for: Person; readonly until: EpochMs }
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
      ? before.hold
      : undefined;
  const change: LockChange = {
    at: now,
    by: claim.by.name,
    what: mine === undefined ? "claimed" : "renewed",
    branch: claim.branch,
    commit: claim.commit,
  };
  return {
    kind: "held",
    hold: {
      by: claim.by,
      since: mine?.since ?? now,
      renewedAt: now,
      until: Math.max(mine?.until ?? 0, now + lasts),
      branch: claim.branch,
      commit: claim.commit,
      ...(mine?.reason === undefined ? {} : { reason: mine.reason }),
      ...(claim.url === undefined ? {} : { url: claim.url }),
      claim: claim.nonce,
    },
    transitions: mine === undefined ? before.transitions + 1 : before.transitions,
    history: [...before.history, change].slice(-HISTORY_LENGTH),
  };
}

/** The record after its holder gave it back. The fencing token stays, so that it never goes backwards. */
export function unlocked(
  before: LockRecord & { readonly kind: "held" },
  by: Person,
  now: EpochMs,
): LockRecord {
  return {
    kind: "free",
    transitions: before.transitions,
    last: before.hold,
    history: [...before.history, { at: now, by: by.name, what: "unlocked" } as const].slice(-HISTORY_LENGTH),
  };
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
  | { readonly kind: "mine-again"; readonly machine: string }
  | { readonly kind: "free"; readonly machine: string }
  | { readonly kind: "full"; readonly locks: readonly MachineLock[] };

/**
 * Your machine while you hold one; else the one that was last yours if it is still free; else a free one, else
 * one whose lock has ended. Unreadable, missing and unknown locks are never taken.
 */
export function chooseMachine(locks: readonly MachineLock[], me: Person): Choice {
  const held = locks.find(({ state }) => state.kind === "held" && isSamePerson(state.hold.by, me));
  if (held !== undefined) return { kind: "mine", machine: held.machine };
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
