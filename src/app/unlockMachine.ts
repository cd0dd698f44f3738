import type { ClusterError } from "../domain/cluster.ts";
import type { Machine } from "../domain/config.ts";
import { judgeLock, unlocked, type LockState } from "../domain/lock.ts";
import { isSamePerson, type Person } from "../domain/person.ts";
import type { Clock, LockStore } from "./ports.ts";

export type UnlockOutcome =
  | { readonly kind: "unlocked" }
  /** Nothing was written: it is free already, or somebody else's. */
  | { readonly kind: "not-yours"; readonly state: LockState }
  /** `mayBeFree` where the answer to the write was lost and could not be read back. */
  | { readonly kind: "failed"; readonly error: ClusterError; readonly mayBeFree: boolean };

/** Gives back a machine that the person holds. */
export type UnlockMachine = (
  machine: Pick<Machine, "name" | "pool" | "locks">,
  by: Person,
  signal: AbortSignal,
) => Promise<UnlockOutcome>;

/** A lock that changes under our hands is looked at again; three times in a row, something else is wrong. */
const ATTEMPTS = 3;

/** Decides on a quorum read and changes by compare-and-swap: another's lock is never cleared. */
export const unlockMachine =
  ({ locks, clock }: { readonly locks: LockStore; readonly clock: Clock }): UnlockMachine =>
  async (machine, by, signal) => {
    const ref = { ...machine.locks, name: machine.name };
    let wasSent = false;
    for (let attempt = 1; ; attempt += 1) {
      const read = await locks.read(ref, signal);
      if (!read.ok) return { kind: "failed", error: read.error, mayBeFree: wasSent };
      const { record, version } = read.value.value;
      const now = read.value.serverTime ?? clock.now();
      if (record.kind !== "held" || !isSamePerson(record.hold.by, by)) {
        // After a write whose answer was lost, a free lock that was last ours is our doing.
        const isOurDoing = wasSent && record.kind === "free" && record.last !== undefined;
        return isOurDoing ? { kind: "unlocked" } : { kind: "not-yours", state: judgeLock(record, now) };
      }
      const written = await locks.write(ref, version, unlocked(record, by, now), machine.pool, signal);
      if (written.ok) return { kind: "unlocked" };
      const { error } = written;
      wasSent ||= error.reason === "unreachable" || error.reason === "timeout";
      if (attempt < ATTEMPTS && (wasSent || error.reason === "conflict")) continue;
      return error.reason === "conflict"
        ? { kind: "not-yours", state: judgeLock(record, now) }
        : { kind: "failed", error, mayBeFree: wasSent };
    }
  };
