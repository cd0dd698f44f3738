import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { claimMachine, type ClaimOutcome } from "../../../src/app/claimMachine.ts";
import type { ClaimMachine } from "../../../src/app/deployBranch.ts";
import type { WriteError } from "../../../src/app/ports.ts";
import { lockRef, type LockRecord } from "../../../src/domain/lock.ts";
import type { Person } from "../../../src/domain/person.ts";
import { HOUR_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, aMachine, ann, aPool, ben } from "../../builders/deploy.ts";
import { aHold, at, freeLock, heldLock } from "../../builders/lock.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeLockStore } from "../../fakes/leases.ts";

const locksHome = { context: "staging", namespace: "devdeploy" };
const refOf = (machine: string) => lockRef(machine, locksHome);
const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };
const never = new AbortController().signal;

/** A pool of machines whose Leases hold these records; undefined for a Lease that is missing. */
function aTeam(records: Readonly<Record<string, LockRecord | undefined>>) {
  const locks = new FakeLockStore();
  for (const [machine, record] of Object.entries(records)) {
    if (record !== undefined) locks.objects.put(refOf(machine), record);
  }
  let nonces = 0;
  const services = {
    locks,
    clock: new ImpatientClock(at("08:00")),
    random: () => 0.5,
    newNonce: () => `nonce-${(nonces += 1)}`,
  };
  const pool = aPool(Object.keys(records).map((name) => aMachine(name)));
  const claimBy = (by: Person, signal = never): Promise<ClaimOutcome> =>
    claimMachine(services, { pool, claim: { by, branch: aBranch(), commit: aCommit() } }, signal);
  return { locks, services, pool, claimBy };
}

const summary = (outcome: ClaimOutcome): string =>
  outcome.kind === "claimed"
    ? `${outcome.how} ${outcome.machine.name}`
    : outcome.kind === "failed"
      ? `${outcome.error.reason}${outcome.mayBeHeld ? ", may be held" : ""}`
      : outcome.kind;

describe("claiming a machine", () => {
  test("a free machine is held for twelve hours from the end of the second that the server named", async () => {
    const { claimBy } = aTeam({ dev1: freeLock(undefined, 4) });
    const outcome = await claimBy(ann);
    assert.deepEqual(outcome.kind === "claimed" && outcome.hold, {
      by: ann,
      since: at("08:00:01"),
      renewedAt: at("08:00:01"),
      until: at("08:00:01") + 12 * HOUR_MS,
      branch: aBranch(),
      commit: aCommit(),
      url: "https://dev1.example.com",
      claim: "nonce-1",
    });
    assert.deepEqual(outcome.kind === "claimed" && [outcome.how, outcome.serverTime], ["free", at("08:00")]);
  });

  const endsAtNoon = heldLock({ by: ben, until: at("12:00") });
  for (const [serverTime, expected] of [
    ["11:59:59", "full"],
    ["12:00:00", "free dev1"],
  ] as const) {
    test(`another's lock until 12:00 and a server that says ${serverTime}: ${expected}`, async () => {
      const { locks, claimBy, services } = aTeam({ dev1: endsAtNoon });
      locks.objects.serverTime = at(serverTime);
      // Our own clock is an hour ahead, and does not matter.
      assert.ok(services.clock.now() < at("12:00"));
      assert.equal(summary(await claimBy(ann)), expected);
    });
  }

  test("without the server's time no lock of another can have ended", async () => {
    const { locks, claimBy } = aTeam({ dev1: heldLock({ by: ben, until: at("06:00") }) });
    locks.objects.serverTime = undefined;
    assert.equal(summary(await claimBy(ann)), "full");
  });

  test("a full pool answers with everybody's locks", async () => {
    const { claimBy } = aTeam({ dev1: endsAtNoon, dev2: heldLock({ by: ben, until: at("13:00") }) });
    assert.deepEqual(await claimBy(ann), {
      kind: "full",
      locks: [
        { machine: "dev1", state: { kind: "held", hold: endsAtNoon.hold } },
        { machine: "dev2", state: { kind: "held", hold: aHold({ by: ben, until: at("13:00") }) } },
      ],
    });
  });

  test("two who claim the last machine at once: one has it, the other is told by whom", async () => {
    const { claimBy } = aTeam({ dev1: freeLock() });
    const [first, second] = await Promise.all([claimBy(ann), claimBy(ben)]);
    assert.deepEqual([summary(first), summary(second)], ["free dev1", "full"]);
    const state = second.kind === "full" ? second.locks[0]?.state : undefined;
    assert.deepEqual(state?.kind === "held" && state.hold.by, ann);
  });

  test("who loses one machine takes the next", async () => {
    const { claimBy } = aTeam({ dev1: freeLock(), dev2: freeLock() });
    const outcomes = await Promise.all([claimBy(ann), claimBy(ben)]);
    assert.deepEqual(outcomes.map(summary), ["free dev1", "free dev2"]);
  });
});

describe("when writes go wrong", () => {
  test("a write whose answer was lost is found by its nonce, and done once", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock(), dev2: freeLock() });
    locks.objects.writeFaults.push({ error: timeout, isDone: true });
    assert.equal(summary(await claimBy(ann)), "free dev1");
    const record = locks.objects.get(refOf("dev1"))?.record;
    assert.deepEqual([locks.objects.writes, record?.kind === "held" && record.transitions], [1, 1]);
  });

  test("a write that never arrived is done again", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock() });
    locks.objects.writeFaults.push({ error: timeout, isDone: false });
    assert.equal(summary(await claimBy(ann)), "free dev1");
    assert.equal(locks.objects.writes, 2);
  });

  test("a lost answer that cannot be looked up is told as it is: it may be held", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock() });
    locks.objects.writeFaults.push({ error: timeout, isDone: true });
    locks.objects.readFaults.push(undefined, timeout);
    assert.equal(summary(await claimBy(ann)), "timeout, may be held");
  });

  test("a Lease that keeps changing is given up after five rounds", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock() });
    locks.objects.beforeWrite = (ref) => locks.objects.put(ref, freeLock());
    assert.deepEqual([summary(await claimBy(ann)), locks.objects.writes], ["server-error", 5]);
  });

  test("a Lease that was deleted and made again meanwhile is read anew", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock(undefined, 9) });
    locks.objects.beforeWrite = (ref) => {
      locks.objects.beforeWrite = undefined;
      locks.objects.delete(ref);
      locks.objects.put(ref, freeLock());
    };
    assert.equal(summary(await claimBy(ann)), "free dev1");
    const record = locks.objects.get(refOf("dev1"))?.record;
    assert.equal(record?.kind === "held" && record.transitions, 1);
  });

  test("who may not write is told so, and nothing is tried again", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock() });
    locks.objects.writeFaults.push({ error: { reason: "forbidden", detail: "update" }, isDone: false });
    assert.deepEqual([summary(await claimBy(ann)), locks.objects.writes], ["forbidden", 1]);
  });

  test("cancelled before anything was written, nothing is", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock() });
    assert.equal(summary(await claimBy(ann, AbortSignal.abort())), "aborted");
    assert.equal(locks.objects.writes, 0);
  });
});

describe("machines that cannot be read or are not there", () => {
  const unreadable: LockRecord = { kind: "unreadable", holder: "who", problem: "no renewTime" };

  test("an unreadable lock is never overwritten", async () => {
    const { locks, claimBy } = aTeam({ dev1: unreadable });
    assert.deepEqual([summary(await claimBy(ann)), locks.objects.writes], ["full", 0]);
  });

  test("a machine that could not be read may be one's own: no second one is taken", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock(), dev2: freeLock() });
    locks.objects.readFaults.push(timeout);
    assert.deepEqual([summary(await claimBy(ann)), locks.objects.writes], ["timeout", 0]);
  });

  test("one's own machine is claimed although another one could not be read", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock(), dev2: heldLock({ by: ann, until: at("09:00") }) });
    locks.objects.readFaults.push(timeout);
    assert.equal(summary(await claimBy(ann)), "mine dev2");
  });

  test("a missing Lease is made when no other machine is to be had", async () => {
    const { claimBy } = aTeam({ dev1: undefined, dev2: freeLock() });
    assert.equal(summary(await claimBy(ann)), "free dev2");
    assert.equal(summary(await claimBy(ben)), "created dev1");
  });

  test("who may not make the missing Lease is told which one an administrator has to make", async () => {
    const { locks, claimBy } = aTeam({ dev1: undefined });
    locks.objects.mayCreate = false;
    assert.deepEqual(await claimBy(ann), {
      kind: "failed",
      error: { reason: "not-found", what: "leases devdeploy/dev1" },
      mayBeHeld: false,
    });
  });
});

test("a devdeploy can use it as it is", async () => {
  const { services, pool } = aTeam({ dev1: freeLock() });
  const port: ClaimMachine = (of, claim, signal) => claimMachine(services, { pool: of, claim }, signal);
  const outcome = await port(pool, { by: ann, branch: aBranch(), commit: aCommit() }, never);
  assert.equal(outcome.kind === "claimed" && outcome.hold.until - outcome.hold.since, 12 * HOUR_MS);
  assert.equal(outcome.kind === "claimed" && outcome.hold.since, at("08:00") + SECOND_MS);
});
