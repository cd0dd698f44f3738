import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WriteError } from "../../../src/app/ports.ts";
import { takeOver, type TakeOverOrder, type TakeOverOutcome } from "../../../src/app/takeOver.ts";
import { lockRef, shownLock, type LockRecord, type ShownLock } from "../../../src/domain/lock.ts";
import { asked, takenOver } from "../../../src/domain/lockChanges.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { current, waitingRef } from "../../../src/domain/waiting.ts";
import { aBranch, aCommit, aMachine, ann, aPool, ben } from "../../builders/deploy.ts";
import { anAsk, at, aWaiter, freeLock, heldLock } from "../../builders/lock.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeLockStore, FakeWaitingStore } from "../../fakes/leases.ts";
import { FakeLog } from "../../fakes/log.ts";

const machine = aMachine("dev1");
const pool = aPool([machine]);
const ref = lockRef("dev1", machine.locks);
const list = waitingRef(pool) ?? assert.fail("a pool has machines");
const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };
const claim = { by: ann, branch: aBranch(), commit: aCommit() };
const bens = asked(heldLock({ by: ben, until: at("12:00"), claim: "n1" }, 4), anAsk());

function aTeam(record: LockRecord) {
  const locks = new FakeLockStore();
  const waiting = new FakeWaitingStore();
  const shown = shownLock(locks.objects.put(ref, record)) ?? assert.fail("it is held");
  const services = {
    ...{ locks, waiting, log: new FakeLog(), clock: new ImpatientClock(at("03:00")) },
    ...{ random: () => 0.5, newNonce: () => "nonce" },
  };
  const steal = (order: Partial<TakeOverOrder> = {}, signal = new AbortController().signal) =>
    takeOver(services, { pool, machine, claim, shown, ...order }, signal);
  return { locks, waiting, steal, shown };
}

const changedTo = (locks: FakeLockStore): TakeOverOutcome => ({
  kind: "changed",
  lock: locks.objects.get(ref) ?? assert.fail("there is a Lease"),
  serverTime: locks.objects.serverTime,
});

describe("taking a machine over", () => {
  test("is one write, after which it is mine, and the former holder is named with the reason", async () => {
    const { locks, steal } = aTeam(bens);
    const outcome = await steal({ reason: "production\nis down" });
    const hold = {
      by: ann,
      since: at("08:00:01"),
      renewedAt: at("08:00:01"),
      until: at("20:00:01"),
      branch: aBranch(),
      commit: aCommit(),
      url: "https://dev1.example.com",
      claim: "nonce",
    };
    const lock = locks.objects.get(ref);
    assert.deepEqual(outcome, {
      kind: "claimed",
      machine,
      hold,
      lock,
      how: "taken-over",
      serverTime: at("08:00"),
    });
    assert.deepEqual(lock?.record, {
      kind: "held",
      hold,
      transitions: 5,
      history: [
        {
          at: at("08:00:01"),
          by: "Ann Lee",
          who: "ann <ann@example.com>",
          what: "claimed",
          branch: aBranch(),
          commit: aCommit(),
          of: "ben <ben@example.com>",
          reason: "production is down",
          nonce: "nonce",
        },
      ],
    });
    assert.equal(locks.objects.writes, 1);
  });

  test("is done although somebody asked for the machine meanwhile", async () => {
    const { locks, steal } = aTeam(bens);
    locks.objects.put(ref, asked(bens, anAsk({ by: "eve <>" })));
    assert.equal((await steal()).kind, "claimed");
  });

  test("takes the person off the waiting list", async () => {
    const { waiting, steal } = aTeam(bens);
    waiting.objects.put(list, [aWaiter(ann), aWaiter(ben)]);
    await steal();
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(current(waiting.objects.get(list)?.record ?? [], at("08:00")), [aWaiter(ben)]);
  });

  const changes: readonly (readonly [string, LockRecord])[] = [
    ["its holder has devdeployed again: they are alive", heldLock({ by: ben, claim: "n2" }, 4)],
    ["a third has it by now", heldLock({ by: { ...ben, user: "eve" }, claim: "n3" }, 5)],
    ["it is free by now", freeLock(bens.hold, 4)],
    ["it cannot be read by now", { kind: "unreadable", holder: "who", problem: "" }],
  ];
  for (const [what, record] of changes) {
    test(`is not done when ${what}`, async () => {
      const { locks, steal } = aTeam(bens);
      locks.objects.put(ref, record);
      assert.deepEqual(await steal(), changedTo(locks));
      assert.equal(locks.objects.writes, 0);
    });
  }

  test("is not done when its lock has ended: a claim may get it, or somebody who waits", async () => {
    const { locks, steal } = aTeam(bens);
    locks.objects.serverTime = at("12:00");
    assert.deepEqual(await steal(), changedTo(locks));
  });

  test("is not done when it changes in that very moment", async () => {
    const { locks, steal } = aTeam(bens);
    const renewed = heldLock({ by: ben, claim: "n2" }, 4);
    locks.objects.beforeWrite = () => locks.objects.put(ref, renewed);
    assert.deepEqual(await steal(), changedTo(locks));
    assert.deepEqual(locks.objects.get(ref)?.record, renewed);
  });

  test("of two who take it over at once one has it, and the other is shown by whom", async () => {
    const { locks, steal, shown } = aTeam(bens);
    const eve = { user: "eve", mail: "eve@example.com", name: "Eve" };
    const as = (by: typeof eve, of: ShownLock) => steal({ claim: { ...claim, by }, shown: of });
    const [first, second] = await Promise.all([as(ann, shown), as(eve, shown)]);
    assert.equal(first.kind, "claimed");
    assert.deepEqual(second, changedTo(locks));
  });
});

describe("a take-over whose answer was lost", () => {
  for (const isDone of [true, false]) {
    test(`is ${isDone ? "found done" : "done again"}`, async () => {
      const { locks, steal } = aTeam(bens);
      locks.objects.writeFaults.push({ error: timeout, isDone });
      const outcome = await steal();
      assert.deepEqual([outcome.kind, locks.objects.writes], ["claimed", isDone ? 1 : 2]);
    });
  }

  test("and after which somebody else was as quick may have been: it is not called undone", async () => {
    const { locks, steal } = aTeam(bens);
    locks.objects.writeFaults.push({ error: timeout, isDone: true });
    locks.objects.afterWrite = () => {
      const record = locks.objects.get(ref)?.record;
      if (record?.kind !== "held") assert.fail("it was taken over");
      const next = { by: ben, branch: aBranch(), commit: aCommit(), nonce: "n9" };
      locks.objects.put(ref, takenOver(record, next, at("09:00"), HOUR_MS));
    };
    const outcome = await steal();
    assert.deepEqual(outcome.kind === "failed" && outcome.mayBeHeld, true);
  });

  test("and cannot be looked up may be held", async () => {
    const { locks, steal } = aTeam(bens);
    locks.objects.writeFaults.push({ error: timeout, isDone: true });
    locks.objects.readFaults.push(undefined, timeout);
    assert.deepEqual(await steal(), { kind: "failed", error: timeout, mayBeHeld: true });
  });

  test("that was cancelled before anything was written is not done", async () => {
    const { locks, steal } = aTeam(bens);
    const outcome = await steal({}, AbortSignal.abort());
    assert.deepEqual(outcome, { kind: "failed", error: { reason: "aborted" }, mayBeHeld: false });
    assert.equal(locks.objects.writes, 0);
  });
});
