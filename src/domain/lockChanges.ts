import type { BranchName, CommitHash } from "./branch.ts";
import { HISTORY_LENGTH, MOST_ASKS, type LockAsk, type LockChange, type LockRecord } from "./lock.ts";
import { holderIdentity, isSamePerson, type Person } from "./person.ts";
import type { DurationMs, EpochMs } from "./time.ts";

type HeldRecord = LockRecord & { readonly kind: "held" };
type FreeRecord = LockRecord & { readonly kind: "free" };
type UnreadableRecord = LockRecord & { readonly kind: "unreadable" };

/** What a claim writes. */
export interface Claim {
  readonly by: Person;
  readonly branch: BranchName;
  readonly commit: CommitHash;
  readonly url?: string;
  readonly nonce: string;
}

/**
 * The record after a claim. The end never moves to an earlier time, and `transitions`, the
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

/** The record after its holder extended it: counted from now, and never shortened. */
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

const change = (at: EpochMs, by: Person, what: LockChange["what"]): LockChange => ({
  at,
  by: by.name,
  who: holderIdentity(by),
  what,
});

const withChange = (history: readonly LockChange[], next: LockChange): readonly LockChange[] =>
  [...history, next].slice(-HISTORY_LENGTH);
