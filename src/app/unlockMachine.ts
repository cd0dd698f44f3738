import type { ClusterError, ObjectVersion } from "../domain/cluster.ts";
import { isStillShown, type LockRecord, type ShownLock, type StoredLock } from "../domain/lock.ts";
import { cleared, unlocked } from "../domain/lockChanges.ts";
import { isSamePerson, type Person } from "../domain/person.ts";
import { settled } from "./changeLease.ts";
import {
  changeLock,
  hasChange,
  reasonOf,
  type LockChanged,
  type LockPlace,
  type LockServices,
} from "./changeLock.ts";
import type { Reading } from "./ports.ts";

export interface UnlockServices extends LockServices {
  /** A text that nobody else makes; finds the change again when its answer was lost. */
  readonly newNonce: () => string;
}

export interface UnlockOrder extends LockPlace {
  readonly by: Person;
  /** With it this very lock is ended, whoever holds it; without it only the person's own. */
  readonly shown?: ShownLock;
  /**
   * For what cannot be read: exactly the object that the person was shown. There is no lock in it that could be
   * compared, so every change since then counts.
   */
  readonly shownVersion?: ObjectVersion;
  readonly reason?: string;
}

export type UnlockOutcome =
  | { readonly kind: "unlocked" }
  | { readonly kind: "already-free" }
  /** Somebody else's by now, or not readable: nothing was changed. */
  | { readonly kind: "not-holder"; readonly lock: LockRecord }
  | LockChanged
  | {
      readonly kind: "failed";
      readonly error: ClusterError;
      /** Whether the write may have come through although nobody could say so. */
      readonly mayBeFree: boolean;
    };

/**
 * Gives the person's own machine back, or, where they were shown another's lock and decided, ends exactly that one.
 * A lock that has changed since is never touched.
 */
export async function unlockMachine(
  services: UnlockServices,
  order: UnlockOrder,
  signal: AbortSignal,
): Promise<UnlockOutcome> {
  const nonce = services.newNonce();
  const outcome = await changeLock<Exclude<UnlockOutcome, { readonly kind: "failed" }>>(
    services,
    order,
    {
      decide: (reading, isLost) => {
        if (isLost && hasChange(reading.value.record, nonce)) return settled({ kind: "unlocked" });
        const refused = refusal(order, reading);
        return refused === undefined
          ? { kind: "write", next: ended(order, reading, { nonce, now: services.clock.now() }) }
          : settled(refused);
      },
      done: () => ({ kind: "unlocked" }),
    },
    signal,
  );
  return outcome.kind === "failed"
    ? { kind: "failed", error: outcome.error, mayBeFree: outcome.mayBeDone }
    : outcome;
}

type Refused = Extract<UnlockOutcome, { readonly kind: "already-free" | "not-holder" | "changed" }>;

/** Why this is not to be unlocked; undefined where it is. */
function refusal(order: UnlockOrder, { value, serverTime }: Reading<StoredLock>): Refused | undefined {
  const { record } = value;
  const { by, shown, shownVersion } = order;
  // What has ended is free without a write, which would only begin the turns of those who wait anew.
  const hasEnded = record.kind === "held" && serverTime !== undefined && serverTime >= record.hold.until;
  if (record.kind === "free" || hasEnded) return { kind: "already-free" };
  const changed: LockChanged = { kind: "changed", lock: value, serverTime };
  if (shown !== undefined) return isStillShown(shown, value) ? undefined : changed;
  if (shownVersion !== undefined) return isSameVersion(shownVersion, value.version) ? undefined : changed;
  const isMine = record.kind === "held" && isSamePerson(record.hold.by, by);
  return isMine ? undefined : { kind: "not-holder", lock: record };
}

const isSameVersion = (a: ObjectVersion, b: ObjectVersion): boolean =>
  a.uid === b.uid && a.resourceVersion === b.resourceVersion;

function ended(
  { by, reason }: UnlockOrder,
  { value: { record }, serverTime }: Reading<StoredLock>,
  { nonce, now }: { readonly nonce: string; readonly now: number },
): LockRecord {
  const notes = { ...reasonOf(reason), nonce };
  const at = serverTime ?? now;
  switch (record.kind) {
    case "held":
      return unlocked(record, by, at, notes);
    case "unreadable":
      return cleared(record, by, at, notes);
    case "free":
      return record;
  }
}
