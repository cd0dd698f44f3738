import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, describe, test } from "node:test";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { claimMachine, type ClaimOutcome } from "../../src/app/claimMachine.ts";
import { LockBoard, type MachineView } from "../../src/app/lockBoard.ts";
import { unlockMachine, type UnlockOutcome } from "../../src/app/unlockMachine.ts";
import { openCluster, type Cluster } from "../../src/cluster.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import type { Pool } from "../../src/domain/config.ts";
import type { Person } from "../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/domain/time.ts";
import { aBranch, aCommit, aConfig, aMachine, ann, aPool, ben } from "../builders/deploy.ts";
import { until } from "../builders/waiting.ts";
import { FakeLog } from "../fakes/log.ts";
import { nobodyWaits } from "../fakes/nobodyWaits.ts";
import { useClient } from "./clusterAdapters.ts";
import { at, textAt } from "./json.ts";

const signal = new AbortController().signal;
const DAY_MS = 24 * HOUR_MS;

/** As the API server takes times. */
const microTime = (time: number): string => new Date(time).toISOString().replace("Z", "000Z");

describe("Leases that are edited by hand or by another tool", () => {
  const suite = useClient("by-hand");
  let cluster: Cluster;
  const boards: LockBoard[] = [];
  before(async () => {
    const kubeconfig = await suite.on.cluster.kubeconfig("ann", ["staging"]);
    cluster = openCluster({ kubeconfig, env: process.env, clock: systemClock, log: new FakeLog() });
  });
  after(() => {
    cluster.dispose();
  });
  afterEach(() => {
    for (const board of boards.splice(0)) board.dispose();
  });

  const poolOf = ({ name, namespace }: ObjectRef, pool: Partial<Pool> = {}): Pool => ({
    ...aPool([aMachine(name, { locks: { context: "staging", namespace } })]),
    ...pool,
  });
  const services = () => ({
    locks: cluster.locks,
    waiting: nobodyWaits,
    clock: systemClock,
    log: new FakeLog(),
    random: Math.random,
    newNonce: randomUUID,
  });
  const claim = (ref: ObjectRef, by: Person = ann, pool: Partial<Pool> = {}): Promise<ClaimOutcome> =>
    claimMachine(
      services(),
      { pool: poolOf(ref, pool), claim: { by, branch: aBranch(), commit: aCommit() } },
      signal,
    );
  const unlock = (ref: ObjectRef): Promise<UnlockOutcome> =>
    unlockMachine(services(), { ref: { ...ref, context: "staging" }, pool: "dev", by: ann }, signal);
  const admin = () => suite.on.as("admin");
  const leaseOf = async (ref: ObjectRef): Promise<unknown> => (await admin().get(suite.leasePath(ref))).body;
  const edit = async (ref: ObjectRef, change: object): Promise<void> => {
    const { status, body } = await admin().patch("merge", suite.leasePath(ref), change);
    assert.equal(status, 200, JSON.stringify(body));
  };
  const boardOf = (ref: ObjectRef, pool: Partial<Pool> = {}): LockBoard => {
    const board = new LockBoard({ watches: cluster.watches, clock: systemClock });
    boards.push(board);
    board.follow(aConfig({ pools: [poolOf(ref, pool)] }));
    return board;
  };
  const shown = <T>(board: LockBoard, look: (state: MachineView["state"]) => T | undefined): Promise<T> =>
    until("the row", () => {
      const state = board.machines[0]?.state;
      return state === undefined ? undefined : look(state);
    });
  const shows = (board: LockBoard, kind: MachineView["state"]["kind"]): Promise<MachineView["state"]> =>
    shown(board, (state) => (state.kind === kind ? state : undefined));

  const now = systemClock.now();
  for (const [what, change] of [
    ["no duration", { spec: { holderIdentity: "somebody", renewTime: microTime(now) } }],
    ["no time", { spec: { holderIdentity: "somebody", leaseDurationSeconds: 3600 } }],
    [
      "a history that is no JSON",
      {
        metadata: { annotations: { "devdeploy.dev/history": "{{{" } },
        spec: { holderIdentity: "somebody", renewTime: microTime(now), leaseDurationSeconds: 3600 },
      },
    ],
    [
      "an annotation of 100 kB",
      {
        metadata: { annotations: { "devdeploy.dev/reason": "x".repeat(100_000) } },
        spec: { holderIdentity: "somebody", renewTime: microTime(now), leaseDurationSeconds: 3600 },
      },
    ],
  ] as const) {
    test(`a holder with ${what} is shown as one that cannot be read, and is never overwritten`, async () => {
      const ref = await suite.emptyLease("ann");
      await edit(ref, change);
      const before = await leaseOf(ref);
      const state = await shows(boardOf(ref), "unreadable");
      assert.equal(state.kind === "unreadable" && state.holder, "somebody");
      assert.deepEqual([(await claim(ref)).kind, (await unlock(ref)).kind], ["full", "not-holder"]);
      assert.deepEqual(await leaseOf(ref), before);
    });
  }

  test("a Lease that another tool holds is held until that tool's own end, and free after it", async () => {
    const ref = await suite.emptyLease("ann");
    const spec = { holderIdentity: "terraform-7f3a", leaseDurationSeconds: 60 };
    await edit(ref, { spec: { ...spec, acquireTime: microTime(now), renewTime: microTime(now) } });
    const state = await shows(boardOf(ref), "held");
    assert.equal(state.kind === "held" && state.hold.by.name, "terraform-7f3a");
    assert.equal((await claim(ref)).kind, "full");
    await edit(ref, { spec: { renewTime: microTime(now - 2 * MINUTE_MS) } });
    const outcome = await claim(ref);
    assert.equal(outcome.kind === "claimed" && outcome.hold.by.name, "Ann Lee");
  });

  test("a holder that somebody edits is shown at once, and the machine is no longer mine", async () => {
    const ref = await suite.emptyLease("ann");
    await claim(ref);
    const board = boardOf(ref);
    await shown(board, (state) => (state.kind === "held" && state.hold.by.mail === ann.mail) || undefined);
    await edit(ref, { spec: { holderIdentity: "ben <ben@example.com>" } });
    await shown(board, (state) => (state.kind === "held" && state.hold.by.mail === ben.mail) || undefined);
    assert.equal((await unlock(ref)).kind, "not-holder");
    assert.equal(textAt(await leaseOf(ref), "spec", "holderIdentity"), "ben <ben@example.com>");
  });

  test("a Lease that an administrator deletes is shown as missing, and what its holder does next does not bring it back unseen", async () => {
    const ref = await suite.emptyLease("ann");
    const mine = await claim(ref);
    if (mine.kind !== "claimed") assert.fail(mine.kind);
    const board = boardOf(ref);
    await shows(board, "held");
    await admin().delete(suite.leasePath(ref));
    await shows(board, "missing");
    // What was read before the deletion is no ground to write on.
    const { record, version } = mine.lock;
    const late = await cluster.locks.write({ ...ref, context: "staging" }, version, record, "dev", signal);
    assert.deepEqual(late, { ok: false, error: { reason: "conflict" } });
    assert.equal((await admin().get(suite.leasePath(ref))).status, 404);
  });

  test("a Lease that was deleted and made again is another one: what the former holder still knows changes nothing", async () => {
    const ref = await suite.emptyLease("ann");
    const mine = await claim(ref);
    if (mine.kind !== "claimed") assert.fail(mine.kind);
    await admin().delete(suite.leasePath(ref));
    await suite.emptyLease("ann", ref.name);
    const { record, version } = mine.lock;
    const late = await cluster.locks.write({ ...ref, context: "staging" }, version, record, "dev", signal);
    assert.deepEqual(late, { ok: false, error: { reason: "conflict" } });
    await claim(ref, ben);
    assert.equal((await unlock(ref)).kind, "not-holder");
    assert.equal(textAt(await leaseOf(ref), "spec", "holderIdentity"), "ben <ben@example.com>");
  });

  test("a reason of ten thousand characters with line ends, control characters and markdown becomes one short plain line", async () => {
    const ref = await suite.emptyLease("ann");
    await claim(ref);
    const reason = `please\r\n\u001b[31m[click](command:evil)\u202e\u0000 ${"x".repeat(10_000)}`;
    await edit(ref, { metadata: { annotations: { "devdeploy.dev/reason": reason } } });
    const read = await shown(boardOf(ref), (state) =>
      state.kind === "held" ? state.hold.reason : undefined,
    );
    assert.ok(read.length <= 200, `${read.length} characters`);
    assert.doesNotMatch(read, /[\p{Cc}\p{Cf}]/u);
    assert.match(read, /^please /u);
  });

  test("an end in the past is an end: the row says so at once, and the next who wants the machine has it", async () => {
    const ref = await suite.emptyLease("ann");
    await claim(ref, ben);
    await edit(ref, { spec: { renewTime: microTime(systemClock.now() - 2 * DAY_MS) } });
    await shows(boardOf(ref), "expired");
    const outcome = await claim(ref);
    assert.equal(outcome.kind === "claimed" && outcome.hold.by.name, "Ann Lee");
  });

  test("an end a year ahead is kept as it stands, and one's own is not shortened by devdeploying again", async () => {
    const ref = await suite.emptyLease("ann");
    await claim(ref);
    await edit(ref, { spec: { leaseDurationSeconds: (365 * DAY_MS) / 1000 } });
    assert.equal((await claim(ref, ben)).kind, "full");
    const again = await claim(ref);
    if (again.kind !== "claimed") assert.fail(again.kind);
    assert.ok(again.hold.until - systemClock.now() > 364 * DAY_MS);
  });

  test("a machine that is taken out of devdeploy.json while it is held leaves the rows; its lock stays, and is there when it comes back", async () => {
    const ref = await suite.emptyLease("ann");
    const other = await suite.emptyLease("ann");
    await claim(ref, ben);
    const board = boardOf(ref);
    await shows(board, "held");
    const before = await leaseOf(ref);
    board.follow(aConfig({ pools: [poolOf(other)] }));
    await until("the other's row", () => board.machines[0]?.state.kind === "free" || undefined);
    assert.deepEqual(
      board.machines.map(({ name }) => name),
      [other.name],
    );
    assert.deepEqual(await leaseOf(ref), before);
    board.follow(aConfig({ pools: [poolOf(ref)] }));
    const state = await shows(board, "held");
    assert.equal(state.kind === "held" && state.hold.by.mail, ben.mail);
  });

  test("two repositories whose devdeploy.json name one Lease share one machine: one lock, seen by both, and never two holders", async () => {
    const ref = await suite.emptyLease("ann");
    const shop = { name: "shop" };
    const billing = { name: "billing", lockHours: 2 };
    assert.equal((await claim(ref, ann, shop)).kind, "claimed");
    assert.equal((await claim(ref, ben, billing)).kind, "full");
    for (const pool of [shop, billing]) {
      const state = await shows(boardOf(ref, pool), "held");
      assert.equal(state.kind === "held" && state.hold.by.mail, ann.mail);
    }
    assert.equal(at(await leaseOf(ref), "metadata", "labels", "devdeploy.dev/pool"), "shop");
    // Whose rules hold is who claims: a shorter lock of the other repository does not end this one earlier.
    const again = await claim(ref, ann, billing);
    if (again.kind !== "claimed") assert.fail(again.kind);
    assert.ok(again.hold.until - systemClock.now() > 11 * HOUR_MS);
    assert.equal(at(await leaseOf(ref), "metadata", "labels", "devdeploy.dev/pool"), "billing");
  });
});
