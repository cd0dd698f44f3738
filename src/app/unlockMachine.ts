import type { ClusterError, ObjectRef } from "../domain/cluster.ts";
import { unlocked, type LockRecord } from "../domain/lock.ts";
import { isSamePerson, type Person } from "../domain/person.ts";
import type { DurationMs } from "../domain/time.ts";
import type { Clock, LockStore } from "./ports.ts";
import { mayHaveArrived, NEVER_ABORTED } from "./writing.ts";

export interface UnlockServices {
  readonly locks: LockStore;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface UnlockOrder {
  readonly ref: ObjectRef;
  readonly pool: string;
  readonly by: Person;
}

export type UnlockOutcome =
  | { readonly kind: "unlocked" }
  | { readonly kind: "already-free" }
  /** Somebody else's by now: nothing was changed. */
  | { readonly kind: "not-holder"; readonly lock: LockRecord }
  | {
      readonly kind: "failed";
      readonly error: ClusterError;
      /** Whether the write may have come through although nobody could say so. */
      readonly mayBeFree: boolean;
    };

const ROUNDS = 5;
const PAUSE_MS: DurationMs = 50;

/** Gives the person's own machine back. Never takes a lock away from somebody else, not even one that has just changed. */
export async function unlockMachine(
  { locks, clock, random }: UnlockServices,
  { ref, pool, by }: UnlockOrder,
  signal: AbortSignal,
): Promise<UnlockOutcome> {
  let lost: ClusterError | undefined;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const read = await locks.read(ref, signal);
    if (!read.ok) return { kind: "failed", error: lost ?? read.error, mayBeFree: lost !== undefined };
    const { record, version } = read.value.value;
    // After an answer that was lost, a free machine is the very thing that was asked for.
    if (record.kind === "free") return { kind: lost === undefined ? "already-free" : "unlocked" };
    if (record.kind === "unreadable" || !isSamePerson(record.hold.by, by)) {
      return { kind: "not-holder", lock: record };
    }
    if (signal.aborted) return { kind: "failed", error: { reason: "aborted" }, mayBeFree: false };
    const next = unlocked(record, by, read.value.serverTime ?? clock.now());
    const written = await locks.write(ref, version, next, pool, NEVER_ABORTED);
    if (written.ok) return { kind: "unlocked" };
    if (written.error.reason !== "conflict") {
      if (!mayHaveArrived(written.error)) return { kind: "failed", error: written.error, mayBeFree: false };
      lost = written.error;
    }
    await clock.sleep(PAUSE_MS * round * (1 + random()), signal);
  }
  const error: ClusterError = lost ?? {
    reason: "server-error",
    status: 409,
    detail: "the Lease kept changing",
  };
  return { kind: "failed", error, mayBeFree: lost !== undefined };
}
