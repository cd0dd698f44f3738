import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WaitingStore } from "../../src/app/ports.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import type { StoredWaiting, Waiter } from "../../src/domain/waiting.ts";
import { ann, ben } from "../builders/deploy.ts";
import { at, aWaiter } from "../builders/lock.ts";

/** A store and a place in which to try it. */
export interface WaitingStoreSetting {
  readonly store: WaitingStore;
  /** A Lease as an administrator makes it: there, with an empty spec. */
  emptyLease(): Promise<ObjectRef>;
  /** A name that no Lease has. */
  absentLease(): ObjectRef;
  delete(ref: ObjectRef): Promise<void>;
}

const signal = new AbortController().signal;

const list: readonly Waiter[] = [
  aWaiter(ann, { leftAt: at("08:30") }),
  aWaiter(ben, {
    branch: "task/b",
    acknowledged: { machine: "dev1", freeAt: at("08:10"), from: at("08:11") },
  }),
];

/** What every WaitingStore does, the one in memory and the one on Leases. */
export function waitingStoreContract(name: string, setting: () => WaitingStoreSetting): void {
  const readStored = async (ref: ObjectRef): Promise<StoredWaiting> => {
    const found = await setting().store.read(ref, signal);
    if (!found.ok) assert.fail(JSON.stringify(found.error));
    return found.value.value;
  };

  describe(`a waiting store (${name})`, () => {
    test("a Lease with an empty spec is a list of nobody", async () => {
      const { waiters } = await readStored(await setting().emptyLease());
      assert.deepEqual(waiters, []);
    });

    test("an absent Lease is not found, and says what was looked for", async () => {
      const ref = setting().absentLease();
      assert.deepEqual(await setting().store.read(ref, signal), {
        ok: false,
        error: { reason: "not-found", what: `leases ${ref.namespace}/${ref.name}` },
      });
    });

    test("what was written is read back whole, with the server's time", async () => {
      const ref = await setting().emptyLease();
      const { version } = await readStored(ref);
      const written = await setting().store.write(ref, version, list, signal);
      if (!written.ok) assert.fail(JSON.stringify(written.error));
      assert.equal(typeof written.value.serverTime, "number");
      assert.deepEqual(written.value.value.waiters, list);
      assert.deepEqual(await readStored(ref), written.value.value);
    });

    test("an emptied list is a list of nobody", async () => {
      const ref = setting().absentLease();
      const first = await setting().store.create(ref, list, signal);
      if (!first.ok) assert.fail(JSON.stringify(first.error));
      const second = await setting().store.write(ref, first.value.value.version, [], signal);
      assert.deepEqual(second.ok && second.value.value.waiters, []);
    });

    test("of two writes upon the same version exactly one succeeds, and the other is a conflict", async () => {
      const ref = await setting().emptyLease();
      const { version } = await readStored(ref);
      const outcomes = await Promise.all(
        [ann, ben].map((who) => setting().store.write(ref, { ...version }, [aWaiter(who)], signal)),
      );
      assert.deepEqual(outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error.reason)).sort(), [
        "conflict",
        "ok",
      ]);
    });

    test("of two who make the list exactly one succeeds, and the other is a conflict", async () => {
      const ref = setting().absentLease();
      const outcomes = await Promise.all(
        [ann, ben].map((who) => setting().store.create(ref, [aWaiter(who)], signal)),
      );
      assert.deepEqual(outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error.reason)).sort(), [
        "conflict",
        "ok",
      ]);
    });

    test("a write to a Lease that was deleted meanwhile is a conflict and does not make it again", async () => {
      const ref = await setting().emptyLease();
      const { version } = await readStored(ref);
      await setting().delete(ref);
      assert.deepEqual(await setting().store.write(ref, version, list, signal), {
        ok: false,
        error: { reason: "conflict" },
      });
      const after = await setting().store.read(ref, signal);
      assert.equal(after.ok ? "there" : after.error.reason, "not-found");
    });
  });
}
