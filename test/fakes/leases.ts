import type { LockStore, OperationStore, Reading, WaitingStore, WriteError } from "../../src/app/ports.ts";
import type { HoldStore } from "../../src/app/rollbackPorts.ts";
import { refKey, type ClusterError, type ObjectRef, type ObjectVersion } from "../../src/domain/cluster.ts";
import type { EnvironmentHold } from "../../src/domain/hold.ts";
import type { LockRecord, StoredLock } from "../../src/domain/lock.ts";
import type { OperationRecord, StoredOperation } from "../../src/domain/operation.ts";
import { fail, ok, type Result } from "../../src/domain/result.ts";
import type { EpochMs } from "../../src/domain/time.ts";
import type { StoredWaiting, Waiter } from "../../src/domain/waiting.ts";

/** What the network does to one write: refuses it, or loses its answer before or after it was done. */
export interface Fault {
  readonly error: WriteError;
  readonly isDone: boolean;
}

interface Stored<R> {
  readonly record: R;
  readonly version: ObjectVersion;
}

/** Objects with uid and resourceVersion, as the API server keeps them, in memory. */
class Objects<R> {
  readonly #objects = new Map<string, Stored<R>>();
  #versions = 0;
  #uids = 0;
  /** What the server's clock says, in whole seconds; undefined where a proxy takes the header away. */
  serverTime: EpochMs | undefined = Date.UTC(2026, 10, 23, 8);
  /** One for each coming write; undefined lets it through. */
  readonly writeFaults: (Fault | undefined)[] = [];
  /** One for each coming read. */
  readonly readFaults: (ClusterError | undefined)[] = [];
  /** Runs before each write, e.g. so that somebody else is faster. */
  beforeWrite: ((ref: ObjectRef) => void) | undefined;
  /** Runs after each write that was done, before its answer. */
  afterWrite: (() => void) | undefined;
  mayCreate = true;
  writes = 0;

  /** Writes as somebody else does, past all faults; a new object where there is none. */
  put(ref: ObjectRef, record: R): Stored<R> {
    const uid = this.#objects.get(refKey(ref))?.version.uid ?? this.#newUid();
    return this.#store(ref, uid, record);
  }

  delete(ref: ObjectRef): void {
    this.#objects.delete(refKey(ref));
  }

  get(ref: ObjectRef): Stored<R> | undefined {
    return this.#objects.get(refKey(ref));
  }

  read(ref: ObjectRef): Result<Reading<Stored<R>>, ClusterError> {
    const fault = this.readFaults.shift();
    if (fault !== undefined) return fail(fault);
    const found = this.get(ref);
    if (found === undefined)
      return fail({ reason: "not-found", what: `leases ${ref.namespace}/${ref.name}` });
    // A fresh version object each time, as an answer from afar has.
    return ok(this.#reading({ record: found.record, version: { ...found.version } }));
  }

  write(ref: ObjectRef, expected: ObjectVersion, next: R): Result<Reading<Stored<R>>, WriteError> {
    return this.#answer(ref, () => {
      const found = this.get(ref);
      const isSame =
        found?.version.uid === expected.uid && found.version.resourceVersion === expected.resourceVersion;
      return isSame ? ok(this.#store(ref, expected.uid, next)) : fail({ reason: "conflict" });
    });
  }

  create(ref: ObjectRef, first: R): Result<Reading<Stored<R>>, WriteError> {
    return this.#answer(ref, () => {
      if (!this.mayCreate) return fail({ reason: "forbidden", detail: "cannot create leases" });
      if (this.get(ref) !== undefined) return fail({ reason: "conflict" });
      return ok(this.#store(ref, this.#newUid(), first));
    });
  }

  #answer(ref: ObjectRef, act: () => Result<Stored<R>, WriteError>): Result<Reading<Stored<R>>, WriteError> {
    this.writes += 1;
    this.beforeWrite?.(ref);
    const fault = this.writeFaults.shift();
    const done = fault === undefined || fault.isDone ? act() : undefined;
    if (done?.ok === true) this.afterWrite?.();
    if (fault !== undefined) return fail(fault.error);
    if (done === undefined) throw new Error("Without a fault the write is done.");
    return done.ok ? ok(this.#reading(done.value)) : done;
  }

  #store(ref: ObjectRef, uid: string, record: R): Stored<R> {
    this.#versions += 1;
    const stored = { record, version: { uid, resourceVersion: String(this.#versions) } };
    this.#objects.set(refKey(ref), stored);
    return stored;
  }

  #newUid(): string {
    this.#uids += 1;
    return `uid-${this.#uids}`;
  }

  #reading(value: Stored<R>): Reading<Stored<R>> {
    return { value, serverTime: this.serverTime };
  }
}

/** A turn of the event loop, so that flows really run into each other. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Reservations in memory; passes the same contract as the real store. */
export class FakeLockStore implements LockStore {
  readonly objects = new Objects<LockRecord>();

  async read(ref: ObjectRef): Promise<Result<Reading<StoredLock>, ClusterError>> {
    await turn();
    return this.objects.read(ref);
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    next: LockRecord,
  ): Promise<Result<Reading<StoredLock>, WriteError>> {
    if (next.kind === "unreadable") throw new Error("An unreadable lock must not be written.");
    await turn();
    return this.objects.write(ref, expected, next);
  }

  async create(ref: ObjectRef, first: LockRecord): Promise<Result<Reading<StoredLock>, WriteError>> {
    await turn();
    return this.objects.create(ref, first);
  }
}

/** Operations in memory; every write has a beat of its own. */
export class FakeOperationStore implements OperationStore {
  readonly objects = new Objects<OperationRecord>();
  #beats = 0;

  async read(ref: ObjectRef): Promise<Result<Reading<StoredOperation>, ClusterError>> {
    await turn();
    return this.objects.read(ref);
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    next: OperationRecord,
  ): Promise<Result<Reading<StoredOperation>, WriteError>> {
    await turn();
    return this.objects.write(ref, expected, this.#beaten(next));
  }

  async create(
    ref: ObjectRef,
    first: OperationRecord,
  ): Promise<Result<Reading<StoredOperation>, WriteError>> {
    await turn();
    return this.objects.create(ref, this.#beaten(first));
  }

  #beaten(record: OperationRecord): OperationRecord {
    this.#beats += 1;
    return record.kind === "working" ? { ...record, beat: `beat-${this.#beats}` } : record;
  }
}

/** Waiting lists in memory; passes the same contract as the real store. */
export class FakeWaitingStore implements WaitingStore {
  readonly objects = new Objects<readonly Waiter[]>();

  async read(ref: ObjectRef): Promise<Result<Reading<StoredWaiting>, ClusterError>> {
    await turn();
    return listed(this.objects.read(ref));
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    waiters: readonly Waiter[],
  ): Promise<Result<Reading<StoredWaiting>, WriteError>> {
    await turn();
    return listed(this.objects.write(ref, expected, waiters));
  }

  async create(
    ref: ObjectRef,
    waiters: readonly Waiter[],
  ): Promise<Result<Reading<StoredWaiting>, WriteError>> {
    await turn();
    return listed(this.objects.create(ref, waiters));
  }
}

function listed<E>(stored: Result<Reading<Stored<readonly Waiter[]>>, E>): Result<Reading<StoredWaiting>, E> {
  if (!stored.ok) return stored;
  const { value, serverTime } = stored.value;
  return { ok: true, value: { value: { waiters: value.record, version: value.version }, serverTime } };
}

/** Holds in memory; the Lease of an environment that has none holds undefined. */
export class FakeHoldStore implements HoldStore {
  readonly objects = new Objects<EnvironmentHold | undefined>();

  async read(ref: ObjectRef): ReturnType<HoldStore["read"]> {
    await turn();
    const read = this.objects.read(ref);
    if (!read.ok) return read;
    const { value, serverTime } = read.value;
    return ok({ value: { hold: value.record, version: value.version }, serverTime });
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    hold: EnvironmentHold | undefined,
  ): ReturnType<HoldStore["write"]> {
    await turn();
    const written = this.objects.write(ref, expected, hold);
    return written.ok ? ok(undefined) : written;
  }

  async create(ref: ObjectRef, hold: EnvironmentHold): ReturnType<HoldStore["create"]> {
    await turn();
    const written = this.objects.create(ref, hold);
    return written.ok ? ok(undefined) : written;
  }
}
