import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { LeaseLockStore } from "../../src/adapters/kubernetes/leases.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { claimMachine, type ClaimOutcome } from "../../src/app/claimMachine.ts";
import { LockBoard, type MachineView } from "../../src/app/lockBoard.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import type { Clock } from "../../src/app/ports.ts";
import { unlockMachine, type UnlockOutcome } from "../../src/app/unlockMachine.ts";
import { openCluster, type Cluster } from "../../src/cluster.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import type { Pool } from "../../src/domain/config.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type DurationMs } from "../../src/domain/time.ts";
import { aBranch, aCommit, aConfig, aMachine, ann, aPool, ben } from "../builders/deploy.ts";
import { until } from "../builders/waiting.ts";
import { nobodyWaits } from "../fakes/nobodyWaits.ts";
import { FakeLog } from "../fakes/log.ts";
import { useClient } from "./clusterAdapters.ts";
import { FaultyWay } from "./faultyWay.ts";
import { at, textAt } from "./json.ts";

const signal = new AbortController().signal;

const summary = (outcome: ClaimOutcome): string =>
  outcome.kind === "full"
    ? `full: ${outcome.locks.map(({ state }) => (state.kind === "held" ? state.hold.by.name : state.kind)).join()}`
    : outcome.kind === "failed"
      ? `failed: ${outcome.error.reason}`
      : `${outcome.how}, by ${outcome.hold.by.name}`;

/** The system's clock, but wrong. */
const clockOff = (by: DurationMs): Clock => ({ ...systemClock, now: () => systemClock.now() + by });

describe("when things go wrong on the way to the API server", () => {
  const suite = useClient("faults");
  let way: FaultyWay;
  let folder: string;
  let kubeconfig: string;
  let cluster: Cluster;
  const boards: LockBoard[] = [];

  beforeEach(async () => {
    way = new FaultyWay(suite.on.cluster);
    await way.open();
    folder = await mkdtemp(join(tmpdir(), "devdeploy-faults-"));
    kubeconfig = join(folder, "config");
    await writeFile(kubeconfig, way.kubeconfig("ann"));
    cluster = openCluster({ kubeconfig, env: process.env, clock: systemClock, log: new FakeLog() });
  });
  afterEach(async () => {
    for (const board of boards.splice(0)) board.dispose();
    cluster.dispose();
    await way.close();
    await rm(folder, { recursive: true });
  });

  const poolOf = ({ name, namespace }: ObjectRef, context: string): Pool =>
    aPool([aMachine(name, { locks: { context, namespace } })]);
  const services = (locks = cluster.locks, clock = systemClock) => ({
    locks,
    waiting: nobodyWaits,
    clock,
    log: new FakeLog(),
    random: Math.random,
    newNonce: randomUUID,
  });
  const order = { branch: aBranch(), commit: aCommit() };
  /** Ann's way is the faulty one. */
  const annClaims = (ref: ObjectRef, clock = systemClock): Promise<ClaimOutcome> =>
    claimMachine(
      services(cluster.locks, clock),
      { pool: poolOf(ref, "staging"), claim: { by: ann, ...order } },
      signal,
    );
  const benClaims = (ref: ObjectRef): Promise<ClaimOutcome> =>
    claimMachine(
      services(new LeaseLockStore(suite.client("ben"))),
      { pool: poolOf(ref, "ben"), claim: { by: ben, ...order } },
      signal,
    );
  const annUnlocks = (ref: ObjectRef): Promise<UnlockOutcome> =>
    unlockMachine(services(), { ref: { ...ref, context: "staging" }, pool: "dev", by: ann }, signal);
  const leaseOf = async (ref: ObjectRef): Promise<unknown> =>
    (await suite.on.as("admin").get(suite.leasePath(ref))).body;
  const holderOf = async (ref: ObjectRef): Promise<string> =>
    textAt(await leaseOf(ref), "spec", "holderIdentity");
  const boardOf = (ref: ObjectRef, clock = systemClock): (() => MachineView | undefined) => {
    const board = new LockBoard({ watches: cluster.watches, clock });
    boards.push(board);
    board.follow(aConfig({ pools: [poolOf(ref, "staging")] }));
    return () => board.machines.find(({ name }) => name === ref.name);
  };
  const shows = (view: () => MachineView | undefined, kind: MachineView["state"]["kind"]): Promise<unknown> =>
    until(`a row that is ${kind}`, () => view()?.state.kind === kind || undefined);
  /** A promise and what ends it. */
  const gate = () => {
    let open = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      open = resolve;
    });
    return {
      until,
      open: () => {
        open();
      },
    };
  };

  test("a claim whose answer is lost is found by its nonce and counted once", async () => {
    const ref = await suite.emptyLease("ann");
    way.next("PUT", { kind: "lose-answer" });
    assert.equal(summary(await annClaims(ref)), "free, by Ann Lee");
    assert.deepEqual(
      [
        at(await leaseOf(ref), "spec", "leaseTransitions"),
        way.requests.filter((line) => line.startsWith("PUT")).length,
      ],
      [1, 1],
    );
  });

  test("a claim that never arrived is sent again, once more", async () => {
    const ref = await suite.emptyLease("ann");
    way.next("PUT", { kind: "lose-request" });
    assert.equal(summary(await annClaims(ref)), "free, by Ann Lee");
    assert.equal(at(await leaseOf(ref), "spec", "leaseTransitions"), 1);
  });

  test("a claim that never arrived, while somebody else was faster, ends with who has the machine", async () => {
    const ref = await suite.emptyLease("ann");
    const held = gate();
    way.next("PUT", { kind: "lose-request" });
    way.next("GET", { kind: "hold", until: Promise.resolve() });
    way.next("GET", { kind: "hold", until: held.until });
    const claiming = annClaims(ref);
    await until("the second look", () => way.requests.length === 3 || undefined);
    await benClaims(ref);
    held.open();
    assert.equal(summary(await claiming), "full: Ben Ode");
  });

  test("who was paused between looking and writing overwrites nothing", async () => {
    const ref = await suite.emptyLease("ann");
    const held = gate();
    way.next("PUT", { kind: "hold", until: held.until });
    const claiming = annClaims(ref);
    await until("the write on its way", () => way.requests.length === 2 || undefined);
    assert.equal(summary(await benClaims(ref)), "free, by Ben Ode");
    held.open();
    assert.deepEqual(
      [summary(await claiming), await holderOf(ref)],
      ["full: Ben Ode", "ben <ben@example.com>"],
    );
  });

  test("a claim that arrives twice is one claim", async () => {
    const ref = await suite.emptyLease("ann");
    way.next("PUT", { kind: "arrive-twice" });
    assert.equal(summary(await annClaims(ref)), "free, by Ann Lee");
    assert.equal(at(await leaseOf(ref), "spec", "leaseTransitions"), 1);
  });

  test("a database that changes its leader after the write was done: the claim is found, not made again", async () => {
    const ref = await suite.emptyLease("ann");
    const body = { kind: "Status", status: "Failure", code: 500, message: "etcdserver: leader changed" };
    way.next("GET", { kind: "answer", status: 500, body });
    way.next("PUT", { kind: "answer", status: 500, body, isDone: true });
    assert.equal(summary(await annClaims(ref)), "free, by Ann Lee");
    assert.equal(at(await leaseOf(ref), "spec", "leaseTransitions"), 1);
  });

  test("an API server that is busy is waited for as long as it says, and the claim comes through", async () => {
    const ref = await suite.emptyLease("ann");
    way.next("PUT", { kind: "answer", status: 429, body: {}, headers: { "Retry-After": "1" } });
    const began = performance.now();
    assert.equal(summary(await annClaims(ref)), "free, by Ann Lee");
    assert.ok(performance.now() - began >= SECOND_MS);
  });

  test("a missing right is named as an administrator grants it, and nothing is tried again", async () => {
    const ref = await suite.emptyLease("ann");
    const message = `leases.coordination.k8s.io "${ref.name}" is forbidden: User "ann" cannot update resource "leases"`;
    const body = { kind: "Status", status: "Failure", code: 403, reason: "Forbidden", message };
    way.next("PUT", { kind: "answer", status: 403, body });
    assert.deepEqual(await annClaims(ref), {
      kind: "failed",
      error: { reason: "forbidden", detail: `update leases/${ref.name} in ${ref.namespace}` },
      mayBeHeld: false,
    });
    assert.equal(way.requests.length, 2);
  });

  test("where the Lease is missing and may not be made, an administrator is named the one to make", async () => {
    const ref = suite.ref("ann");
    const message = `leases.coordination.k8s.io is forbidden: User "ann" cannot create resource "leases"`;
    const body = { kind: "Status", status: "Failure", code: 403, reason: "Forbidden", message };
    way.next("POST", { kind: "answer", status: 403, body });
    assert.deepEqual(await annClaims(ref), {
      kind: "failed",
      error: { reason: "not-found", what: `leases ${ref.namespace}/${ref.name}` },
      mayBeHeld: false,
    });
  });

  test("two who claim a machine that has no Lease yet: one makes it, the other is told by whom", async () => {
    const ref = suite.ref("ann");
    const outcomes = await Promise.all([annClaims(ref), benClaims(ref)]);
    const summaries = outcomes.map(summary).sort();
    const winner = (await holderOf(ref)).startsWith("ann") ? "Ann Lee" : "Ben Ode";
    assert.deepEqual(summaries, [`created, by ${winner}`, `full: ${winner}`]);
  });

  test("a claim is decided on what the API server says now, though what is on screen is older", async () => {
    const ref = await suite.emptyLease("ann");
    const view = boardOf(ref);
    await shows(view, "free");
    way.areWatchesSilent = true;
    await benClaims(ref);
    assert.deepEqual([view()?.state.kind, summary(await annClaims(ref))], ["free", "full: Ben Ode"]);
  });

  test("after an API server that was away, rows are current again, and nothing was shown as known meanwhile", async () => {
    const ref = await suite.emptyLease("ann");
    const view = boardOf(ref);
    await shows(view, "free");
    await way.close();
    await shows(view, "unknown");
    await benClaims(ref);
    await way.open();
    await shows(view, "held");
    const state = view()?.state;
    assert.equal(state?.kind === "held" && state.hold.by.name, "Ben Ode");
  });

  test("an operation that began in one cluster is not gone on with in another, when the kubeconfig is edited amid it", async () => {
    const ref = await suite.emptyLease("ann");
    const elsewhere = new FaultyWay(suite.on.cluster);
    await elsewhere.open();
    const operation = cluster.pinned();
    const pool = poolOf(ref, "staging");
    await claimMachine(services(operation.locks), { pool, claim: { by: ann, ...order } }, signal);
    await writeFile(kubeconfig, elsewhere.kubeconfig("ann"));
    const held = await holdOperation(
      { ...operation, clock: systemClock, log: new FakeLog(), newNonce: randomUUID },
      { ref: { ...ref, context: "staging", name: `${ref.name}-operation` }, by: ann, what: "devdeploy" },
      signal,
    );
    assert.deepEqual(
      [held.ok ? "ok" : held.error, elsewhere.requests],
      [{ reason: "context-changed", context: "staging" }, []],
    );
    await elsewhere.close();
  });

  for (const [what, off] of [
    ["an hour ahead", HOUR_MS],
    ["an hour behind", -HOUR_MS],
  ] as const) {
    test(`a clock that is ${what} neither lengthens a lock nor ends another's`, async () => {
      const ref = await suite.emptyLease("ann");
      const mine = await annClaims(ref, clockOff(off));
      if (mine.kind !== "claimed") assert.fail(summary(mine));
      const left = mine.hold.until - systemClock.now();
      assert.ok(Math.abs(left - 12 * HOUR_MS) < MINUTE_MS, `${left} ms left`);
      assert.equal((await annUnlocks(ref)).kind, "unlocked");

      // Ben's ends in half an hour: an hour ahead, our clock would have it ended.
      const now = new Date(systemClock.now()).toISOString().replace("Z", "000Z");
      await suite.on.as("admin").patch("merge", suite.leasePath(ref), {
        spec: {
          holderIdentity: "ben <ben@example.com>",
          acquireTime: now,
          renewTime: now,
          leaseDurationSeconds: 1800,
        },
      });
      assert.match(summary(await annClaims(ref, clockOff(off))), /^full/u);
      const off2 = openCluster({ kubeconfig, env: process.env, clock: clockOff(off), log: new FakeLog() });
      const board = new LockBoard({ watches: off2.watches, clock: clockOff(off) });
      boards.push(board);
      board.follow(aConfig({ pools: [poolOf(ref, "staging")] }));
      await until("a row that is held", () => board.machines[0]?.state.kind === "held" || undefined);
      const server = board.serverNow(ref.name);
      assert.ok(
        Math.abs(server - systemClock.now()) < 3 * SECOND_MS,
        "the row counts by the API server's clock",
      );
      off2.dispose();
    });
  }
});
