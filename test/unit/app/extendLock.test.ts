import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { extendLock, type ExtendOrder, type ExtendOutcome } from "../../../src/app/extendLock.ts";
import type { WriteError } from "../../../src/app/ports.ts";
import { lockRef, type LockRecord } from "../../../src/domain/lock.ts";
import { claimed } from "../../../src/domain/lockChanges.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, ann, ben } from "../../builders/deploy.ts";
import { at, freeLock, heldLock } from "../../builders/lock.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeLockStore } from "../../fakes/leases.ts";

const ref = lockRef("dev1", { context: "staging", namespace: "devdeploy" });
const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };

function aStore(record: LockRecord): FakeLockStore {
  const locks = new FakeLockStore();
  locks.objects.put(ref, record);
  return locks;
}

/** For 24 hours, at eight o'clock by the server. */
const extend = (locks: FakeLockStore, order: Partial<ExtendOrder> = {}): Promise<ExtendOutcome> =>
  extendLock(
    { locks, clock: new ImpatientClock(at("03:00")), random: () => 0.5, newNonce: () => "nonce" },
    { ref, pool: "dev", by: ann, lasts: 24 * HOUR_MS, ...order },
    new AbortController().signal,
  );

const mine = heldLock({ by: ann, since: at("06:00"), until: at("12:00"), reason: "a demo" }, 4);
const tomorrow = at("08:00:01") + 24 * HOUR_MS;

describe("extending a lock", () => {
  test("counts from now by the server's clock, to the end of the second that it named", async () => {
    const locks = aStore(mine);
    assert.deepEqual(await extend(locks), { kind: "extended", until: tomorrow, was: at("12:00") });
    assert.deepEqual(locks.objects.get(ref)?.record, {
      ...mine,
      hold: { ...mine.hold, renewedAt: at("08:00:01"), until: tomorrow, claim: "nonce" },
      history: [
        { at: at("08:00:01"), by: "Ann Lee", who: "ann <ann@example.com>", what: "extended", nonce: "nonce" },
      ],
    });
  });

  test("takes a reason on one line", async () => {
    const locks = aStore(mine);
    await extend(locks, { reason: "the\ndemo is on **Thursday**" });
    const record = locks.objects.get(ref)?.record;
    assert.equal(record?.kind === "held" && record.hold.reason, "the demo is on **Thursday**");
  });

  test("never shortens, and writes nothing then", async () => {
    const locks = aStore(heldLock({ by: ann, until: tomorrow }));
    assert.deepEqual(await extend(locks), { kind: "not-longer", until: tomorrow });
    assert.equal(locks.objects.writes, 0);
  });

  test("that would not be longer notes the reason all the same", async () => {
    const until = tomorrow + HOUR_MS;
    const locks = aStore(heldLock({ by: ann, until }));
    assert.deepEqual(await extend(locks, { reason: "demo" }), { kind: "not-longer", until });
    const record = locks.objects.get(ref)?.record;
    assert.deepEqual(record?.kind === "held" && [record.hold.until, record.hold.reason], [until, "demo"]);
  });

  for (const [whose, record] of [
    ["another's", heldLock({ by: ben })],
    ["nobody's", freeLock(mine.hold)],
    ["one that cannot be read", { kind: "unreadable", holder: "ann <ann@example.com>", problem: "" }],
  ] as const) {
    test(`${whose} is not to be had`, async () => {
      const locks = aStore(record);
      assert.deepEqual(await extend(locks), { kind: "not-holder", lock: record });
      assert.equal(locks.objects.writes, 0);
    });
  }

  test("is too late in the very second of its end", async () => {
    const locks = aStore(mine);
    locks.objects.serverTime = at("12:00");
    assert.deepEqual(await extend(locks), { kind: "ended", at: at("12:00") });
    locks.objects.serverTime = at("11:59:59");
    assert.equal((await extend(locks)).kind, "extended");
  });

  test("an end that somebody wrote down a year ahead stays", async () => {
    const until = at("12:00") + 365 * 24 * HOUR_MS;
    assert.deepEqual(await extend(aStore(heldLock({ by: ann, until }))), { kind: "not-longer", until });
  });

  test("that somebody takes over in that very moment is not done", async () => {
    const locks = aStore(mine);
    const bens = heldLock({ by: ben }, 5);
    locks.objects.beforeWrite = () => locks.objects.put(ref, bens);
    assert.deepEqual(await extend(locks), { kind: "not-holder", lock: bens });
  });

  for (const isDone of [true, false]) {
    test(`whose answer was lost is ${isDone ? "found done" : "done again"}, with the end that it had`, async () => {
      const locks = aStore(mine);
      locks.objects.writeFaults.push({ error: timeout, isDone });
      assert.deepEqual(await extend(locks), { kind: "extended", until: tomorrow, was: at("12:00") });
      assert.equal(locks.objects.writes, isDone ? 1 : 2);
    });
  }

  test("whose answer was lost is found although another window has devdeployed since", async () => {
    const locks = aStore(mine);
    locks.objects.writeFaults.push({ error: timeout, isDone: true });
    locks.objects.afterWrite = () => {
      const record = locks.objects.get(ref)?.record ?? assert.fail("there is a Lease");
      const claim = { by: ann, branch: aBranch(), commit: aCommit(), nonce: "other" };
      locks.objects.put(ref, claimed(record, claim, at("08:00:01"), HOUR_MS));
    };
    assert.deepEqual(await extend(locks), { kind: "extended", until: tomorrow, was: at("12:00") });
  });
});
