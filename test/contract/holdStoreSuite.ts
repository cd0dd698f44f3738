import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HoldStore } from "../../src/app/rollbackPorts.ts";
import type { ObjectRef, ObjectVersion } from "../../src/domain/cluster.ts";
import type { EnvironmentHold } from "../../src/domain/hold.ts";
import { aHold } from "../builders/hold.ts";

/** A store and a place in which to try it. */
export interface HoldStoreSetting {
  readonly store: HoldStore;
  /** A Lease as an administrator makes it: there, with an empty spec. */
  emptyLease(): Promise<ObjectRef>;
  /** A name that no Lease has. */
  absentLease(): ObjectRef;
  delete(ref: ObjectRef): Promise<void>;
}

const signal = new AbortController().signal;

/** What every HoldStore does, the one in memory and the one on Leases. */
export function holdStoreContract(name: string, setting: () => HoldStoreSetting): void {
  const stored = async (
    ref: ObjectRef,
  ): Promise<{ readonly hold: EnvironmentHold | undefined; readonly version: ObjectVersion }> => {
    const found = await setting().store.read(ref, signal);
    if (!found.ok) assert.fail(JSON.stringify(found.error));
    assert.equal(typeof found.value.serverTime, "number");
    return found.value.value;
  };

  describe(`a hold store (${name})`, () => {
    test("a Lease with an empty spec holds nothing", async () => {
      assert.equal((await stored(await setting().emptyLease())).hold, undefined);
    });

    test("an absent Lease is not found, and says what was looked for", async () => {
      const ref = setting().absentLease();
      assert.deepEqual(await setting().store.read(ref, signal), {
        ok: false,
        error: { reason: "not-found", what: `leases ${ref.namespace}/${ref.name}` },
      });
    });

    test("what was written is read back whole, and is gone once it is lifted", async () => {
      const ref = await setting().emptyLease();
      const before = await stored(ref);
      assert.ok((await setting().store.write(ref, before.version, aHold(), signal)).ok);
      const placed = await stored(ref);
      assert.deepEqual(placed.hold, aHold());
      assert.ok((await setting().store.write(ref, placed.version, undefined, signal)).ok);
      assert.equal((await stored(ref)).hold, undefined);
    });

    test("of two writes upon the same version exactly one succeeds, and the other is a conflict", async () => {
      const ref = await setting().emptyLease();
      const { version } = await stored(ref);
      const written = await Promise.all(
        ["a", "b"].map((nonce) => setting().store.write(ref, version, aHold({ nonce }), signal)),
      );
      const lost = written.filter(({ ok }) => !ok);
      assert.deepEqual(lost, [{ ok: false, error: { reason: "conflict" } }]);
    });

    test("of two who make the Lease exactly one succeeds", async () => {
      const ref = setting().absentLease();
      const made = await Promise.all(
        ["a", "b"].map((nonce) => setting().store.create(ref, aHold({ nonce }), signal)),
      );
      assert.deepEqual(
        made.filter(({ ok }) => !ok),
        [{ ok: false, error: { reason: "conflict" } }],
      );
    });

    test("a Lease that was deleted is not made again by a write", async () => {
      const ref = await setting().emptyLease();
      const { version } = await stored(ref);
      await setting().delete(ref);
      const written = await setting().store.write(ref, version, aHold(), signal);
      assert.deepEqual(written, { ok: false, error: { reason: "conflict" } });
    });
  });
}
