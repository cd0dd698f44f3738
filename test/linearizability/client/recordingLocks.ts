import type { LockStore, Reading, WriteError } from "../../../src/app/ports.ts";
import { mayHaveArrived } from "../../../src/app/writing.ts";
import type { ClusterError, ObjectRef, ObjectVersion } from "../../../src/domain/cluster.ts";
import type { LockRecord, StoredLock } from "../../../src/domain/lock.ts";
import type { Result } from "../../../src/domain/result.ts";
import { now, type LockSeen, type Recorder, type Verb } from "../history.ts";
import { asStored, lockSeenOf } from "./lockSeen.ts";

interface Seen {
  readonly lock: LockSeen;
  readonly serverTime: number | undefined;
}

/** The operation that a client is about, as far as its readings and writes are to be told apart. */
export interface Present {
  readonly operation: string;
  readonly verb: Verb;
}

/** A lock store that takes down every reading and every write, the latter before it is sent. */
export class RecordingLocks implements LockStore {
  readonly #inner: LockStore;
  readonly #recorder: Recorder;
  readonly #client: string;
  readonly #seen = new WeakMap<ObjectVersion, Seen>();
  #writes = 0;
  present: Present = { operation: "", verb: "read" };

  constructor(inner: LockStore, recorder: Recorder, client: string) {
    this.#inner = inner;
    this.#recorder = recorder;
    this.#client = client;
  }

  async read(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<StoredLock>, ClusterError>> {
    const { operation } = this.present;
    const from = now();
    const read = await this.#inner.read(ref, signal);
    if (!read.ok) return read;
    const { value, serverTime } = read.value;
    const lock = lockSeenOf(value.record);
    this.#seen.set(value.version, { lock, serverTime });
    this.#recorder.write({
      ...{ entry: "read", client: this.#client, at: now(), operation, from, machine: ref.name, lock },
      version: value.version.resourceVersion,
      ...(serverTime === undefined ? {} : { serverTime }),
    });
    return read;
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    next: LockRecord,
    pool: string,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredLock>, WriteError>> {
    const before = this.#seen.get(expected);
    if (before === undefined) throw new Error(`A write to ${ref.name} rests on no reading.`);
    this.#writes += 1;
    const write = `${this.#client}/${this.#writes}`;
    this.#recorder.write({
      ...{ entry: "send", client: this.#client, at: now(), ...this.present, write, machine: ref.name },
      version: expected.resourceVersion,
      before: before.lock,
      after: asStored(next, pool),
      ...(before.serverTime === undefined ? {} : { serverTime: before.serverTime }),
    });
    const written = await this.#inner.write(ref, expected, next, pool, signal);
    this.#told(write, written);
    return written;
  }

  create(): Promise<Result<Reading<StoredLock>, WriteError>> {
    throw new Error("Every Lease is there from the start.");
  }

  #told(write: string, written: Result<Reading<StoredLock>, WriteError>): void {
    const told = { entry: "sent", client: this.#client, at: now(), write } as const;
    if (!written.ok) {
      const { reason } = written.error;
      const result = mayHaveArrived(written.error) ? "unknown" : "refused";
      this.#recorder.write({ ...told, result, reason });
      return;
    }
    const { value, serverTime } = written.value;
    const lock = lockSeenOf(value.record);
    this.#seen.set(value.version, { lock, serverTime });
    this.#recorder.write({
      ...{ ...told, result: "ok", reason: "" },
      version: value.version.resourceVersion,
      lock,
    });
  }
}

/** What must never be: a store that writes over whatever is there, by naming the version of this very moment. */
export function withoutCompareAndSwap(inner: LockStore): LockStore {
  return {
    read: (ref, signal) => inner.read(ref, signal),
    create: (...order) => inner.create(...order),
    write: async (ref, _expected, next, pool, signal) => {
      const newest = await inner.read(ref, signal);
      return newest.ok ? inner.write(ref, newest.value.value.version, next, pool, signal) : newest;
    },
  };
}
