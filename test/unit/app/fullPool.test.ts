import assert from "node:assert/strict";
import { test } from "node:test";
import type { FullAnswer, FullPool } from "../../../src/app/fullPool.ts";
import { lockRef, shownLock, type LockRecord } from "../../../src/domain/lock.ts";
import { takenOver, unlocked } from "../../../src/domain/lockChanges.ts";
import type { Person } from "../../../src/domain/person.ts";
import { fail } from "../../../src/domain/result.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, aMachine, ann, aRevision, ben } from "../../builders/deploy.ts";
import { freeLock, heldLock } from "../../builders/lock.ts";
import { DeployWorld } from "../../fakes/deployWorld.ts";

const serverTime = Date.UTC(2026, 10, 23, 8);
/** The Date header is cut to seconds, so a hold begins with the next one. */
const start = serverTime + 1_000;
const until = start + 12 * HOUR_MS;
const eve: Person = { user: "eve", mail: "eve@example.com", name: "Eve Day" };
const refOf = (name: string) => lockRef(name, aMachine(name).locks);

/** Ben holds dev1 for two hours more, Eve dev2 for three. */
function aFullWorld(): DeployWorld {
  const world = new DeployWorld();
  put(world, "dev1", heldBy(ben, 2));
  put(world, "dev2", heldBy(eve, 3));
  return world;
}

const heldBy = (by: Person, hours: number) =>
  heldLock({ by, branch: aBranch("task/theirs"), until: serverTime + hours * HOUR_MS, claim: by.name });

const put = (world: DeployWorld, name: string, record: LockRecord): void => {
  world.locks.objects.put(refOf(name), record);
};

const recordOf = (world: DeployWorld, name: string): LockRecord | undefined =>
  world.locks.objects.get(refOf(name))?.record;

/** What a person answers who takes over the machine as it was shown to them. */
function takeOver({ machines }: FullPool, name: string, reason?: string): FullAnswer {
  const lock = machines.find(({ machine }) => machine === name)?.lock;
  const shown = lock === undefined ? undefined : shownLock(lock);
  assert.ok(shown !== undefined);
  return { kind: "take-over", machine: name, shown, ...(reason === undefined ? {} : { reason }) };
}

test("who takes a machine over goes on with the same devdeploy, without another question", async () => {
  const world = aFullWorld();
  world.whenFull = (full) => takeOver(full, "dev1", "the demo is at three");
  const outcome = await world.devdeploy();
  const record = recordOf(world, "dev1");
  assert.ok(record?.kind === "held");
  assert.deepEqual(
    [outcome.kind, outcome.lock, world.fulls.length, world.questions.length],
    ["proven", { kind: "held", machine: "dev1", until, got: { kind: "taken-over", from: "Ben Ode" } }, 1, 0],
  );
  assert.deepEqual(record.history.at(-1), {
    at: start,
    by: "Ann Lee",
    who: "ann <ann@example.com>",
    what: "claimed",
    branch: aBranch(),
    commit: aCommit(),
    of: "ben <ben@example.com>",
    reason: "the demo is at three",
    nonce: "nonce-1",
  });
  assert.deepEqual(
    world.phases.map(({ kind }) => kind).filter((kind) => kind !== "steady"),
    ["checking", "claiming", "full", "claiming", "deploying"],
  );
});

test("the person is shown who holds what, in which lock, for which branch of theirs", async () => {
  const world = aFullWorld();
  const outcome = await world.devdeploy();
  const [full] = world.fulls;
  assert.ok(full !== undefined);
  assert.deepEqual(
    full.machines.map(({ machine, state, lock }) => [
      machine,
      state.kind === "held" ? state.hold.by.name : state.kind,
      lock?.record.kind,
    ]),
    [
      ["dev1", "Ben Ode", "held"],
      ["dev2", "Eve Day", "held"],
    ],
  );
  assert.deepEqual(
    [full.branch, full.person.name, full.now, full.changed],
    [aBranch(), "Ann Lee", serverTime, undefined],
  );
  assert.deepEqual(outcome.kind === "pool-full" ? [outcome.answer, outcome.lock] : outcome.kind, [
    { kind: "nothing" },
    { kind: "none" },
  ]);
  assert.equal(world.locks.objects.writes, 0);
});

test("a lock that changed while the dialog was open is left alone, and the person is asked anew", async () => {
  const world = aFullWorld();
  world.whenFull = (full) => {
    if (world.fulls.length > 1) return { kind: "nothing" };
    const answer = takeOver(full, "dev1");
    // Eve was quicker: she holds dev1 now.
    const claim = { by: eve, branch: aBranch("task/hers"), commit: aCommit("e"), nonce: "eve-1" };
    put(world, "dev1", takenOver(heldBy(ben, 2), claim, serverTime, 12 * HOUR_MS));
    return answer;
  };
  const outcome = await world.devdeploy();
  const record = recordOf(world, "dev1");
  const [, again] = world.fulls;
  const changed = again?.changed?.lock.record;
  assert.deepEqual(
    [
      outcome.kind,
      record?.kind === "held" ? record.hold.by.name : record?.kind,
      again?.changed?.machine,
      changed?.kind === "held" ? changed.hold.by.name : changed?.kind,
      world.locks.objects.writes,
    ],
    ["pool-full", "Eve Day", "dev1", "Eve Day", 0],
  );
});

test("a machine that its holder unlocked while the dialog was open is claimed, not taken over", async () => {
  const world = aFullWorld();
  world.whenFull = (full) => {
    const answer = takeOver(full, "dev1");
    put(world, "dev1", unlocked(heldBy(ben, 2), ben, serverTime));
    return answer;
  };
  const outcome = await world.devdeploy();
  assert.deepEqual([outcome.kind, outcome.lock], ["proven", { kind: "held", machine: "dev1", until }]);
});

test("a machine that ended while the person thought about it is claimed", async () => {
  const world = aFullWorld();
  world.whenFull = (full) => {
    const answer = takeOver(full, "dev1");
    world.locks.objects.serverTime = serverTime + 2 * HOUR_MS;
    return answer;
  };
  const outcome = await world.devdeploy();
  assert.deepEqual(
    [outcome.kind, outcome.lock.kind === "held" ? [outcome.lock.machine, outcome.lock.got] : undefined],
    ["proven", ["dev1", undefined]],
  );
});

test("a machine that became free goes to the devdeploy that waits for an answer", async () => {
  const world = aFullWorld();
  world.whenFull = () => {
    put(world, "dev2", freeLock());
    return { kind: "again" };
  };
  const outcome = await world.devdeploy();
  assert.deepEqual(
    [outcome.kind, outcome.lock.kind === "held" ? outcome.lock.machine : undefined, world.fulls.length],
    ["proven", "dev2", 1],
  );
});

test("who was put on the list while a machine became free gets it at once", async () => {
  const world = aFullWorld();
  world.whenFull = () => {
    put(world, "dev2", freeLock());
    return { kind: "waiting", place: 1 };
  };
  assert.equal((await world.devdeploy()).kind, "proven");
});

test("who waits or asks has deployed nothing and locked nothing", async () => {
  for (const answer of [
    { kind: "waiting", place: 2 },
    { kind: "asked", machine: "dev1", holder: "Ben Ode" },
  ] as const) {
    const world = aFullWorld();
    world.whenFull = () => answer;
    const outcome = await world.devdeploy();
    assert.deepEqual(
      [
        outcome.kind === "pool-full" ? outcome.answer : outcome.kind,
        world.orders,
        world.locks.objects.writes,
      ],
      [answer, [], 0],
    );
  }
});

test("cancelled while the list was open, nothing has been done", async () => {
  const world = aFullWorld();
  world.whenFull = (full) => {
    world.stop.abort();
    return takeOver(full, "dev1");
  };
  assert.deepEqual(await world.devdeploy(), {
    kind: "cancelled",
    truth: { kind: "nothing-done" },
    lock: { kind: "none" },
  });
  assert.equal(world.locks.objects.writes, 0);
});

test("a take-over whose answer was lost goes on when it was done", async () => {
  const world = aFullWorld();
  world.whenFull = (full) => {
    world.locks.objects.writeFaults.push({
      error: { reason: "timeout", server: "https://staging", afterMs: 5_000 },
      isDone: true,
    });
    return takeOver(full, "dev1");
  };
  const outcome = await world.devdeploy();
  assert.deepEqual(
    [outcome.kind, outcome.lock.kind === "held" ? outcome.lock.got : undefined],
    ["proven", { kind: "taken-over", from: "Ben Ode" }],
  );
});

test("a take-over that is forbidden fails with its reason", async () => {
  const world = aFullWorld();
  const error = { reason: "forbidden", detail: "update leases" } as const;
  world.whenFull = (full) => {
    world.locks.objects.writeFaults.push({ error, isDone: false });
    return takeOver(full, "dev1");
  };
  const outcome = await world.devdeploy();
  assert.deepEqual(outcome.kind === "failed" ? outcome.failure : outcome.kind, { stage: "locks", error });
});

test("somebody's deploy that is still under way on a machine taken over is waited for, not raced", async () => {
  const world = aFullWorld();
  world.releases.add(
    "dev1",
    aRevision({ revision: 4, status: "pending-upgrade", deployedAt: world.clock.now() }),
  );
  world.whenFull = (full) => takeOver(full, "dev1");
  const outcome = await world.devdeploy();
  assert.deepEqual([outcome.kind, world.orders], ["busy", []]);
});

test("a machine that was chosen and is held by somebody else is refused before anything is asked", async () => {
  const world = aFullWorld();
  world.order = { ...world.order, machine: aMachine("dev2") };
  const outcome = await world.devdeploy();
  assert.deepEqual(
    [
      outcome.kind === "machine-taken" ? [outcome.machine, outcome.state.kind] : outcome.kind,
      world.questions,
      world.fulls,
      world.locks.objects.writes,
    ],
    [["dev2", "held"], [], [], 0],
  );
});

test("a machine that was chosen is claimed although another one is free, with a warning", async () => {
  const world = new DeployWorld();
  world.order = { ...world.order, machine: aMachine("dev2") };
  const outcome = await world.devdeploy();
  assert.deepEqual(
    [
      outcome.lock.kind === "held" ? outcome.lock.machine : undefined,
      world.questions[0]?.plan.warnings,
      recordOf(world, "dev1")?.kind,
    ],
    ["dev2", [{ kind: "particular-machine", machine: "dev2" }], "free"],
  );
});

test("who holds a machine and chooses another one is told that they will hold two", async () => {
  const world = new DeployWorld();
  put(world, "dev1", heldBy(ann, 5));
  world.order = { ...world.order, machine: aMachine("dev2") };
  const outcome = await world.devdeploy();
  assert.deepEqual(
    [outcome.lock.kind === "held" ? outcome.lock.machine : undefined, world.questions[0]?.plan.warnings],
    [
      "dev2",
      [
        { kind: "particular-machine", machine: "dev2" },
        { kind: "second-machine", machine: "dev2", also: "dev1" },
      ],
    ],
  );
});

test("a chosen machine that somebody claims between the look and the claim is refused", async () => {
  const world = new DeployWorld();
  world.order = { ...world.order, machine: aMachine("dev2") };
  world.locks.objects.beforeWrite = () => {
    put(world, "dev2", heldBy(ben, 2));
    world.locks.objects.beforeWrite = undefined;
  };
  const outcome = await world.devdeploy();
  assert.deepEqual(
    [outcome.kind === "machine-taken" ? outcome.state.kind : outcome.kind, world.orders],
    ["held", []],
  );
});

test("a branch that was chosen is deployed as the remote has it, whatever HEAD is at", async () => {
  const world = new DeployWorld();
  const theirs = aCommit("abc");
  world.remote = [{ ok: true, value: theirs }];
  world.uncommitted = 3;
  world.local = aCommit("def");
  world.distance = { ahead: 2, behind: 0 };
  world.order = { ...world.order, branch: aBranch("task/other") };
  const outcome = await world.devdeploy();
  assert.deepEqual(
    [
      world.fetched,
      world.questions[0]?.plan.warnings,
      outcome.kind === "proven" ? outcome.commit : outcome.kind,
      world.orders[0]?.mark.branch,
    ],
    [
      [`task/other ${theirs}`],
      [{ kind: "left-out-commits", count: 2, branch: aBranch("task/other") }],
      theirs,
      "task/other",
    ],
  );
});

test("a chosen branch that cannot be fetched, or that nobody has, fails before anything is locked", async () => {
  const unreachable = new DeployWorld();
  const error = { reason: "remote-unreachable", remote: "origin", detail: "no route" } as const;
  unreachable.fetch = fail(error);
  unreachable.order = { ...unreachable.order, branch: aBranch("task/other") };
  const gone = new DeployWorld();
  gone.remote = [{ ok: true, value: undefined }];
  gone.local = undefined;
  gone.order = { ...gone.order, branch: aBranch("task/other") };
  const outcomes = [await unreachable.devdeploy(), await gone.devdeploy()];
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === "failed" ? outcome.failure : outcome.kind)),
    [
      { stage: "git", error },
      { stage: "git", error: { reason: "branch-absent", branch: aBranch("task/other") } },
    ],
  );
  assert.equal(unreachable.locks.objects.writes + gone.locks.objects.writes, 0);
});

test("a chosen branch that is only in the clone is refused, and one that moves meanwhile too", async () => {
  const branch = aBranch("task/other");
  const unpushed = new DeployWorld();
  unpushed.remote = [{ ok: true, value: undefined }];
  unpushed.order = { ...unpushed.order, branch };
  const moved = new DeployWorld();
  moved.remote = [
    { ok: true, value: aCommit() },
    { ok: true, value: aCommit("abc") },
  ];
  moved.order = { ...moved.order, branch };
  const outcomes = [await unpushed.devdeploy(), await moved.devdeploy()];
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.refusal : outcome.kind)),
    [
      { reason: "not-pushed", branch, commit: aCommit() },
      { reason: "chosen-moved", branch, commit: aCommit(), remoteCommit: aCommit("abc") },
    ],
  );
});

test("a merged branch on one's own machine is replaced without a question", async () => {
  for (const [isAncestor, questions] of [
    [true, 0],
    [false, 1],
    [undefined, 1],
  ] as const) {
    const world = new DeployWorld();
    put(world, "dev1", heldLock({ by: ann, branch: aBranch("task/old"), commit: aCommit("abc"), until }));
    world.isAncestor = isAncestor;
    await world.devdeploy();
    assert.equal(world.questions.length, questions);
  }
});

test("the machine that was mine is mine again, and one that somebody took is named", async () => {
  const again = new DeployWorld();
  put(again, "dev2", heldLock({ by: ann, until: serverTime - HOUR_MS }));
  const instead = new DeployWorld();
  const mine = heldLock({ by: ann, until: serverTime + HOUR_MS });
  const before = {
    ...mine,
    history: [
      { at: serverTime - HOUR_MS, by: ann.name, who: "ann <ann@example.com>", what: "claimed" as const },
    ],
  };
  const claim = { by: ben, branch: aBranch("task/his"), commit: aCommit("b"), nonce: "ben-1" };
  put(instead, "dev1", takenOver(before, claim, serverTime - 1_000, 12 * HOUR_MS));
  const outcomes = [await again.devdeploy(), await instead.devdeploy()];
  assert.deepEqual(
    outcomes.map(({ lock }) => (lock.kind === "held" ? [lock.machine, lock.got] : lock.kind)),
    [
      ["dev2", { kind: "again" }],
      ["dev2", { kind: "instead", of: "dev1", by: "Ben Ode" }],
    ],
  );
});
