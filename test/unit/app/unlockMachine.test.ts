import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WriteError } from "../../../src/app/ports.ts";
import { unlockMachine, type UnlockOrder, type UnlockOutcome } from "../../../src/app/unlockMachine.ts";
import { lockRef, shownLock, type LockRecord } from "../../../src/domain/lock.ts";
import { asked, claimed } from "../../../src/domain/lockChanges.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, ann, ben } from "../../builders/deploy.ts";
import { anAsk, at, freeLock, heldLock } from "../../builders/lock.ts";
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

let nonces = 0;
const unlock = (locks: FakeLockStore, order: Partial<UnlockOrder> = {}): Promise<UnlockOutcome> =>
  unlockMachine(
    { locks, clock: new ImpatientClock(), random: () => 0.5, newNonce: () => `nonce-${(nonces += 1)}` },
    { ref, pool: "dev", by: ann, ...order },
    new AbortController().signal,
  );

describe("one's own machine", () => {
  test("is given back: free, last mine, with the same fencing token", async () => {
    const mine = heldLock({ by: ann }, 4);
    const locks = aStore(mine);
    assert.deepEqual(await unlock(locks), { kind: "unlocked" });
    assert.deepEqual(locks.objects.get(ref)?.record, {
      kind: "free",
      transitions: 4,
      last: mine.hold,
      history: [
        {
          at: at("08:00"),
          by: "Ann Lee",
          who: "ann <ann@example.com>",
          what: "unlocked",
          nonce: `nonce-${nonces}`,
        },
      ],
    });
  });

  test("that is another's by now is not touched, and whose it is is said", async () => {
    const theirs = heldLock({ by: ben });
    const locks = aStore(theirs);
    assert.deepEqual(await unlock(locks), { kind: "not-holder", lock: theirs });
    assert.equal(locks.objects.writes, 0);
  });

  test("that cannot be read is not touched", async () => {
    const record: LockRecord = {
      kind: "unreadable",
      holder: "ann <ann@example.com>",
      problem: "no renewTime",
    };
    assert.deepEqual(await unlock(aStore(record)), { kind: "not-holder", lock: record });
  });

  test("that is free is already free", async () => {
    assert.deepEqual(await unlock(aStore(freeLock())), { kind: "already-free" });
  });

  test("whose lock has ended is free already, and nobody's turn to have it begins anew", async () => {
    const locks = aStore(heldLock({ by: ann, until: at("08:00") }));
    assert.deepEqual(await unlock(locks), { kind: "already-free" });
    assert.equal(locks.objects.writes, 0);
  });

  test("that somebody claims in that very moment stays theirs", async () => {
    const locks = aStore(heldLock({ by: ann }));
    locks.objects.beforeWrite = () => locks.objects.put(ref, heldLock({ by: ben }, 2));
    assert.deepEqual(await unlock(locks), { kind: "not-holder", lock: heldLock({ by: ben }, 2) });
  });

  test("is unlocked although somebody noted something on it meanwhile", async () => {
    const locks = aStore(heldLock({ by: ann }));
    locks.objects.writeFaults.push({ error: conflict, isDone: false });
    assert.deepEqual(await unlock(locks), { kind: "unlocked" });
  });

  test("whose Lease an admin deleted is not found, and not made again", async () => {
    const locks = aStore(heldLock({ by: ann }));
    locks.objects.beforeWrite = () => {
      locks.objects.delete(ref);
    };
    assert.deepEqual(await unlock(locks), {
      kind: "failed",
      error: { reason: "not-found", what: "leases devdeploy/dev1" },
      mayBeFree: false,
    });
    assert.equal(locks.objects.get(ref), undefined);
  });
});

describe("another's machine that was shown", () => {
  const bens = heldLock({ by: ben, claim: "n1" }, 4);
  const shownIn = (locks: FakeLockStore) => {
    const stored = locks.objects.get(ref) ?? assert.fail("there is a Lease");
    return shownLock(stored) ?? assert.fail("it is held");
  };

  test("is unlocked, and its holder is named in the history with who did it and why", async () => {
    const locks = aStore(bens);
    const order = { shown: shownIn(locks), reason: "  production\nis \u202edown " };
    assert.deepEqual(await unlock(locks, order), { kind: "unlocked" });
    assert.deepEqual(locks.objects.get(ref)?.record.history, [
      {
        at: at("08:00"),
        by: "Ann Lee",
        who: "ann <ann@example.com>",
        what: "unlocked",
        of: "ben <ben@example.com>",
        reason: "production is down",
        nonce: `nonce-${nonces}`,
      },
    ]);
  });

  test("a reason of ten thousand characters is cut to two hundred", async () => {
    const locks = aStore(bens);
    await unlock(locks, { shown: shownIn(locks), reason: "x".repeat(10_000) });
    const reason = locks.objects.get(ref)?.record.history?.at(-1)?.reason ?? "";
    assert.deepEqual([reason.length, reason.at(-1)], [200, "…"]);
  });

  test("is unlocked although somebody asked for it meanwhile", async () => {
    const locks = aStore(bens);
    const shown = shownIn(locks);
    locks.objects.put(ref, asked(bens, anAsk({ by: "eve <>" })));
    assert.deepEqual(await unlock(locks, { shown }), { kind: "unlocked" });
  });

  const changes: readonly (readonly [string, (locks: FakeLockStore) => void])[] = [
    [
      "that they devdeployed to again",
      (locks) => {
        const claim = { by: ben, branch: aBranch(), commit: aCommit(), nonce: "n2" };
        locks.objects.put(ref, claimed(bens, claim, at("09:00"), HOUR_MS));
      },
    ],
    [
      "that a third has by now",
      (locks) => {
        locks.objects.put(ref, heldLock({ by: { ...ben, user: "eve" } }, 5));
      },
    ],
    [
      "whose Lease was deleted and made again",
      (locks) => {
        locks.objects.delete(ref);
        locks.objects.put(ref, bens);
      },
    ],
    [
      "that cannot be read by now",
      (locks) => {
        locks.objects.put(ref, { kind: "unreadable", holder: "who", problem: "" });
      },
    ],
  ];
  for (const [what, happen] of changes) {
    test(`${what} is not touched, and what it is now is told`, async () => {
      const locks = aStore(bens);
      const shown = shownIn(locks);
      happen(locks);
      const lock = locks.objects.get(ref);
      assert.deepEqual(await unlock(locks, { shown }), { kind: "changed", lock, serverTime: at("08:00") });
      assert.equal(locks.objects.writes, 0);
    });
  }

  test("that changed in the very moment of the write is not touched either", async () => {
    const locks = aStore(bens);
    const third = heldLock({ by: { ...ben, user: "eve" } }, 5);
    locks.objects.beforeWrite = () => locks.objects.put(ref, third);
    const outcome = await unlock(locks, { shown: shownIn(locks) });
    assert.equal(outcome.kind, "changed");
    assert.deepEqual(locks.objects.get(ref)?.record, third);
  });

  test("that is free by now is already free", async () => {
    const locks = aStore(bens);
    const shown = shownIn(locks);
    locks.objects.put(ref, freeLock());
    assert.deepEqual(await unlock(locks, { shown }), { kind: "already-free" });
  });
});

describe("a lock that cannot be read", () => {
  const unreadable: LockRecord = {
    kind: "unreadable",
    holder: "argo",
    problem: "no renewTime",
    transitions: 7,
  };

  test("is freed when exactly that object was shown, and keeps its fencing token", async () => {
    const locks = aStore(unreadable);
    const shownVersion = locks.objects.get(ref)?.version ?? assert.fail("there is a Lease");
    assert.deepEqual(await unlock(locks, { shownVersion, reason: "argo is gone" }), { kind: "unlocked" });
    assert.deepEqual(locks.objects.get(ref)?.record, {
      kind: "free",
      transitions: 7,
      history: [
        {
          at: at("08:00"),
          by: "Ann Lee",
          who: "ann <ann@example.com>",
          what: "unlocked",
          of: "argo",
          reason: "argo is gone",
          nonce: `nonce-${nonces}`,
        },
      ],
    });
  });

  test("that was written since is not touched: it shows that its holder is alive", async () => {
    const locks = aStore(unreadable);
    const shownVersion = locks.objects.get(ref)?.version ?? assert.fail("there is a Lease");
    const lock = locks.objects.put(ref, unreadable);
    assert.deepEqual(await unlock(locks, { shownVersion }), {
      kind: "changed",
      lock,
      serverTime: at("08:00"),
    });
    assert.equal(locks.objects.writes, 0);
  });
});

describe("when writes go wrong", () => {
  for (const isDone of [true, false]) {
    test(`a lost answer ends in unlocked, ${isDone ? "found done" : "done again"}`, async () => {
      const locks = aStore(heldLock({ by: ann }));
      locks.objects.writeFaults.push({ error: timeout, isDone });
      assert.deepEqual(await unlock(locks), { kind: "unlocked" });
      assert.equal(locks.objects.writes, isDone ? 1 : 2);
    });
  }

  test("an unlocking whose answer was lost is found although somebody has claimed since", async () => {
    const locks = aStore(heldLock({ by: ann }));
    locks.objects.writeFaults.push({ error: timeout, isDone: true });
    locks.objects.afterWrite = () => {
      const record = locks.objects.get(ref)?.record ?? assert.fail("there is a Lease");
      const claim = { by: ben, branch: aBranch(), commit: aCommit(), nonce: "n2" };
      locks.objects.put(ref, claimed(record, claim, at("09:00"), HOUR_MS));
    };
    assert.deepEqual(await unlock(locks), { kind: "unlocked" });
  });

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
});
