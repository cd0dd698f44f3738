import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { askHolder, keepMachine, type AskOutcome, type KeepOutcome } from "../../../src/app/askHolder.ts";
import type { WriteError } from "../../../src/app/ports.ts";
import { lockRef, shownLock, type LockAsk, type LockRecord } from "../../../src/domain/lock.ts";
import { asked, claimed } from "../../../src/domain/lockChanges.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, ann, ben } from "../../builders/deploy.ts";
import { anAsk, at, freeLock, heldLock } from "../../builders/lock.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeLockStore } from "../../fakes/leases.ts";

const ref = lockRef("dev1", { context: "staging", namespace: "devdeploy" });
const place = { ref, pool: "dev" };
const never = new AbortController().signal;
const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };
const conflict: WriteError = { reason: "conflict" };
const anns = heldLock({ by: ann, until: at("12:00"), claim: "n1" }, 4);
const bensAsk = anAsk({ at: at("08:00"), branch: "task/b" });

function aTeam(record: LockRecord = anns) {
  const locks = new FakeLockStore();
  const shown = shownLock(locks.objects.put(ref, anns)) ?? assert.fail("it is held");
  locks.objects.put(ref, record);
  const services = { locks, clock: new ImpatientClock(), random: () => 0.5 };
  const ask = (branch = "task/b"): Promise<AskOutcome> =>
    askHolder(services, { ...place, by: ben, branch, shown }, never);
  const keep = (asks: readonly LockAsk[], by = ann): Promise<KeepOutcome> =>
    keepMachine(services, { ...place, by, asks }, never);
  return { locks, ask, keep };
}

const asksOf = (locks: FakeLockStore): unknown => {
  const record = locks.objects.get(ref)?.record;
  return record?.kind === "held" ? record.asks : undefined;
};

describe("asking the holder", () => {
  test("leaves a note on the Lease, and nothing else changes", async () => {
    const { locks, ask } = aTeam();
    assert.deepEqual(await ask(), { kind: "asked" });
    assert.deepEqual(locks.objects.get(ref)?.record, { ...anns, asks: [bensAsk] });
  });

  test("takes a branch of any length and form as a line of text", async () => {
    const { locks, ask } = aTeam();
    await ask(`\u202e\n${"x".repeat(10_000)}`);
    assert.match(JSON.stringify(asksOf(locks)), /"branch":"x{249}…"/u);
  });

  test("again leaves one note, the newer one", async () => {
    const { locks, ask } = aTeam(asked(anns, anAsk({ at: at("07:00") })));
    await ask();
    assert.deepEqual(asksOf(locks), [bensAsk]);
  });

  test("is done although they have devdeployed again since", async () => {
    const claim = { by: ann, branch: aBranch(), commit: aCommit(), nonce: "n2" };
    const { locks, ask } = aTeam(claimed(anns, claim, at("08:00"), 12 * HOUR_MS));
    assert.deepEqual(await ask(), { kind: "asked" });
    assert.deepEqual(asksOf(locks), [bensAsk]);
  });

  test("is tried again after a lost race", async () => {
    const { locks, ask } = aTeam();
    locks.objects.writeFaults.push({ error: conflict, isDone: false });
    assert.deepEqual([await ask(), asksOf(locks)], [{ kind: "asked" }, [bensAsk]]);
  });

  for (const [what, record] of [
    ["another has it by now", heldLock({ by: { ...ben, user: "eve" } }, 5)],
    ["it is free by now", freeLock(anns.hold, 4)],
    ["its lock has ended", heldLock({ by: ann, until: at("08:00") }, 4)],
  ] as const) {
    test(`is pointless where ${what}: what it is now is told`, async () => {
      const { locks, ask } = aTeam(record);
      const lock = locks.objects.get(ref);
      assert.deepEqual(await ask(), { kind: "changed", lock, serverTime: at("08:00") });
      assert.equal(locks.objects.writes, 0);
    });
  }

  for (const isDone of [true, false]) {
    test(`whose answer was lost is ${isDone ? "found done" : "done again"}`, async () => {
      const { locks, ask } = aTeam();
      locks.objects.writeFaults.push({ error: timeout, isDone });
      assert.deepEqual([await ask(), asksOf(locks)], [{ kind: "asked" }, [bensAsk]]);
      assert.equal(locks.objects.writes, isDone ? 1 : 2);
    });
  }

  test("that may not be written is told as what it is", async () => {
    const { locks, ask } = aTeam();
    const error: WriteError = { reason: "forbidden", detail: "update" };
    locks.objects.writeFaults.push({ error, isDone: false });
    assert.deepEqual(await ask(), { kind: "failed", error, mayBeDone: false });
  });
});

describe("the holder's answer that they keep it", () => {
  const eves = anAsk({ by: "eve <eve@example.com>", at: at("08:00:30") });
  const twice = asked(asked(anns, bensAsk), eves);

  test("is for those whose ask they saw", async () => {
    const { locks, keep } = aTeam(twice);
    assert.deepEqual(await keep([bensAsk]), { kind: "kept" });
    assert.deepEqual(asksOf(locks), [{ ...bensAsk, keptAt: at("08:00") }, eves]);
  });

  test("to an ask that is gone or answered writes nothing", async () => {
    const { locks, keep } = aTeam(asked(anns, { ...bensAsk, keptAt: at("08:00") }));
    assert.deepEqual(await keep([bensAsk, eves]), { kind: "nothing-asked" });
    assert.equal(locks.objects.writes, 0);
  });

  test("is nobody else's to give", async () => {
    const { locks, keep } = aTeam(twice);
    assert.deepEqual(await keep([bensAsk], ben), { kind: "not-holder", lock: twice });
    assert.equal(locks.objects.writes, 0);
  });

  for (const isDone of [true, false]) {
    test(`whose answer was lost is ${isDone ? "found done" : "done again"}`, async () => {
      const { locks, keep } = aTeam(twice);
      locks.objects.writeFaults.push({ error: timeout, isDone });
      assert.deepEqual(await keep([bensAsk]), { kind: "kept" });
      assert.equal(locks.objects.writes, isDone ? 1 : 2);
    });
  }
});
