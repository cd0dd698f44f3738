import type { ObjectRef } from "../domain/cluster.ts";
import type { LockRecord, StoredLock } from "../domain/lock.ts";
import { oneLine } from "../domain/plainText.ts";
import type { EpochMs } from "../domain/time.ts";
import { changeLease, type Change, type ChangeFailed, type ChangeServices } from "./changeLease.ts";
import type { LockStore } from "./ports.ts";

export interface LockServices extends ChangeServices {
  readonly locks: LockStore;
}

/** A reservation, and the pool that it is noted to belong to. */
export interface LockPlace {
  readonly ref: ObjectRef;
  readonly pool: string;
}

/** The lock is not the one that the person was shown: nothing was written. What it is now is to be judged by `serverTime`. */
export interface LockChanged {
  readonly kind: "changed";
  readonly lock: StoredLock;
  readonly serverTime: EpochMs | undefined;
}

/** Changes a reservation by compare-and-swap; see `changeLease`. */
export const changeLock = <O>(
  services: LockServices,
  { ref, pool }: LockPlace,
  change: Change<StoredLock, LockRecord, O>,
  signal: AbortSignal,
): Promise<O | ChangeFailed> =>
  changeLease(
    services,
    {
      read: (reading) => services.locks.read(ref, reading),
      write: ({ version }, next, writing) => services.locks.write(ref, version, next, pool, writing),
    },
    change,
    signal,
  );

/** Whether the change of this nonce was done, even if others have written since. */
export const hasChange = (record: LockRecord, nonce: string): boolean =>
  (record.history ?? []).some((change) => change.nonce === nonce);

const MOST_REASON = 200;

/** A reason as it is kept: one line, nothing hidden in it, not too long; nothing where nothing is left of it. */
export function reasonOf(text: string | undefined): { readonly reason?: string } {
  const reason = oneLine(text ?? "", MOST_REASON);
  return reason === "" ? {} : { reason };
}
