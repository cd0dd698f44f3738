import type { Clock, LockStore, OperationStore, Reading, WatchedLease, WriteError } from "../../app/ports.ts";
import type { ClusterError, ObjectRef, ObjectVersion } from "../../domain/cluster.ts";
import type { LockRecord, StoredLock } from "../../domain/lock.ts";
import { isOperationName, type OperationRecord, type StoredOperation } from "../../domain/operation.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import type { ApiCall, KubernetesApi } from "./api.ts";
import { isObject, textAt, type JsonObject } from "./json.ts";
import { ANNOTATION, annotationsOf, changedLease, LEASE_API, newLease, versionOf } from "./leaseObject.ts";
import type { LeaseChange } from "./leaseObject.ts";
import { lockLeaseChange, readLockLease } from "./lockLease.ts";
import { microTime } from "./microTime.ts";
import { operationLeaseChange, readOperationLease } from "./operationLease.ts";

const LEASE_TIMEOUT_MS: DurationMs = 5 * SECOND_MS;

export const leasesPath = (namespace: string): string =>
  `/apis/${LEASE_API}/namespaces/${encodeURIComponent(namespace)}/leases`;

const leasePath = ({ namespace, name }: ObjectRef): string =>
  `${leasesPath(namespace)}/${encodeURIComponent(name)}`;

/** A Lease of the watched namespace as a domain record; its name tells which of the two kinds it is. */
export function readWatchedLease(lease: JsonObject): WatchedLease {
  const version = versionOf(lease);
  return isOperationName(textAt(lease, "metadata", "name") ?? "")
    ? { kind: "operation", operation: { record: readOperationLease(lease), version } }
    : { kind: "lock", lock: { record: readLockLease(lease), version }, waiters: [] };
}

/** Reads and writes whole Lease objects, and remembers what was read so that a write keeps what belongs to others. */
class LeaseObjects {
  readonly #api: KubernetesApi;
  readonly #read = new WeakMap<ObjectVersion, JsonObject>();

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  async get(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<FoundLease>, ClusterError>> {
    const answer = await this.#send(ref, { method: "GET", path: leasePath(ref) }, signal);
    if (answer.ok) return answer;
    return answer.error.reason === "conflict"
      ? fail({ reason: "server-error", status: 409, detail: "" })
      : fail(answer.error);
  }

  async put(
    ref: ObjectRef,
    expected: ObjectVersion,
    change: (present: JsonObject) => LeaseChange,
    signal: AbortSignal,
  ): Promise<Result<Reading<FoundLease>, WriteError>> {
    const present = await this.#present(ref, expected, signal);
    if (!present.ok) return present;
    const body = changedLease(present.value, change(present.value));
    return this.#send(ref, { method: "PUT", path: leasePath(ref), body }, signal);
  }

  post(
    ref: ObjectRef,
    change: LeaseChange,
    signal: AbortSignal,
  ): Promise<Result<Reading<FoundLease>, WriteError>> {
    const body = newLease(ref.namespace, ref.name, change);
    return this.#send(ref, { method: "POST", path: leasesPath(ref.namespace), body }, signal);
  }

  /** The object that the caller decided on: the one read with that version, else read again and compared. */
  async #present(
    ref: ObjectRef,
    expected: ObjectVersion,
    signal: AbortSignal,
  ): Promise<Result<JsonObject, WriteError>> {
    const known = this.#read.get(expected);
    if (known !== undefined) return ok(known);
    const now = await this.get(ref, signal);
    if (!now.ok) return now.error.reason === "not-found" ? fail({ reason: "conflict" }) : now;
    const { lease, version } = now.value.value;
    const isSame =
      version.uid === expected.uid &&
      version.resourceVersion === expected.resourceVersion &&
      version.uid !== "";
    return isSame ? ok(lease) : fail({ reason: "conflict" });
  }

  async #send(
    ref: ObjectRef,
    call: ApiCall,
    signal: AbortSignal,
  ): Promise<Result<Reading<FoundLease>, WriteError>> {
    const answer = await this.#api.request(ref.context, { ...call, timeoutMs: LEASE_TIMEOUT_MS }, signal);
    if (!answer.ok) return answer;
    const { body, serverTime } = answer.value;
    if (!isObject(body) || textAt(body, "kind") !== "Lease") {
      return fail({ reason: "not-kubernetes", server: ref.context, detail: "the answer is no Lease" });
    }
    const version = versionOf(body);
    this.#read.set(version, body);
    return ok({ value: { lease: body, version }, serverTime });
  }
}

interface FoundLease {
  readonly lease: JsonObject;
  readonly version: ObjectVersion;
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

function stored<R, E>(
  found: Result<Reading<FoundLease>, E>,
  read: (lease: JsonObject) => R,
): Result<Reading<{ readonly record: R; readonly version: ObjectVersion }>, E> {
  if (!found.ok) return found;
  const { value, serverTime } = found.value;
  return ok({ value: { record: read(value.lease), version: value.version }, serverTime });
}
