import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { claimMachine, type ClaimOutcome } from "../../../src/app/claimMachine.ts";
import type { ClaimMachine } from "../../../src/app/getMachine.ts";
import type { WriteError } from "../../../src/app/ports.ts";
import { lockRef, type LockRecord } from "../../../src/domain/lock.ts";
import { claimed, takenOver, unlocked } from "../../../src/domain/lockChanges.ts";
import type { Person } from "../../../src/domain/person.ts";
import { HOUR_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { current, waitingRef, type Waiter } from "../../../src/domain/waiting.ts";
import { aBranch, aCommit, aMachine, ann, aPool, ben } from "../../builders/deploy.ts";
import { at, aWaiter, freeLock, heldLock } from "../../builders/lock.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeLockStore, FakeWaitingStore } from "../../fakes/leases.ts";
import { FakeLog } from "../../fakes/log.ts";

const locksHome = { context: "staging", namespace: "devdeploy" };
const refOf = (machine: string) => lockRef(machine, locksHome);
const timeout: WriteError = { reason: "timeout", server: "https://staging", afterMs: 5_000 };
const never = new AbortController().signal;
const eve: Person = { user: "eve", mail: "eve@example.com", name: "Eve Day" };

/** Lets what nobody waits for come to its end. */
const untilSettled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A pool of machines whose Leases hold these records; undefined for a Lease that is missing. */
function aTeam(records: Readonly<Record<string, LockRecord | undefined>>, waiters?: readonly Waiter[]) {
  const locks = new FakeLockStore();
  const waiting = new FakeWaitingStore();
  const log = new FakeLog();
  for (const [machine, record] of Object.entries(records)) {
    if (record !== undefined) locks.objects.put(refOf(machine), record);
  }
  let nonces = 0;
  const services = {
    locks,
    waiting,
    log,
    clock: new ImpatientClock(at("08:00")),
    random: () => 0.5,
    newNonce: () => `nonce-${(nonces += 1)}`,
  };
  const pool = aPool(Object.keys(records).map((name) => aMachine(name)));
  const list = waitingRef(pool) ?? assert.fail("a pool has machines");
  if (waiters !== undefined) waiting.objects.put(list, waiters);
  const claimBy = (by: Person, signal = never, only?: readonly string[]): Promise<ClaimOutcome> =>
    claimMachine(
      services,
      {
        pool,
        claim: { by, branch: aBranch(), commit: aCommit() },
        ...(only === undefined ? {} : { only }),
      },
      signal,
    );
  return { locks, waiting, list, log, services, pool, claimBy };
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

  test("a full pool answers with everybody's locks, as they are stored, and who waits", async () => {
    const { claimBy, locks } = aTeam({ dev1: endsAtNoon, dev2: undefined }, [aWaiter(eve)]);
    locks.objects.put(refOf("dev2"), { kind: "unreadable", holder: "who", problem: "no renewTime" });
    assert.deepEqual(await claimBy(ann), {
      kind: "full",
      locks: [
        {
          machine: "dev1",
          state: { kind: "held", hold: endsAtNoon.hold },
          lock: { record: endsAtNoon, version: { uid: "uid-1", resourceVersion: "1" } },
        },
        {
          machine: "dev2",
          state: { kind: "unreadable", holder: "who", problem: "no renewTime" },
          lock: {
            record: { kind: "unreadable", holder: "who", problem: "no renewTime" },
            version: { uid: "uid-2", resourceVersion: "2" },
          },
        },
      ],
      waiters: [aWaiter(eve)],
      serverTime: at("08:00"),
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

describe("a machine that somebody waits for", () => {
  /** Given back a minute ago, and offered to eve until a second from now. */
  const freed = unlocked(heldLock({ by: ben }), ben, at("07:59:01"));
  const eves = aWaiter(eve, { since: at("07:00") });
  const bens = aWaiter(ben, { since: at("07:30") });

  test("is not taken by anybody else", async () => {
    const { claimBy, locks } = aTeam({ dev1: freed }, [eves]);
    const outcome = await claimBy(ann);
    assert.deepEqual(outcome.kind === "full" && outcome.locks[0]?.state, {
      kind: "kept",
      for: eve,
      until: at("08:00:01"),
      freeAt: at("07:59:01"),
      isAcknowledged: false,
      last: freed.last,
    });
    assert.equal(locks.objects.writes, 0);
  });

  test("is not taken by who had it last", async () => {
    assert.equal(summary(await aTeam({ dev1: freed }, [eves]).claimBy(ben)), "full");
  });

  test("is taken by who waited, who waits no longer then", async () => {
    const { claimBy, waiting, list } = aTeam({ dev1: freed, dev2: freeLock() }, [eves, bens]);
    assert.equal(summary(await claimBy(eve)), "kept dev1");
    await untilSettled();
    assert.deepEqual(current(waiting.objects.get(list)?.record ?? [], at("08:00")), [bens]);
  });

  test("is everybody's when nobody answered in time", async () => {
    const { claimBy, locks } = aTeam({ dev1: freed }, [eves]);
    locks.objects.serverTime = at("08:00:01");
    // The list's answer came a second earlier, and says that it is still kept; so the next look decides.
    assert.equal(summary(await claimBy(ann)), "full");
    const both = aTeam({ dev1: freed }, [eves]);
    both.locks.objects.serverTime = at("08:00:01");
    both.waiting.objects.serverTime = at("08:00:01");
    assert.equal(summary(await both.claimBy(ann)), "free dev1");
  });

  test("is not taken without the server's time either, by our own clock", async () => {
    const { claimBy, locks, waiting } = aTeam({ dev1: freed }, [eves]);
    locks.objects.serverTime = undefined;
    waiting.objects.serverTime = undefined;
    assert.equal(summary(await claimBy(ann)), "full");
  });

  test("leaving the list never fails nor delays the claim", async () => {
    const { claimBy, waiting, log } = aTeam({ dev1: freed }, [eves]);
    waiting.objects.writeFaults.push({ error: { reason: "forbidden", detail: "update" }, isDone: false });
    assert.equal(summary(await claimBy(eve)), "kept dev1");
    await untilSettled();
    assert.deepEqual(log.lines, ["warn dev: not taken off the waiting list: forbidden"]);
  });

  for (const error of [
    { reason: "forbidden", detail: "get" },
    { reason: "not-found", what: "leases devdeploy/dev" },
  ] as const) {
    test(`a list that is ${error.reason} is empty, and the log says so`, async () => {
      const { claimBy, waiting, log } = aTeam({ dev1: freed }, [eves]);
      waiting.objects.readFaults.push(error);
      assert.equal(summary(await claimBy(ann)), "free dev1");
      assert.deepEqual(log.lines, [`info dev: the waiting list counts as empty: ${error.reason}`]);
    });
  }

  test("a list that cannot be read may keep it for somebody: nothing new is taken", async () => {
    const { claimBy, waiting, locks } = aTeam({ dev1: freeLock() });
    waiting.objects.readFaults.push({ reason: "timeout", server: "https://staging", afterMs: 5_000 });
    assert.deepEqual([summary(await claimBy(ann)), locks.objects.writes], ["timeout", 0]);
  });

  test("one's own machine is claimed again although the list cannot be read", async () => {
    const { claimBy, waiting } = aTeam({ dev1: heldLock({ by: ann }) });
    waiting.objects.readFaults.push({ reason: "timeout", server: "https://staging", afterMs: 5_000 });
    assert.equal(summary(await claimBy(ann)), "mine dev1");
  });
});

describe("a machine that a person chose", () => {
  test("is the only one that is taken, even while they hold another", async () => {
    const { claimBy } = aTeam({ dev1: heldLock({ by: ann }), dev2: freeLock() });
    assert.equal(summary(await claimBy(ann, never, ["dev2"])), "free dev2");
  });

  test("that another holds is not taken, and no other is told of", async () => {
    const { claimBy } = aTeam({ dev1: freeLock(), dev2: heldLock({ by: ben }) });
    const outcome = await claimBy(ann, never, ["dev2"]);
    assert.deepEqual(outcome.kind === "full" && outcome.locks.map(({ machine }) => machine), ["dev2"]);
  });

  test("is judged with all others: it is not kept for who is being kept another", async () => {
    const freedAt = (time: string): LockRecord => unlocked(heldLock({ by: ben }), ben, at(time));
    const { claimBy } = aTeam({ dev1: freedAt("07:59:30"), dev2: freedAt("07:59:40") }, [
      aWaiter(eve, { since: at("07:00") }),
    ]);
    assert.equal(summary(await claimBy(ann, never, ["dev2"])), "free dev2");
  });
});

describe("the machine that a person had before", () => {
  const claim = { branch: aBranch(), commit: aCommit(), nonce: "n" };
  const anns = (record: LockRecord, time: string): LockRecord & { readonly kind: "held" } => {
    const next = claimed(record, { ...claim, by: ann }, at(time), HOUR_MS);
    return next.kind === "held" ? next : assert.fail("a claim always holds");
  };
  const bens = (record: LockRecord, time: string): LockRecord =>
    claimed(record, { ...claim, by: ben }, at(time), 12 * HOUR_MS);
  const instead = async (records: Readonly<Record<string, LockRecord>>, by = ann): Promise<unknown> => {
    const outcome = await aTeam(records).claimBy(by);
    return outcome.kind === "claimed" ? [summary(outcome), outcome.instead] : outcome.kind;
  };
  const ended = anns(freeLock(), "06:00");

  test("is somebody else's by now: they are told which and whose", async () => {
    assert.deepEqual(await instead({ dev1: bens(ended, "07:30"), dev2: freeLock() }), [
      "free dev2",
      { machine: "dev1", by: "Ben Ode" },
    ]);
  });

  test("was taken over: the same", async () => {
    const taken = takenOver(ended, { ...claim, by: ben }, at("06:30"), 12 * HOUR_MS);
    assert.deepEqual(await instead({ dev1: taken, dev2: freeLock() }), [
      "free dev2",
      { machine: "dev1", by: "Ben Ode" },
    ]);
  });

  test("ended and is still free: they get it again, and there is nothing to tell", async () => {
    assert.deepEqual(await instead({ dev1: ended, dev2: freeLock() }), ["mine-again dev1", undefined]);
  });

  test("was given back by themselves: nothing to tell", async () => {
    const given = bens(unlocked(ended, ann, at("06:30")), "07:30");
    assert.deepEqual(await instead({ dev1: given, dev2: freeLock() }), ["free dev2", undefined]);
  });

  test("is not one of which they only ended another's lock", async () => {
    const eves = heldLock({ by: eve, until: at("20:00") });
    const freed = bens(unlocked(eves, ann, at("06:30")), "07:30");
    assert.deepEqual(await instead({ dev1: freed, dev2: freeLock() }), ["free dev2", undefined]);
  });

  test("was theirs before the one that they have now: nothing to tell", async () => {
    const later = anns(freeLock(), "07:45");
    assert.deepEqual(await instead({ dev1: bens(ended, "07:30"), dev2: later }), ["mine dev2", undefined]);
    const laterEnded = anns(freeLock(), "06:50");
    assert.deepEqual(await instead({ dev1: bens(ended, "07:30"), dev2: laterEnded }), [
      "mine-again dev2",
      undefined,
    ]);
  });

  test("was theirs after the one that they get again: they are told", async () => {
    const earlier = anns(freeLock(), "05:00");
    assert.deepEqual(await instead({ dev1: bens(ended, "07:30"), dev2: earlier }), [
      "mine-again dev2",
      { machine: "dev1", by: "Ben Ode" },
    ]);
  });

  test("is forgotten after a week", async () => {
    const longAgo = claimed(freeLock(), { ...claim, by: ann }, at("08:00") - 8 * 24 * HOUR_MS, HOUR_MS);
    assert.deepEqual(await instead({ dev1: bens(longAgo, "07:30"), dev2: freeLock() }), [
      "free dev2",
      undefined,
    ]);
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

  test("a cancellation does not keep a lost answer from being looked up", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock() });
    const stop = new AbortController();
    locks.objects.beforeWrite = () => {
      stop.abort();
    };
    locks.objects.writeFaults.push({ error: timeout, isDone: true });
    assert.equal(summary(await claimBy(ann, stop.signal)), "free dev1");
  });

  test("how it was come by is told although the answer was lost", async () => {
    const { locks, claimBy } = aTeam({ dev1: heldLock({ by: ann }) });
    locks.objects.writeFaults.push({ error: timeout, isDone: true });
    assert.equal(summary(await claimBy(ann)), "mine dev1");
  });

  test("a Lease that keeps changing is given up after six rounds", async () => {
    const { locks, claimBy } = aTeam({ dev1: freeLock() });
    locks.objects.beforeWrite = (ref) => locks.objects.put(ref, freeLock());
    assert.deepEqual([summary(await claimBy(ann)), locks.objects.writes], ["server-error", 6]);
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
  const port: ClaimMachine = (order, signal) => claimMachine(services, order, signal);
  const outcome = await port({ pool, claim: { by: ann, branch: aBranch(), commit: aCommit() } }, never);
  assert.equal(outcome.kind === "claimed" && outcome.hold.until - outcome.hold.since, 12 * HOUR_MS);
  assert.equal(outcome.kind === "claimed" && outcome.hold.since, at("08:00") + SECOND_MS);
});
