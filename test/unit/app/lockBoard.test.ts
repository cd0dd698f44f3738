import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LockBoard, type MachineView } from "../../../src/app/lockBoard.ts";
import type { WatchedLease } from "../../../src/app/ports.ts";
import type { Liveness } from "../../../src/domain/cluster.ts";
import type { TeamConfig } from "../../../src/domain/config.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import type { Waiter } from "../../../src/domain/waiting.ts";
import { aConfig, aHelmDriver, aMachine, ann, aPool, ben } from "../../builders/deploy.ts";
import { aHold, anOperation, at, freeLock, heldLock } from "../../builders/lock.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { FakeWatches, watchedLock, watchedOperation, type FakeWatch } from "../../fakes/watches.ts";

const live = (): Liveness => ({ kind: "live", verifiedAt: 0 });
const unreachable = { reason: "unreachable", server: "https://staging", detail: "ECONNREFUSED" } as const;
const stale: Liveness = { kind: "stale", since: at("08:02"), error: unreachable };

const team = aConfig({
  pools: [aPool([aMachine("dev1"), aMachine("dev2")])],
  environments: [
    {
      name: "web",
      tier: "production",
      targets: [{ name: "web", driver: aHelmDriver({ context: "prod" }) }],
      locks: { context: "staging", namespace: "devdeploy" },
    },
  ],
});

function aBoard(config: TeamConfig = team) {
  const watches = new FakeWatches();
  const clock = new ManualClock(at("08:00"));
  const board = new LockBoard({ watches, clock });
  const fired: string[] = [];
  board.onChange(() =>
    fired.push(board.machines.map(({ name, state }) => `${name} ${state.kind}`).join(", ")),
  );
  board.follow(config);
  const watchOf = (context: string): FakeWatch<WatchedLease> =>
    watches.leaseWatches.get(`${context}/devdeploy`) ?? assert.fail(`no watch of ${context}`);
  const staging = watchOf("staging");
  const tell = (leases: Readonly<Record<string, WatchedLease>>): void => {
    staging.tell({ items: new Map(Object.entries(leases)), liveness: live() });
  };
  const machine = (name: string): MachineView =>
    board.machines.find((view) => view.name === name) ?? assert.fail(`no ${name}`);
  return { board, clock, fired, watches, staging, watchOf, tell, machine };
}

describe("what the board shows", () => {
  test("nothing is known before the watch is live", () => {
    const { machine } = aBoard();
    assert.deepEqual(
      [machine("dev1").state, machine("dev1").liveness],
      [{ kind: "unknown" }, { kind: "connecting" }],
    );
  });

  test("each machine in the order of the configuration, with its lock", () => {
    const { board, tell } = aBoard();
    tell({ dev1: watchedLock(heldLock({ by: ben })), dev2: watchedLock(freeLock()) });
    assert.deepEqual(board.machines, [
      {
        name: "dev1",
        pool: "dev",
        url: "https://dev1.example.com",
        state: { kind: "held", hold: aHold({ by: ben }) },
        lock: { record: heldLock({ by: ben }), version: { uid: "u", resourceVersion: "1" } },
        endsSoon: false,
        lastKnown: undefined,
        operation: undefined,
        liveness: live(),
      },
      {
        name: "dev2",
        pool: "dev",
        url: "https://dev2.example.com",
        state: { kind: "free" },
        lock: { record: freeLock(), version: { uid: "u", resourceVersion: "1" } },
        endsSoon: false,
        lastKnown: undefined,
        operation: undefined,
        liveness: live(),
      },
    ]);
  });

  test("a machine without a Lease is missing, not free", () => {
    const { tell, machine } = aBoard();
    tell({});
    assert.deepEqual(machine("dev1").state, { kind: "missing" });
  });

  test("once the watch is lost everything is unknown since then, and what was known is kept aside", () => {
    const { staging, tell, machine } = aBoard();
    tell({ dev1: watchedLock(heldLock()) });
    staging.tell({ liveness: stale });
    assert.deepEqual(
      [machine("dev1").state, machine("dev1").lock, machine("dev1").lastKnown],
      [
        { kind: "unknown", since: at("08:02"), error: unreachable },
        undefined,
        { kind: "held", hold: aHold() },
      ],
    );
  });

  test("a cluster that was never reached leaves nothing known aside", () => {
    const { staging, machine } = aBoard();
    staging.tell({ liveness: stale });
    assert.equal(machine("dev1").lastKnown, undefined);
  });

  test("an operation shows at its machine, and one of an environment in the cluster of its target", () => {
    const { board, tell, watchOf, machine } = aBoard();
    tell({ dev1: watchedLock(heldLock()), "dev1-operation": watchedOperation(anOperation()) });
    watchOf("prod").tell({
      items: new Map([["web-operation", watchedOperation(anOperation({ name: "Ben Ode" }))]]),
      liveness: live(),
    });
    const name = (view: Pick<MachineView, "operation"> | undefined): unknown =>
      view?.operation?.kind === "working" && view.operation.name;
    assert.deepEqual([name(machine("dev1")), name(board.environments[0])], ["Ann Lee", "Ben Ode"]);
  });

  test("an idle operation Lease shows nothing", () => {
    const { tell, machine } = aBoard();
    tell({ "dev1-operation": watchedOperation({ kind: "idle", transitions: 1 }) });
    assert.equal(machine("dev1").operation, undefined);
  });
});

describe("who a free machine is kept for", () => {
  const anns: Waiter = { by: holderIdentity(ann), name: ann.name, since: at("08:00"), branch: "task/x" };
  const bens: Waiter = { by: holderIdentity(ben), name: ben.name, since: at("08:00") };
  const pool = (...waiters: readonly Waiter[]): WatchedLease => watchedLock(freeLock(), waiters);
  const ended = watchedLock(heldLock({ until: at("08:10") }));

  test("a machine whose lock ends is kept for the first who waits, then passed on, then everybody's, each at its moment", async () => {
    const { clock, fired, tell, machine } = aBoard();
    tell({ dev: pool(anns, bens), dev1: ended });
    const state = (): unknown => {
      const view = machine("dev1").state;
      return view.kind === "kept" ? `kept for ${view.for.name}` : view.kind;
    };
    const seen: unknown[] = [state()];
    for (const wait of [10 * MINUTE_MS - 1, 1, MINUTE_MS - 1, 1, MINUTE_MS - 1, 1]) {
      fired.length = 0;
      await clock.advance(wait);
      seen.push(`${String(state())} ${fired.length}`);
    }
    assert.deepEqual(seen, [
      "held",
      "held 0",
      "kept for Ann Lee 1",
      "kept for Ann Lee 0",
      "kept for Ben Ode 1",
      "kept for Ben Ode 0",
      "expired 1",
    ]);
  });

  test("it stays theirs for ten minutes once their editor has said that it knows", async () => {
    const { clock, tell, machine } = aBoard();
    await clock.advance(10 * MINUTE_MS);
    tell({
      dev: pool({ ...anns, acknowledged: { machine: "dev1", freeAt: at("08:10"), from: at("08:10") } }),
      dev1: ended,
    });
    assert.deepEqual(machine("dev1").state, {
      kind: "kept",
      for: ann,
      until: at("08:20"),
      freeAt: at("08:10"),
      isAcknowledged: true,
      last: aHold({ until: at("08:10") }),
    });
    await clock.advance(10 * MINUTE_MS);
    assert.equal(machine("dev1").state.kind, "expired");
  });

  test("a pool tells who waits while it is current, and forgets them after a day", async () => {
    const { board, clock, staging, tell, fired } = aBoard();
    tell({ dev: pool(anns) });
    assert.deepEqual(board.pools, [{ name: "dev", waiters: [anns], liveness: live() }]);
    staging.tell({ liveness: stale });
    assert.deepEqual(board.pools, [{ name: "dev", waiters: [], liveness: stale }]);
    staging.tell({ liveness: live() });
    fired.length = 0;
    await clock.advance(24 * 60 * MINUTE_MS);
    assert.deepEqual([board.pools[0]?.waiters, fired.length], [[], 1]);
  });

  test("somebody who joins the list is a change, although no lock is", () => {
    const { fired, tell } = aBoard();
    tell({ dev: pool(), dev1: watchedLock(heldLock()) });
    fired.length = 0;
    tell({ dev: pool(bens), dev1: watchedLock(heldLock()) });
    assert.equal(fired.length, 1);
  });

  test("who holds a machine of the pool waits no longer, nor does who left", () => {
    const { board, tell } = aBoard();
    tell({ dev: pool({ ...anns, leftAt: at("08:00") }, bens), dev1: watchedLock(heldLock({ by: ben })) });
    assert.deepEqual(board.pools[0]?.waiters, []);
  });
});

describe("when the board fires", () => {
  test("a change of somebody else's fires once; the same again, a beat or a bookmark do not", () => {
    const { fired, staging, tell } = aBoard();
    fired.length = 0;
    const leases = (beat: string): Readonly<Record<string, WatchedLease>> => ({
      dev1: watchedLock(heldLock({ by: ben })),
      "dev1-operation": watchedOperation(anOperation({ beat })),
    });
    tell(leases("1"));
    tell(leases("1"));
    tell(leases("2"));
    staging.tell({ liveness: { kind: "live", verifiedAt: 99 }, serverOffset: 5 });
    assert.deepEqual(fired, ["dev1 held, dev2 missing"]);
  });

  test("a lock turns by itself in the very second of the server's clock that it ends in", async () => {
    const { clock, fired, staging, machine } = aBoard();
    // The server is ten seconds ahead of us.
    staging.tell({
      items: new Map([["dev1", watchedLock(heldLock({ until: at("08:01") }))]]),
      liveness: live(),
      serverOffset: 10 * SECOND_MS,
    });
    fired.length = 0;
    await clock.advance(50 * SECOND_MS - 1);
    assert.deepEqual([machine("dev1").state.kind, fired], ["held", []]);
    await clock.advance(1);
    assert.deepEqual([machine("dev1").state.kind, fired], ["expired", ["dev1 expired, dev2 missing"]]);
  });

  test("setting our clock does not end a lock: between answers a monotonic clock carries the time", () => {
    const { clock, staging, machine, board } = aBoard();
    staging.tell({
      items: new Map([["dev1", watchedLock(heldLock({ until: at("08:30") }))]]),
      liveness: live(),
      serverOffset: 0,
    });
    clock.sleepMachine(60 * MINUTE_MS);
    assert.deepEqual([machine("dev1").state.kind, board.serverNow("dev1")], ["held", at("08:00")]);
  });

  test("a machine that slept takes the time from the first answer after it, even where the monotonic clock stood still", () => {
    const { clock, staging, machine } = aBoard();
    staging.tell({
      items: new Map([["dev1", watchedLock(heldLock({ until: at("08:30") }))]]),
      liveness: live(),
      serverOffset: 0,
    });
    clock.sleepMachine(60 * MINUTE_MS);
    staging.tell({ liveness: stale });
    staging.tell({ liveness: live() });
    assert.equal(machine("dev1").state.kind, "expired");
  });

  test("a version alone, a note of a tool that nobody is shown, is no change", () => {
    const { fired, tell, machine } = aBoard();
    const stored = (resourceVersion: string, uid = "u"): WatchedLease => ({
      kind: "lock",
      lock: { record: heldLock(), version: { uid, resourceVersion } },
      waiters: [],
    });
    tell({ dev1: stored("1") });
    fired.length = 0;
    tell({ dev1: stored("2") });
    assert.deepEqual([fired, machine("dev1").lock?.version.resourceVersion], [[], "2"]);
  });

  test("a Lease that was deleted and made anew is a change, and so is one that was edited by hand", () => {
    const { fired, tell, machine } = aBoard();
    const stored = (uid: string, by = ann): WatchedLease => ({
      kind: "lock",
      lock: { record: heldLock({ by }), version: { uid, resourceVersion: "1" } },
      waiters: [],
    });
    tell({ dev1: stored("u1") });
    fired.length = 0;
    tell({});
    tell({ dev1: stored("u2") });
    tell({ dev1: stored("u2", ben) });
    assert.deepEqual(
      [fired, machine("dev1").lock?.version.uid],
      [["dev1 missing, dev2 missing", "dev1 held, dev2 missing", "dev1 held, dev2 missing"], "u2"],
    );
  });

  test("the last half hour of a lock begins by itself, to the second", async () => {
    const { clock, fired, tell, machine } = aBoard();
    tell({ dev1: watchedLock(heldLock({ until: at("09:00") })) });
    fired.length = 0;
    await clock.advance(30 * MINUTE_MS - 1);
    assert.deepEqual([machine("dev1").endsSoon, fired.length], [false, 0]);
    await clock.advance(1);
    assert.deepEqual([machine("dev1").endsSoon, fired.length], [true, 1]);
  });

  test("our clock is said to be off by what it is, from more than five seconds on", () => {
    const { staging, machine } = aBoard();
    const offBy = (serverOffset: number): unknown => {
      staging.tell({ liveness: live(), serverOffset });
      return machine("dev1").clockOff;
    };
    assert.deepEqual([offBy(5_000), offBy(-5_400), offBy(3_600_400)], [undefined, -5_000, 3_600_000]);
  });

  test("an operation that shows no life for its whole length fades by itself, and a beat keeps it", async () => {
    const { clock, fired, tell, machine } = aBoard();
    const working = (beat: string): void => {
      tell({ "dev1-operation": watchedOperation(anOperation({ beat })) });
    };
    working("1");
    await clock.advance(20 * SECOND_MS);
    working("2");
    await clock.advance(29 * SECOND_MS);
    assert.equal(machine("dev1").operation?.kind, "working");
    fired.length = 0;
    await clock.advance(SECOND_MS);
    assert.deepEqual([machine("dev1").operation, fired.length], [undefined, 1]);
  });

  test("without a held lock the board looks at the time now and then, and fires nothing", async () => {
    const { clock, fired, tell } = aBoard();
    tell({ dev1: watchedLock(freeLock()) });
    fired.length = 0;
    await clock.advance(180 * MINUTE_MS);
    assert.deepEqual(fired, []);
  });
});

describe("what the board watches", () => {
  test("each place of the configuration once", () => {
    const { watches } = aBoard();
    assert.deepEqual([...watches.leaseWatches.keys()], ["staging/devdeploy", "prod/devdeploy"]);
  });

  test("another configuration closes what is not needed any more and keeps what is", () => {
    const { board, staging, watchOf } = aBoard();
    const prod = watchOf("prod");
    board.follow(aConfig({ pools: [aPool([aMachine("dev3")])] }));
    assert.deepEqual(
      [staging.isOpen, prod.isOpen, board.machines.map(({ name }) => name)],
      [true, false, ["dev3"]],
    );
  });

  test("no configuration closes everything and shows nothing", () => {
    const { board, staging } = aBoard();
    board.follow(undefined);
    assert.deepEqual([staging.isOpen, board.machines, board.environments], [false, [], []]);
  });

  test("a relist reaches every watch", () => {
    const { board, staging, watchOf } = aBoard();
    board.relist();
    assert.deepEqual([staging.relists, watchOf("prod").relists], [1, 1]);
  });

  test("disposed, it leaves no watch and no timer behind", () => {
    const { board, clock, staging, tell } = aBoard();
    tell({ dev1: watchedLock(heldLock()) });
    board.dispose();
    assert.deepEqual([staging.isOpen, clock.nextTimer], [false, undefined]);
  });
});
