import assert from "node:assert/strict";
import { test } from "node:test";
import type { WriteError } from "../../../src/app/ports.ts";
import { unlockMachine, type UnlockOutcome } from "../../../src/app/unlockMachine.ts";
import { lockRef, type LockRecord } from "../../../src/domain/lock.ts";
import { ann, ben } from "../../builders/deploy.ts";
import { at, freeLock, heldLock } from "../../builders/lock.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeLockStore } from "../../fakes/leases.ts";

const ref = lockRef("dev1", { context: "staging", namespace: "devdeploy" });
const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };
const conflict: WriteError = { reason: "conflict" };

function aStore(record: LockRecord): FakeLockStore {
  const locks = new FakeLockStore();
  locks.objects.put(ref, record);
  return locks;
}

const unlock = (locks: FakeLockStore): Promise<UnlockOutcome> =>
  unlockMachine(
    { locks, clock: new ImpatientClock(), random: () => 0.5 },
    { ref, pool: "dev", by: ann },
    new AbortController().signal,
  );

test("my machine is given back: free, last mine, with the same fencing token", async () => {
  const mine = heldLock({ by: ann }, 4);
  const locks = aStore(mine);
  assert.deepEqual(await unlock(locks), { kind: "unlocked" });
  assert.deepEqual(locks.objects.get(ref)?.record, {
    kind: "free",
    transitions: 4,
    last: mine.hold,
    history: [{ at: at("08:00"), by: "Ann Lee", what: "unlocked" }],
  });
});

test("another's machine is not touched, and whose it is is said", async () => {
  const theirs = heldLock({ by: ben });
  const locks = aStore(theirs);
  assert.deepEqual(await unlock(locks), { kind: "not-holder", lock: theirs });
  assert.equal(locks.objects.writes, 0);
});

test("a lock that cannot be read is not touched", async () => {
  const record: LockRecord = { kind: "unreadable", holder: "ann <ann@example.com>", problem: "no renewTime" };
  assert.deepEqual(await unlock(aStore(record)), { kind: "not-holder", lock: record });
});

test("a free machine is already free", async () => {
  assert.deepEqual(await unlock(aStore(freeLock())), { kind: "already-free" });
});

test("somebody who claims it in that very moment keeps it", async () => {
  const locks = aStore(heldLock({ by: ann }));
  locks.objects.beforeWrite = () => locks.objects.put(ref, heldLock({ by: ben }, 2));
  assert.deepEqual(await unlock(locks), { kind: "not-holder", lock: heldLock({ by: ben }, 2) });
});

test("a note that somebody added meanwhile does not keep it from being unlocked", async () => {
  const locks = aStore(heldLock({ by: ann }));
  locks.objects.writeFaults.push({ error: conflict, isDone: false });
  assert.deepEqual(await unlock(locks), { kind: "unlocked" });
});

for (const isDone of [true, false]) {
  test(`a lost answer ends in unlocked, ${isDone ? "found done" : "done again"}`, async () => {
    const locks = aStore(heldLock({ by: ann }));
    locks.objects.writeFaults.push({ error: timeout, isDone });
    assert.deepEqual(await unlock(locks), { kind: "unlocked" });
    assert.equal(locks.objects.writes, isDone ? 1 : 2);
  });
}

test("a lost answer that cannot be looked up is told as it is: it may be free", async () => {
  const locks = aStore(heldLock({ by: ann }));
  locks.objects.writeFaults.push({ error: timeout, isDone: true });
  locks.objects.readFaults.push(undefined, timeout);
  assert.deepEqual(await unlock(locks), { kind: "failed", error: timeout, mayBeFree: true });
});

test("a refusal is told, and nothing is tried again", async () => {
  const locks = aStore(heldLock({ by: ann }));
  const error: WriteError = { reason: "forbidden", detail: "update" };
  locks.objects.writeFaults.push({ error, isDone: false });
  assert.deepEqual(await unlock(locks), { kind: "failed", error, mayBeFree: false });
  assert.equal(locks.objects.writes, 1);
});
