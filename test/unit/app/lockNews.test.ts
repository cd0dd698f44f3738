import assert from "node:assert/strict";
import { test } from "node:test";
import { LockBoard } from "../../../src/app/lockBoard.ts";
import { LockNews } from "../../../src/app/lockNews.ts";
import type { WatchedLease } from "../../../src/app/ports.ts";
import { type LockRecord } from "../../../src/domain/lock.ts";
import { asked, extended, unlocked } from "../../../src/domain/lockChanges.ts";
import type { News } from "../../../src/domain/news.ts";
import { holderIdentity, type Person } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import type { Waiter } from "../../../src/domain/waiting.ts";
import { aConfig, aMachine, ann, aPool, ben } from "../../builders/deploy.ts";
import { at, freeLock, heldLock } from "../../builders/lock.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { FakeTold } from "../../fakes/told.ts";
import { FakeWatches, watchedLock } from "../../fakes/watches.ts";

/** A cluster that several windows look at, on one computer unless they are given another memory. */
class Team {
  readonly clock = new ManualClock(at("08:00"));
  readonly told = new FakeTold();
  readonly watches = new FakeWatches();
  leases: Readonly<Record<string, WatchedLease>> = {};

  window(me: Person | undefined, told = this.told) {
    const board = new LockBoard({ watches: this.watches, clock: this.clock });
    const said: News[] = [];
    const acknowledged: string[] = [];
    const who = { me };
    const news = new LockNews({
      told,
      clock: this.clock,
      acknowledge: ({ machine }) => {
        acknowledged.push(machine);
        return Promise.resolve();
      },
      tell: (one) => said.push(one),
    });
    const look = (): void => {
      const { machines, pools } = board;
      news.look({ me: who.me, machines, pools, nowAt: (machine) => board.serverNow(machine) });
    };
    board.onChange(look);
    board.follow(aConfig({ pools: [aPool([aMachine("dev1")])] }));
    const close = (): void => {
      news.dispose();
      board.dispose();
    };
    return { news, said, acknowledged, who, look, close, kinds: () => said.map(({ kind }) => kind) };
  }

  /** One watch that all windows share, as one cluster is. */
  async tell(leases: Readonly<Record<string, WatchedLease>>): Promise<void> {
    this.leases = { ...this.leases, ...leases };
    this.watches.leases("staging", "devdeploy").tell({
      items: new Map(Object.entries(this.leases)),
      liveness: { kind: "live", verifiedAt: 0 },
    });
    await this.clock.advance(0);
  }
}

const anns: LockRecord & { kind: "held" } = heldLock();
const locked = (record: LockRecord): Readonly<Record<string, WatchedLease>> => ({
  dev1: watchedLock(record),
});
const bens: Waiter = { by: holderIdentity(ben), name: ben.name, since: at("07:00"), branch: "task/y" };

test("a colleague's unlocking is told the moment that it is seen, once", async () => {
  const team = new Team();
  const { kinds } = team.window(ann);
  await team.tell(locked(anns));
  assert.deepEqual(kinds(), []);
  await team.tell(locked(unlocked(anns, ben, at("08:00"))));
  await team.tell({ dev2: watchedLock(freeLock()) });
  assert.deepEqual(kinds(), ["lost"]);
});

test("two windows of one person tell it once; a person at another computer is told there", async () => {
  const team = new Team();
  const first = team.window(ann);
  const second = team.window(ann);
  const elsewhere = team.window(ann, new FakeTold());
  await team.tell(locked(unlocked(anns, ben, at("08:00"))));
  assert.deepEqual([[...first.kinds(), ...second.kinds()], elsewhere.kinds()], [["lost"], ["lost"]]);
});

test("after a restart nothing is told twice, and what happened while no editor was open is told then", async () => {
  const team = new Team();
  const before = team.window(ann);
  await team.tell(locked(unlocked(anns, ben, at("08:00"))));
  before.close();
  const { history } = heldLock({}, 2);
  const again = { ...anns, history: [...history], transitions: 2 };
  await team.tell(locked(unlocked(again, ben, at("08:00") + HOUR_MS)));
  await team.clock.advance(2 * HOUR_MS);
  const after = team.window(ann);
  await team.tell({});
  assert.deepEqual(
    [before.said, after.said].map((said) => said.map((one) => one.kind === "lost" && one.at)),
    [[at("08:00")], [at("09:00")]],
  );
});

test("before it is known who looks nothing is told, and nothing is lost", async () => {
  const team = new Team();
  const { kinds, who, look } = team.window(undefined);
  await team.tell(locked(unlocked(anns, ben, at("08:00"))));
  assert.deepEqual(kinds(), []);
  who.me = ann;
  look();
  await team.clock.advance(0);
  assert.deepEqual(kinds(), ["lost"]);
});

test("half an hour before the end its holder is asked, at that very moment and once", async () => {
  const team = new Team();
  const { kinds } = team.window(ann);
  await team.tell(locked(anns));
  await team.clock.advance(3.5 * HOUR_MS - 1);
  assert.deepEqual(kinds(), []);
  await team.clock.advance(1);
  assert.deepEqual(kinds(), ["ending"]);
  await team.tell(locked(asked(anns, { by: holderIdentity(ben), name: "Ben", at: 0 })));
  await team.clock.advance(10 * MINUTE_MS);
  assert.deepEqual(kinds(), ["ending"]);
});

test("an extended lock asks again half an hour before its new end", async () => {
  const team = new Team();
  const { said } = team.window(ann);
  await team.tell(locked(anns));
  await team.clock.advance(3.5 * HOUR_MS);
  await team.tell(locked(extended(anns, { by: ann, lasts: HOUR_MS, nonce: "n" }, at("11:30"))));
  await team.clock.advance(HOUR_MS);
  assert.deepEqual(
    said.map((one) => one.kind === "ending" && one.until),
    [at("12:00"), at("12:30")],
  );
});

test("a kept machine is acknowledged at once, and told when that stands on the board", async () => {
  const team = new Team();
  const { said, acknowledged } = team.window(ben);
  await team.tell({ dev: watchedLock(freeLock(), [bens]), ...locked(anns) });
  await team.tell(locked(unlocked(anns, ann, at("08:00"))));
  assert.deepEqual([acknowledged, said], [["dev1"], []]);
  const answered = { ...bens, acknowledged: { machine: "dev1", freeAt: at("08:00"), from: at("08:00") } };
  await team.tell({ dev: watchedLock(freeLock(), [answered]) });
  assert.deepEqual(
    said.map((one) => one.kind === "kept" && [one.machine, one.until, one.branch]),
    [["dev1", at("08:10"), "task/y"]],
  );
  await team.clock.advance(MINUTE_MS);
  assert.deepEqual(acknowledged, ["dev1"]);
});

test("an acknowledgement that fails is tried again, and what is passed on meanwhile is told to nobody", async () => {
  const team = new Team();
  const { said, acknowledged } = team.window(ben);
  await team.tell({
    dev: watchedLock(freeLock(), [bens]),
    ...locked(unlocked(anns, ann, at("08:00"))),
  });
  await team.clock.advance(10 * SECOND_MS);
  const early = acknowledged.length;
  await team.clock.advance(10 * MINUTE_MS);
  // At 0, 5, … 55 seconds; at 60 it is not kept for them any more.
  assert.deepEqual([early, acknowledged.length, said], [3, 12, []]);
});

test("a Lease that is deleted or edited under its holder is told to them, also after a moment without connection", async () => {
  const team = new Team();
  const { kinds } = team.window(ann);
  const watch = team.watches.leases("staging", "devdeploy");
  await team.tell(locked(anns));
  watch.tell({ liveness: { kind: "stale", since: 0, error: { reason: "aborted" } } });
  await team.clock.advance(0);
  assert.deepEqual(kinds(), []);
  team.leases = {};
  await team.tell({});
  assert.deepEqual(kinds(), ["vanished"]);
  await team.tell({});
  await team.tell(locked(anns));
  assert.deepEqual(kinds(), ["vanished"]);
});

test("another cluster, where the lock never was, took nothing away", async () => {
  const team = new Team();
  const { kinds, news, look, who } = team.window(ann);
  await team.tell(locked(anns));
  news.forget();
  team.leases = {};
  await team.tell({});
  assert.deepEqual(kinds(), []);
  await team.tell(locked(anns));
  who.me = undefined;
  look();
  who.me = ann;
  team.leases = {};
  await team.tell({});
  assert.deepEqual(kinds(), []);
});

test("an answer counts only while what it answers still is so", async () => {
  const team = new Team();
  const { said, news } = team.window(ann);
  const wanted = asked(anns, { by: holderIdentity(ben), name: "Ben", at: at("08:00") });
  await team.tell(locked(wanted));
  const [question] = said;
  assert.ok(question?.kind === "asked");
  assert.equal(news.isCurrent(question), true);
  await team.tell(locked(unlocked(wanted, ann, at("08:01"))));
  assert.equal(news.isCurrent(question), false);
});

test("closed, it tells nothing any more and leaves no timer", async () => {
  const team = new Team();
  const { kinds, close } = team.window(ben);
  await team.tell({
    dev: watchedLock(freeLock(), [bens]),
    ...locked(unlocked(anns, ann, at("08:00"))),
  });
  close();
  await team.tell(locked(anns));
  assert.deepEqual([kinds(), team.clock.nextTimer], [[], undefined]);
});
