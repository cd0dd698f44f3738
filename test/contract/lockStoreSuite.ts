import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LockStore } from "../../src/app/ports.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import { type LockRecord } from "../../src/domain/lock.ts";
import { claimed, unlocked } from "../../src/domain/lockChanges.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { aBranch, aCommit, ann, ben } from "../builders/deploy.ts";
import { at } from "../builders/lock.ts";

/** A store and a place in which to try it. */
export interface LockStoreSetting {
  readonly store: LockStore;
  /** A Lease as an administrator makes it: there, with an empty spec. */
  emptyLease(): Promise<ObjectRef>;
  /** A name that no Lease has. */
  absentLease(): ObjectRef;
  delete(ref: ObjectRef): Promise<void>;
}

const signal = new AbortController().signal;

const claim = (by = ann, nonce = "nonce-1"): LockRecord =>
  claimed(
    { kind: "free", transitions: 6, history: [] },
    { by, branch: aBranch(), commit: aCommit(), url: "https://dev1.example.com", nonce },
    at("08:00"),
    12 * HOUR_MS,
  );

/** What every LockStore does, the one in memory and the one on Leases. */
export function lockStoreContract(name: string, setting: () => LockStoreSetting): void {
  const read = async (ref: ObjectRef): ReturnType<LockStore["read"]> => setting().store.read(ref, signal);

  const readStored = async (
    ref: ObjectRef,
  ): Promise<{ record: LockRecord; version: { uid: string; resourceVersion: string } }> => {
    const found = await read(ref);
    if (!found.ok) assert.fail(JSON.stringify(found.error));
    return found.value.value;
  };

  describe(`a lock store (${name})`, () => {
    test("a Lease with an empty spec is free", async () => {
      const { record } = await readStored(await setting().emptyLease());
      assert.deepEqual(record, { kind: "free", transitions: 0, history: [] });
    });

    test("an absent Lease is not found, and says what was looked for", async () => {
      const ref = setting().absentLease();
      const found = await read(ref);
      assert.deepEqual(found, {
        ok: false,
        error: { reason: "not-found", what: `leases ${ref.namespace}/${ref.name}` },
      });
    });

    test("what was written is read back whole, with the server's time", async () => {
      const ref = await setting().emptyLease();
      const { version } = await readStored(ref);
      const written = await setting().store.write(ref, version, claim(), "dev", signal);
      if (!written.ok) assert.fail(JSON.stringify(written.error));
      assert.equal(typeof written.value.serverTime, "number");
      assert.deepEqual(written.value.value.record, claim());
      assert.deepEqual(await readStored(ref), written.value.value);
    });

    test("a free lock keeps whose it was, its fencing token and its history", async () => {
      const ref = await setting().emptyLease();
      const first = await setting().store.write(ref, (await readStored(ref)).version, claim(), "dev", signal);
      if (!first.ok || first.value.value.record.kind !== "held") assert.fail("the claim was not stored");
      const free = unlocked(first.value.value.record, ann, at("09:00"));
      const second = await setting().store.write(ref, first.value.value.version, free, "dev", signal);
      if (!second.ok) assert.fail(JSON.stringify(second.error));
      assert.deepEqual((await readStored(ref)).record, free);
    });

    test("of two writes upon the same version exactly one succeeds, and the other is a conflict", async () => {
      const ref = await setting().emptyLease();
      const { version } = await readStored(ref);
      const outcomes = await Promise.all(
        [ann, ben].map((by) => setting().store.write(ref, { ...version }, claim(by, by.user), "dev", signal)),
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
      const written = await setting().store.write(ref, version, claim(), "dev", signal);
      assert.deepEqual(written, { ok: false, error: { reason: "conflict" } });
      const after = await read(ref);
      assert.equal(after.ok ? "there" : after.error.reason, "not-found");
    });

    test("a write to a Lease that was deleted and made again is a conflict", async () => {
      const ref = setting().absentLease();
      const first = await setting().store.create(ref, claim(), "dev", signal);
      if (!first.ok) assert.fail(JSON.stringify(first.error));
      await setting().delete(ref);
      const again = await setting().store.create(ref, claim(ben), "dev", signal);
      if (!again.ok) assert.fail(JSON.stringify(again.error));
      const late = await setting().store.write(ref, first.value.value.version, claim(), "dev", signal);
      assert.deepEqual(late, { ok: false, error: { reason: "conflict" } });
      assert.deepEqual((await readStored(ref)).record, claim(ben));
    });

    test("of two who create a Lease exactly one succeeds, and the other is a conflict", async () => {
      const ref = setting().absentLease();
      const outcomes = await Promise.all(
        [ann, ben].map((by) => setting().store.create(ref, claim(by, by.user), "dev", signal)),
      );
      assert.deepEqual(outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error.reason)).sort(), [
        "conflict",
        "ok",
      ]);
    });
  });
}
