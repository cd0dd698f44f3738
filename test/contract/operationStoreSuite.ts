import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OperationStore } from "../../src/app/ports.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import type { OperationRecord, StoredOperation } from "../../src/domain/operation.ts";
import { anOperation } from "../builders/lock.ts";

/** A store and a place in which to try it. */
export interface OperationStoreSetting {
  readonly store: OperationStore;
  emptyLease(): Promise<ObjectRef>;
  absentLease(): ObjectRef;
  delete(ref: ObjectRef): Promise<void>;
}

const signal = new AbortController().signal;

/** The beat is the store's own; all that counts is whether it changes. */
const withoutBeat = (record: OperationRecord): OperationRecord =>
  record.kind === "working" ? { ...record, beat: "" } : record;

const beatOf = ({ record }: StoredOperation): string => (record.kind === "working" ? record.beat : "");

/** What every OperationStore does, the one in memory and the one on Leases. */
export function operationStoreContract(name: string, setting: () => OperationStoreSetting): void {
  const read = async (ref: ObjectRef): Promise<StoredOperation> => {
    const found = await setting().store.read(ref, signal);
    if (!found.ok) assert.fail(JSON.stringify(found.error));
    return found.value.value;
  };
  const write = async (
    ref: ObjectRef,
    { version }: StoredOperation,
    next: OperationRecord,
  ): Promise<StoredOperation> => {
    const written = await setting().store.write(ref, version, next, signal);
    if (!written.ok) assert.fail(JSON.stringify(written.error));
    return written.value.value;
  };

  describe(`an operation store (${name})`, () => {
    test("a Lease with an empty spec is idle", async () => {
      const { record } = await read(await setting().emptyLease());
      assert.deepEqual(record, { kind: "idle", transitions: 0 });
    });

    test("what was written is read back, with a beat of its own", async () => {
      const ref = await setting().emptyLease();
      const written = await write(ref, await read(ref), anOperation());
      assert.deepEqual(withoutBeat(written.record), anOperation({ beat: "" }));
      assert.deepEqual(await read(ref), written);
    });

    test("every renewal changes the beat, however soon it comes", async () => {
      const ref = await setting().emptyLease();
      const first = await write(ref, await read(ref), anOperation());
      const second = await write(ref, first, first.record);
      const third = await write(ref, second, second.record);
      assert.equal(new Set([first, second, third].map(beatOf)).size, 3);
    });

    test("one that was given back is idle and keeps its fencing token", async () => {
      const ref = await setting().emptyLease();
      const working = await write(ref, await read(ref), anOperation({ transitions: 4 }));
      await write(ref, working, { kind: "idle", transitions: 4 });
      assert.deepEqual((await read(ref)).record, { kind: "idle", transitions: 4 });
    });

    test("of two writes upon the same version exactly one succeeds, and the other is a conflict", async () => {
      const ref = await setting().emptyLease();
      const { version } = await read(ref);
      const outcomes = await Promise.all(
        ["run-1", "run-2"].map((run) =>
          setting().store.write(ref, { ...version }, anOperation({ run }), signal),
        ),
      );
      assert.deepEqual(outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error.reason)).sort(), [
        "conflict",
        "ok",
      ]);
    });

    test("a renewal does not make a Lease again that was deleted", async () => {
      const ref = setting().absentLease();
      const created = await setting().store.create(ref, anOperation(), signal);
      if (!created.ok) assert.fail(JSON.stringify(created.error));
      await setting().delete(ref);
      const late = await setting().store.write(ref, created.value.value.version, anOperation(), signal);
      assert.deepEqual(late, { ok: false, error: { reason: "conflict" } });
      const after = await setting().store.read(ref, signal);
      assert.equal(after.ok ? "there" : after.error.reason, "not-found");
    });
  });
}
