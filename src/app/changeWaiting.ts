import type { ClusterError, ObjectRef } from "../domain/cluster.ts";
import type { Pool } from "../domain/config.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import { waitingRef, type StoredWaiting, type Waiter } from "../domain/waiting.ts";
import {
  changeLease,
  type Change,
  type Changeable,
  type ChangeFailed,
  type ChangeServices,
} from "./changeLease.ts";
import type { Reading, WaitingStore } from "./ports.ts";

export interface ChangeWaitingServices extends ChangeServices {
  readonly waiting: WaitingStore;
}

/** The list as it was read; without a version where there is no Lease yet. */
export interface WaitingReading extends Partial<StoredWaiting> {
  readonly waiters: readonly Waiter[];
}

/** Changes a pool's waiting list; makes its Lease where there is none and that is allowed. */
export function changeWaiting<O>(
  services: ChangeWaitingServices,
  pool: Pool,
  change: Change<WaitingReading, readonly Waiter[], O>,
  signal: AbortSignal,
): Promise<O | ChangeFailed> {
  const ref = waitingRef(pool);
  if (ref === undefined) throw new Error(`The pool ${pool.name} has no machines.`);
  return changeLease(services, waitingLease(services.waiting, ref), change, signal);
}

const waitingLease = (
  store: WaitingStore,
  ref: ObjectRef,
): Changeable<WaitingReading, readonly Waiter[]> => ({
  read: async (signal): Promise<Result<Reading<WaitingReading>, ClusterError>> => {
    const read = await store.read(ref, signal);
    if (read.ok || read.error.reason !== "not-found") return read;
    return ok({ value: { waiters: [] }, serverTime: undefined });
  },
  write: async ({ version }, next, signal) => {
    if (version !== undefined) return store.write(ref, version, next, signal);
    const created = await store.create(ref, next, signal);
    if (created.ok || created.error.reason !== "forbidden") return created;
    // The message has to name the Lease that is absent: only an administrator can make it.
    return fail({ reason: "not-found", what: `leases ${ref.namespace}/${ref.name}` });
  },
});
