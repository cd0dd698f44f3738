import type {
  Clock,
  LockStore,
  OperationStore,
  Reading,
  WaitingStore,
  WatchedLease,
  WriteError,
} from "../../app/ports.ts";
import type { ClusterError, ObjectRef, ObjectVersion } from "../../domain/cluster.ts";
import type { LockRecord, StoredLock } from "../../domain/lock.ts";
import { isOperationName, type OperationRecord, type StoredOperation } from "../../domain/operation.ts";
import { ok, type Result } from "../../domain/result.ts";
import type { StoredWaiting, Waiter } from "../../domain/waiting.ts";
import type { KubernetesApi } from "./api.ts";
import { textAt, type JsonObject } from "./json.ts";
import { ANNOTATION, annotationsOf, versionOf, type LeaseChange } from "./leaseObject.ts";
import { LeaseObjects, type FoundLease } from "./leaseObjects.ts";
import { lockLeaseChange, readLockLease } from "./lockLease.ts";
import { microTime } from "./microTime.ts";
import { operationLeaseChange, readOperationLease } from "./operationLease.ts";
import { readWaiting, waitingChange } from "./waitingNotes.ts";

/** A Lease of the watched namespace as a domain record; its name tells which of the two kinds it is. */
export function readWatchedLease(lease: JsonObject): WatchedLease {
  const version = versionOf(lease);
  return isOperationName(textAt(lease, "metadata", "name") ?? "")
    ? { kind: "operation", operation: { record: readOperationLease(lease), version } }
    : { kind: "lock", lock: { record: readLockLease(lease), version }, waiters: readWaiting(lease) };
}

/** Reservations on Leases of the coordination API. */
export class LeaseLockStore implements LockStore {
  readonly #leases: LeaseObjects;

  constructor(api: KubernetesApi) {
    this.#leases = new LeaseObjects(api);
  }

  async read(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<StoredLock>, ClusterError>> {
    return stored(await this.#leases.get(ref, signal), readLockLease);
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    next: LockRecord,
    pool: string,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredLock>, WriteError>> {
    const change = lockLeaseChange(next, pool);
    return stored(await this.#leases.put(ref, expected, () => change, signal), readLockLease);
  }

  async create(
    ref: ObjectRef,
    first: LockRecord,
    pool: string,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredLock>, WriteError>> {
    return stored(await this.#leases.post(ref, lockLeaseChange(first, pool), signal), readLockLease);
  }
}

/** Operations on Leases of the coordination API. */
export class LeaseOperationStore implements OperationStore {
  readonly #leases: LeaseObjects;
  readonly #clock: Clock;
  #beats = 0;

  constructor(api: KubernetesApi, clock: Clock) {
    this.#leases = new LeaseObjects(api);
    this.#clock = clock;
  }

  async read(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<StoredOperation>, ClusterError>> {
    return stored(await this.#leases.get(ref, signal), readOperationLease);
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    next: OperationRecord,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredOperation>, WriteError>> {
    const change = (present: JsonObject): LeaseChange => {
      const isNewRun = next.kind === "working" && annotationsOf(present)[ANNOTATION.run] !== next.run;
      return operationLeaseChange(next, this.#beat(), isNewRun);
    };
    return stored(await this.#leases.put(ref, expected, change, signal), readOperationLease);
  }

  async create(
    ref: ObjectRef,
    first: OperationRecord,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredOperation>, WriteError>> {
    const change = operationLeaseChange(first, this.#beat(), true);
    return stored(await this.#leases.post(ref, change, signal), readOperationLease);
  }

  /** The microseconds count on, so that no two beats are alike even within one millisecond. */
  #beat(): string {
    this.#beats += 1;
    return microTime(this.#clock.now(), this.#beats);
  }
}

/** Waiting lists on Leases of the coordination API: on the Lease that has the pool's name. */
export class LeaseWaitingStore implements WaitingStore {
  readonly #leases: LeaseObjects;

  constructor(api: KubernetesApi) {
    this.#leases = new LeaseObjects(api);
  }

  async read(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<StoredWaiting>, ClusterError>> {
    return listed(await this.#leases.get(ref, signal));
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    waiters: readonly Waiter[],
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredWaiting>, WriteError>> {
    const change = waitingChange(waiters, ref.name);
    return listed(await this.#leases.put(ref, expected, () => change, signal));
  }

  async create(
    ref: ObjectRef,
    waiters: readonly Waiter[],
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredWaiting>, WriteError>> {
    return listed(await this.#leases.post(ref, waitingChange(waiters, ref.name), signal));
  }
}

function listed<E>(found: Result<Reading<FoundLease>, E>): Result<Reading<StoredWaiting>, E> {
  if (!found.ok) return found;
  const { value, serverTime } = found.value;
  return ok({ value: { waiters: readWaiting(value.lease), version: value.version }, serverTime });
}

function stored<R, E>(
  found: Result<Reading<FoundLease>, E>,
  read: (lease: JsonObject) => R,
): Result<Reading<{ readonly record: R; readonly version: ObjectVersion }>, E> {
  if (!found.ok) return found;
  const { value, serverTime } = found.value;
  return ok({ value: { record: read(value.lease), version: value.version }, serverTime });
}
