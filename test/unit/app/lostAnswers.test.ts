import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { claimMachine } from "../../../src/app/claimMachine.ts";
import { extendLock } from "../../../src/app/extendLock.ts";
import type { WriteError } from "../../../src/app/ports.ts";
import { unlockMachine } from "../../../src/app/unlockMachine.ts";
import { lockRef, type LockRecord } from "../../../src/domain/lock.ts";
import { takenOver, unlocked } from "../../../src/domain/lockChanges.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, aMachine, ann, aPool, ben } from "../../builders/deploy.ts";
import { at, freeLock, heldLock } from "../../builders/lock.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeLockStore } from "../../fakes/leases.ts";
import { FakeLog } from "../../fakes/log.ts";
import { nobodyWaits } from "../../fakes/nobodyWaits.ts";

const ref = lockRef("dev1", { context: "staging", namespace: "devdeploy" });
type HeldLock = LockRecord & { readonly kind: "held" };

const never = new AbortController().signal;
const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };
const forbidden: WriteError = { reason: "forbidden", detail: "update" };
const conflict: WriteError = { reason: "conflict" };

/** The first write's answer is lost, and at the next reading it is not there: it may still be on its way. */
function aTeam(record: LockRecord, ...then: readonly WriteError[]) {
  const locks = new FakeLockStore();
  locks.objects.put(ref, record);
  for (const error of [timeout, ...then]) locks.objects.writeFaults.push({ error, isDone: false });
  const services = {
    ...{ locks, waiting: nobodyWaits, log: new FakeLog() },
    ...{ clock: new ImpatientClock(at("08:00")), random: () => 0.5, newNonce: () => "nonce" },
  };
  return { locks, services };
}

describe("a write whose answer was lost may still arrive, whatever becomes of the later ones", () => {
  const pool = aPool([aMachine("dev1")]);
  const claim = { by: ann, branch: aBranch(), commit: aCommit() };

  test("a claim that is then refused may be held", async () => {
    const { services } = aTeam(freeLock(), forbidden);
    const outcome = await claimMachine(services, { pool, claim }, never);
    assert.deepEqual(outcome, { kind: "failed", error: forbidden, mayBeHeld: true });
  });

  test("a claim that then loses every race may be held", async () => {
    const { services } = aTeam(freeLock(), ...Array.from({ length: 10 }, () => conflict));
    const outcome = await claimMachine(services, { pool, claim }, never);
    assert.deepEqual(outcome, { kind: "failed", error: timeout, mayBeHeld: true });
  });

  test("a claim that is then cancelled may be held", async () => {
    const { locks, services } = aTeam(freeLock());
    const cancel = new AbortController();
    locks.objects.beforeWrite = () => {
      cancel.abort();
    };
    const outcome = await claimMachine(services, { pool, claim }, cancel.signal);
    assert.deepEqual(outcome, { kind: "failed", error: timeout, mayBeHeld: true });
  });

  test("an unlocking that is then refused may be done", async () => {
    const { services } = aTeam(heldLock({ by: ann }), forbidden);
    const outcome = await unlockMachine(services, { ref, pool: "dev", by: ann }, never);
    assert.deepEqual(outcome, { kind: "failed", error: forbidden, mayBeFree: true });
  });

  test("an extension that is then refused may be done", async () => {
    const { services } = aTeam(heldLock({ by: ann }), forbidden);
    const outcome = await extendLock(services, { ref, pool: "dev", by: ann, lasts: 24 * HOUR_MS }, never);
    assert.deepEqual(outcome, { kind: "failed", error: forbidden, mayBeDone: true });
  });
});

describe("a claim that came through, and whose answer was lost", () => {
  const pool = aPool([aMachine("dev1"), aMachine("dev2")]);
  const claim = { by: ann, branch: aBranch(), commit: aCommit() };
  const dev2 = lockRef("dev2", { context: "staging", namespace: "devdeploy" });

  /** Claims dev1; before the claim is looked for in the Lease, this happens to it. */
  async function claimAnd(meanwhile: (mine: HeldLock) => LockRecord) {
    const locks = new FakeLockStore();
    locks.objects.put(ref, freeLock());
    locks.objects.put(dev2, freeLock());
    locks.objects.writeFaults.push({ error: timeout, isDone: true });
    const clock = new ImpatientClock(at("08:00"));
    clock.sleep = () => {
      const mine = locks.objects.get(ref)?.record;
      if (mine?.kind === "held") locks.objects.put(ref, meanwhile(mine));
      return Promise.resolve();
    };
    const nonce = { random: () => 0.5, newNonce: () => "nonce" };
    const services = { locks, waiting: nobodyWaits, log: new FakeLog(), clock, ...nonce };
    const outcome = await claimMachine(services, { pool, claim }, never);
    const records = [ref, dev2].map((each) => locks.objects.get(each)?.record.kind);
    return { outcome, records, writes: locks.objects.writes };
  }

  test("and that another ended at once is not done a second time, on that machine or the next", async () => {
    const { outcome, records, writes } = await claimAnd((mine) => unlocked(mine, ben, at("08:00")));
    assert.equal(outcome.kind === "failed" && outcome.mayBeHeld, true);
    assert.deepEqual([records, writes], [["free", "free"], 1]);
  });

  test("and that another took over at once is not done on the next machine", async () => {
    const theirs = { by: ben, branch: aBranch(), commit: aCommit(), nonce: "bens" };
    const { outcome, records, writes } = await claimAnd((mine) =>
      takenOver(mine, theirs, at("08:00"), HOUR_MS),
    );
    assert.equal(outcome.kind === "failed" && outcome.mayBeHeld, true);
    assert.deepEqual([records, writes], [["held", "free"], 1]);
  });

  test("and that another window of the same person renewed is theirs all the same", async () => {
    const { outcome } = await claimAnd((mine) => ({ ...mine, hold: { ...mine.hold, claim: "window-2" } }));
    assert.equal(outcome.kind === "claimed" && outcome.machine.name, "dev1");
  });
});
