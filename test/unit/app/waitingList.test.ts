import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WriteError } from "../../../src/app/ports.ts";
import {
  acknowledgeKept,
  joinWaiting,
  leaveWaiting,
  type AcknowledgeOutcome,
  type JoinOutcome,
  type LeaveOutcome,
} from "../../../src/app/waitingList.ts";
import { lockRef, type LockRecord } from "../../../src/domain/lock.ts";
import { unlocked } from "../../../src/domain/lockChanges.ts";
import { holderIdentity, type Person } from "../../../src/domain/person.ts";
import { MOST_WAITERS, waitingRef, type Waiter } from "../../../src/domain/waiting.ts";
import { aMachine, ann, aPool, ben } from "../../builders/deploy.ts";
import { at, aWaiter, freeLock, heldLock } from "../../builders/lock.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeLockStore, FakeWaitingStore } from "../../fakes/leases.ts";
import { FakeLog } from "../../fakes/log.ts";

const never = new AbortController().signal;
const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };
const conflict: WriteError = { reason: "conflict" };
const eve: Person = { user: "eve", mail: "eve@example.com", name: "Eve Day" };
const evesLock = heldLock({ by: eve, until: at("12:00") });

function aTeam(records: Readonly<Record<string, LockRecord>>, waiters?: readonly Waiter[]) {
  const locks = new FakeLockStore();
  const waiting = new FakeWaitingStore();
  const pool = aPool(Object.keys(records).map((name) => aMachine(name)));
  for (const { name, locks: home } of pool.machines) {
    const record = records[name];
    if (record !== undefined) locks.objects.put(lockRef(name, home), record);
  }
  const ref = waitingRef(pool) ?? assert.fail("a pool has machines");
  if (waiters !== undefined) waiting.objects.put(ref, waiters);
  const services = {
    ...{ locks, waiting, log: new FakeLog(), clock: new ImpatientClock(at("03:00")), random: () => 0.5 },
  };
  const join = (by: Person, branch?: string): Promise<JoinOutcome> =>
    joinWaiting(services, { pool, by, ...(branch === undefined ? {} : { branch }) }, never);
  const leave = (by: Person): Promise<LeaveOutcome> => leaveWaiting(services, { pool, by }, never);
  const acknowledge = (by: Person, machine: string, freeAt: number): Promise<AcknowledgeOutcome> =>
    acknowledgeKept(services, { pool, by, machine, freeAt }, never);
  const list = (): readonly Waiter[] | undefined => waiting.objects.get(ref)?.record;
  return { locks, waiting, ref, join, leave, acknowledge, list };
}

const anns = aWaiter(ann);
const bens = aWaiter(ben, { since: at("07:00") });

describe("joining a pool's waiting list", () => {
  test("of a full pool puts the person at its end, as of when they were told that it is full", async () => {
    const { join, list } = aTeam({ dev1: evesLock }, [bens]);
    const wanting = { ...anns, branch: "task/pay-later" };
    assert.deepEqual(await join(ann, "task/pay-later"), { kind: "waiting", waiters: [bens, wanting] });
    assert.deepEqual(list(), [bens, wanting]);
  });

  test("makes the pool's Lease where there is none", async () => {
    const { join, list } = aTeam({ dev1: evesLock });
    assert.deepEqual(await join(ann), { kind: "waiting", waiters: [anns] });
    assert.deepEqual(list(), [anns]);
  });

  test("without the right to make it names the Lease that an administrator has to make", async () => {
    const { join, waiting } = aTeam({ dev1: evesLock });
    waiting.objects.mayCreate = false;
    assert.deepEqual(await join(ann), {
      kind: "failed",
      error: { reason: "not-found", what: "leases devdeploy/dev" },
      mayBeDone: false,
    });
  });

  test("without the right to write it says so", async () => {
    const { join, waiting } = aTeam({ dev1: evesLock }, []);
    const error: WriteError = { reason: "forbidden", detail: "update" };
    waiting.objects.writeFaults.push({ error, isDone: false });
    assert.deepEqual(await join(ann), { kind: "failed", error, mayBeDone: false });
  });

  for (const [what, record, how] of [
    ["free", freeLock(), "free"],
    ["one's own", heldLock({ by: ann, until: at("12:00") }), "mine"],
    ["one's own again", freeLock(heldLock({ by: ann }).hold), "mine-again"],
  ] as const) {
    test(`is pointless while a machine is ${what}`, async () => {
      const { join, waiting } = aTeam({ dev1: evesLock, dev2: record }, []);
      assert.deepEqual(await join(ann), { kind: "free-now", machine: "dev2", how });
      assert.equal(waiting.objects.writes, 0);
    });
  }

  test("is pointless while one is kept for that person", async () => {
    const freed = unlocked(evesLock, eve, at("07:59:30"));
    const { join } = aTeam({ dev1: freed }, [bens]);
    assert.deepEqual(await join(ben), { kind: "free-now", machine: "dev1", how: "kept" });
    assert.equal((await join(ann)).kind, "waiting");
  });

  test("again keeps the place, and writes only when another branch is wanted", async () => {
    const { join, waiting } = aTeam({ dev1: evesLock }, [{ ...anns, branch: "a" }, bens]);
    assert.equal((await join(ann, "a")).kind, "waiting");
    assert.equal(waiting.objects.writes, 0);
    assert.deepEqual(await join(ann, "b"), { kind: "waiting", waiters: [bens, { ...anns, branch: "b" }] });
  });

  test("a list that is full says so, and with whom", async () => {
    const full = Array.from({ length: MOST_WAITERS }, (_, index) => aWaiter({ ...ann, user: `${index}` }));
    const { join, waiting } = aTeam({ dev1: evesLock }, full);
    assert.deepEqual(await join(ann), { kind: "list-full", waiters: full });
    assert.equal(waiting.objects.writes, 0);
  });

  test("of two who join at once both are on it", async () => {
    const { join, list } = aTeam({ dev1: evesLock }, []);
    await Promise.all([join(ann), join(ben)]);
    assert.deepEqual(
      list()
        ?.map(({ by }) => by)
        .toSorted(),
      [holderIdentity(ann), holderIdentity(ben)].toSorted(),
    );
  });

  test("of two who make the list at once both are on it", async () => {
    const { join, list } = aTeam({ dev1: evesLock });
    await Promise.all([join(ann), join(ben)]);
    assert.equal(list()?.length, 2);
  });

  for (const isDone of [true, false]) {
    test(`whose answer was lost is ${isDone ? "found done" : "done again"}`, async () => {
      const { join, waiting, list } = aTeam({ dev1: evesLock }, []);
      waiting.objects.writeFaults.push({ error: timeout, isDone });
      assert.equal((await join(ann)).kind, "waiting");
      assert.deepEqual(list(), [anns]);
      assert.equal(waiting.objects.writes, isDone ? 1 : 2);
    });
  }

  test("while a machine cannot be read, which may be free, fails", async () => {
    const { join, locks } = aTeam({ dev1: evesLock }, []);
    locks.objects.readFaults.push({ reason: "timeout", server: "https://staging", afterMs: 5_000 });
    assert.deepEqual(await join(ann), {
      kind: "failed",
      error: { reason: "timeout", server: "https://staging", afterMs: 5_000 },
      mayBeDone: false,
    });
  });
});

describe("leaving the waiting list", () => {
  test("notes when, so that whoever comes next has a whole turn", async () => {
    const { leave, list } = aTeam({ dev1: evesLock }, [anns, bens]);
    assert.deepEqual(await leave(ann), { kind: "left" });
    assert.deepEqual(list(), [{ ...anns, leftAt: at("08:00") }, bens]);
  });

  test("that one is not on, or that is not there, writes nothing", async () => {
    const { leave, waiting } = aTeam({ dev1: evesLock }, [bens]);
    assert.deepEqual(await leave(ann), { kind: "not-waiting" });
    assert.deepEqual(await aTeam({ dev1: evesLock }).leave(ann), { kind: "not-waiting" });
    assert.equal(waiting.objects.writes, 0);
  });

  for (const isDone of [true, false]) {
    test(`whose answer was lost is ${isDone ? "found done" : "done again"}`, async () => {
      const { leave, waiting } = aTeam({ dev1: evesLock }, [anns]);
      waiting.objects.writeFaults.push({ error: timeout, isDone });
      assert.deepEqual(await leave(ann), { kind: "left" });
      assert.equal(waiting.objects.writes, isDone ? 1 : 2);
    });
  }
});

describe("an editor that says that it knows of a kept machine", () => {
  const freeAt = at("07:59:30");
  const freed = unlocked(evesLock, eve, freeAt);
  const until = freeAt + 10 * 60_000;
  const list = [bens, aWaiter(ann, { since: at("07:10") })];

  test("keeps it for its person for ten minutes from when it was offered", async () => {
    const { acknowledge, list: stored } = aTeam({ dev1: freed }, list);
    assert.deepEqual(await acknowledge(ben, "dev1", freeAt), { kind: "acknowledged", until });
    assert.deepEqual(stored(), [
      { ...bens, acknowledged: { machine: "dev1", freeAt, from: freeAt } },
      list[1],
    ]);
  });

  test("twice writes once", async () => {
    const { acknowledge, waiting } = aTeam({ dev1: freed }, list);
    await acknowledge(ben, "dev1", freeAt);
    assert.deepEqual(await acknowledge(ben, "dev1", freeAt), { kind: "acknowledged", until });
    assert.equal(waiting.objects.writes, 1);
  });

  for (const [what, by, machine, when] of [
    ["another person", ann, "dev1", freeAt],
    ["another machine", ben, "dev2", freeAt],
    ["another time", ben, "dev1", freeAt + 1],
  ] as const) {
    test(`for ${what} than it is kept for is told so`, async () => {
      const { acknowledge, waiting } = aTeam({ dev1: freed, dev2: evesLock }, list);
      assert.deepEqual(await acknowledge(by, machine, when), { kind: "not-kept" });
      assert.equal(waiting.objects.writes, 0);
    });
  }

  test("too late is told so", async () => {
    const { acknowledge, locks, waiting } = aTeam({ dev1: freed }, list);
    locks.objects.serverTime = at("08:00:30");
    waiting.objects.serverTime = at("08:00:30");
    assert.deepEqual(await acknowledge(ben, "dev1", freeAt), { kind: "not-kept" });
    assert.deepEqual(await acknowledge(ann, "dev1", freeAt), {
      kind: "acknowledged",
      until: at("08:00:30") + 10 * 60_000,
    });
  });

  test("after a lost race is heard all the same", async () => {
    const { acknowledge, waiting } = aTeam({ dev1: freed }, list);
    waiting.objects.writeFaults.push({ error: conflict, isDone: false });
    assert.deepEqual(await acknowledge(ben, "dev1", freeAt), { kind: "acknowledged", until });
  });
});
