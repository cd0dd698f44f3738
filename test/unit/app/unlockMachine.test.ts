import assert from "node:assert/strict";
import { test } from "node:test";
import { unlockMachine } from "../../../src/app/unlockMachine.ts";
import type { Clock, LockStore, WriteError } from "../../../src/app/ports.ts";
import type { LockRecord, StoredLock } from "../../../src/domain/lock.ts";
import type { Person } from "../../../src/domain/person.ts";
import { fail, ok } from "../../../src/domain/result.ts";

const ann: Person = { user: "ann", mail: "ann@example.com", name: "Ann" };
const ben: Person = { user: "ben", mail: "ben@example.com", name: "Ben" };
const NOW = 1_000_000;
const dev1 = { name: "dev1", pool: "dev", locks: { context: "staging", namespace: "devdeploy" } };
const signal = new AbortController().signal;
const clock: Clock = {
  now: () => NOW,
  monotonic: () => 0,
  sleep: () => Promise.resolve(),
  after: () => ({ dispose: () => undefined }),
};

const heldBy = (by: Person): LockRecord & { kind: "held" } => ({
  kind: "held",
  hold: { by, since: 0, renewedAt: 0, until: NOW + 1 },
  transitions: 4,
  history: [],
});

/** One Lease with memory; `failures` are what the next writes answer, and whether they are stored all the same. */
class OneLock implements LockStore {
  stored: StoredLock;
  readonly failures: { readonly error: WriteError; readonly isStored: boolean }[] = [];

  constructor(record: LockRecord) {
    this.stored = { record, version: { uid: "u", resourceVersion: "1" } };
  }

  read(): ReturnType<LockStore["read"]> {
    return Promise.resolve(ok({ value: this.stored, serverTime: NOW }));
  }

  write(...[, expected, next]: Parameters<LockStore["write"]>): ReturnType<LockStore["write"]> {
    const failure = this.failures.shift();
    const { resourceVersion } = this.stored.version;
    if (failure === undefined || failure.isStored) {
      if (expected.resourceVersion !== resourceVersion) return Promise.resolve(fail({ reason: "conflict" }));
      this.stored = { record: next, version: { uid: "u", resourceVersion: `${resourceVersion}1` } };
    }
    return Promise.resolve(
      failure === undefined ? ok({ value: this.stored, serverTime: NOW }) : fail(failure.error),
    );
  }

  create(): ReturnType<LockStore["create"]> {
    return Promise.resolve(fail({ reason: "conflict" }));
  }
}

const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };

test("my machine is given back: free, last mine, with the same fencing token", async () => {
  const locks = new OneLock(heldBy(ann));
  assert.deepEqual(await unlockMachine({ locks, clock })(dev1, ann, signal), { kind: "unlocked" });
  assert.deepEqual(locks.stored.record, {
    kind: "free",
    transitions: 4,
    last: heldBy(ann).hold,
    history: [{ at: NOW, by: "Ann", what: "unlocked" }],
  });
});

test("another's lock is never cleared", async () => {
  const locks = new OneLock(heldBy(ben));
  const outcome = await unlockMachine({ locks, clock })(dev1, ann, signal);
  assert.deepEqual(
    [outcome, locks.stored.record],
    [{ kind: "not-yours", state: { kind: "held", hold: heldBy(ben).hold } }, heldBy(ben)],
  );
});

test("an answer that was lost on the way is resolved by reading back", async () => {
  const locks = new OneLock(heldBy(ann));
  locks.failures.push({ error: timeout, isStored: true });
  assert.deepEqual(await unlockMachine({ locks, clock })(dev1, ann, signal), { kind: "unlocked" });
});

test("a write that was lost on the way is sent again", async () => {
  const locks = new OneLock(heldBy(ann));
  locks.failures.push({ error: timeout, isStored: false });
  assert.deepEqual(await unlockMachine({ locks, clock })(dev1, ann, signal), { kind: "unlocked" });
  assert.equal(locks.stored.record.kind, "free");
});

test("a cluster that refuses is told as it is", async () => {
  const locks = new OneLock(heldBy(ann));
  const error: WriteError = { reason: "forbidden", detail: "update leases" };
  locks.failures.push({ error, isStored: false });
  assert.deepEqual(await unlockMachine({ locks, clock })(dev1, ann, signal), {
    kind: "failed",
    error,
    mayBeFree: false,
  });
});
