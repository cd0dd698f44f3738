import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { claimMachine } from "../../../src/app/claimMachine.ts";
import { extendLock } from "../../../src/app/extendLock.ts";
import type { WriteError } from "../../../src/app/ports.ts";
import { unlockMachine } from "../../../src/app/unlockMachine.ts";
import { lockRef, type LockRecord } from "../../../src/domain/lock.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, aMachine, ann, aPool } from "../../builders/deploy.ts";
import { at, freeLock, heldLock } from "../../builders/lock.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeLockStore } from "../../fakes/leases.ts";
import { FakeLog } from "../../fakes/log.ts";
import { nobodyWaits } from "../../fakes/nobodyWaits.ts";

const ref = lockRef("dev1", { context: "staging", namespace: "devdeploy" });
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
