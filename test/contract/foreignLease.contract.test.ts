import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { LeaseLockStore, LeaseWaitingStore } from "../../src/adapters/kubernetes/leases.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { claimMachine, type ClaimOutcome, type ClaimServices } from "../../src/app/claimMachine.ts";
import { extendLock } from "../../src/app/extendLock.ts";
import { takeOver } from "../../src/app/takeOver.ts";
import { unlockMachine, type UnlockOrder } from "../../src/app/unlockMachine.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import { shownLock, type StoredLock } from "../../src/domain/lock.ts";
import type { Person } from "../../src/domain/person.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { aBranch, aCommit, aMachine, ann, aPool, ben } from "../builders/deploy.ts";
import { FakeLog } from "../fakes/log.ts";
import { useClient } from "./clusterAdapters.ts";
import { at } from "./json.ts";

const signal = new AbortController().signal;

/** Leases that others have edited, deleted or taken, on an API server, by the verbs that people use. */
describe("a Lease that was not left as we left it", () => {
  const suite = useClient("foreign");
  const services = (): ClaimServices => ({
    locks: new LeaseLockStore(suite.client("ann")),
    waiting: new LeaseWaitingStore(suite.client("ann")),
    clock: systemClock,
    log: new FakeLog(),
    random: Math.random,
    newNonce: randomUUID,
  });
  const poolOf = ({ name, context, namespace }: ObjectRef) =>
    aPool([aMachine(name, { locks: { context, namespace } })]);
  const claimBy = (by: Person, ref: ObjectRef): Promise<ClaimOutcome> =>
    claimMachine(
      services(),
      { pool: poolOf(ref), claim: { by, branch: aBranch(), commit: aCommit() } },
      signal,
    );
  const stored = async (ref: ObjectRef): Promise<StoredLock> => {
    const read = await services().locks.read(ref, signal);
    return read.ok ? read.value.value : assert.fail(JSON.stringify(read.error));
  };
  const unlock = (ref: ObjectRef, order: Partial<UnlockOrder> = {}) =>
    unlockMachine(services(), { ref, pool: "dev", by: ann, ...order }, signal);
  /** As an admin with kubectl. */
  const edit = async (ref: ObjectRef, change: object): Promise<void> => {
    const { status } = await suite.on.as("admin").patch("merge", suite.leasePath(ref), change);
    assert.equal(status, 200);
  };
  const claimedBy = async (by: Person): Promise<ObjectRef> => {
    const ref = await suite.emptyLease("ann");
    const outcome = await claimBy(by, ref);
    assert.equal(outcome.kind, "claimed");
    return ref;
  };

  for (const [what, spec] of [
    ["an empty spec", {}],
    ["an empty holder", { holderIdentity: "" }],
    ["no holder", { holderIdentity: null, leaseTransitions: 4 }],
  ] as const) {
    test(`with ${what} is free`, async () => {
      const ref = await suite.emptyLease("ann");
      await edit(ref, { spec });
      assert.equal((await claimBy(ann, ref)).kind, "claimed");
    });
  }

  test("deleted: it is not made again behind the admin's back by who held it", async () => {
    const ref = await claimedBy(ann);
    const shown = shownLock(await stored(ref)) ?? assert.fail("it is held");
    await suite.on.as("admin").delete(suite.leasePath(ref));
    const notFound = { reason: "not-found", what: `leases ${ref.namespace}/${ref.name}` };
    const outcomes = [
      await unlock(ref),
      await unlock(ref, { shown }),
      await extendLock(services(), { ref, pool: "dev", by: ann, lasts: HOUR_MS }, signal),
    ];
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === "failed" && outcome.error),
      [notFound, notFound, notFound],
    );
    assert.equal((await suite.on.as("admin").get(suite.leasePath(ref))).status, 404);
  });

  test("deleted and made again: it is another lock than the one that was shown", async () => {
    const ref = await claimedBy(ben);
    const shown = shownLock(await stored(ref)) ?? assert.fail("it is held");
    await suite.on.as("admin").delete(suite.leasePath(ref));
    await suite.emptyLease("ann", ref.name);
    await claimBy(ben, ref);
    const pool = poolOf(ref);
    const machine = pool.machines[0] ?? assert.fail("a machine");
    const claim = { by: ann, branch: aBranch(), commit: aCommit() };
    const outcomes = [
      await unlock(ref, { shown }),
      await takeOver(services(), { pool, machine, claim, shown }, signal),
    ];
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["changed", "changed"],
    );
    const { record } = await stored(ref);
    assert.deepEqual(record.kind === "held" && record.hold.by, ben);
  });

  test("with another holder by hand: it is theirs, and no longer that of who claimed it", async () => {
    const ref = await claimedBy(ann);
    await edit(ref, { spec: { holderIdentity: "ben <ben@example.com>" } });
    const outcomes = [
      await unlock(ref),
      await extendLock(services(), { ref, pool: "dev", by: ann, lasts: HOUR_MS }, signal),
      await claimBy(ann, ref),
    ];
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["not-holder", "not-holder", "full"],
    );
  });

  test("of another tool: nobody takes it, and who insists unlocks it with a reason", async () => {
    const ref = await suite.emptyLease("ann");
    const renewTime = `${new Date().toISOString().slice(0, -1)}000Z`;
    await edit(ref, {
      spec: { holderIdentity: "some-controller_7f3a", leaseDurationSeconds: 3_600, renewTime },
    });
    assert.equal((await claimBy(ann, ref)).kind, "full");
    const shown = shownLock(await stored(ref)) ?? assert.fail("it is held");
    const reason = `a\u202e\n\u0000[link](https://example.com) ${"x".repeat(10_000)}`;
    assert.deepEqual(await unlock(ref, { shown, reason }), { kind: "unlocked" });
    const last = (await stored(ref)).record.history?.at(-1);
    assert.deepEqual(
      [last?.of, last?.reason?.length, last?.reason?.slice(0, 30)],
      ["some-controller_7f3a", 200, "a [link](https://example.com) "],
    );
    assert.equal((await claimBy(ann, ref)).kind, "claimed");
  });

  test("that cannot be read: nobody takes it, and who insists frees exactly what they saw", async () => {
    const ref = await claimedBy(ben);
    await edit(ref, { spec: { renewTime: null } });
    const seen = await stored(ref);
    assert.deepEqual(
      [seen.record.kind, (await claimBy(ann, ref)).kind, (await unlock(ref, { by: ben })).kind],
      ["unreadable", "full", "not-holder"],
    );
    await edit(ref, { metadata: { annotations: { "example.com/note": "still here" } } });
    assert.equal((await unlock(ref, { shownVersion: seen.version })).kind, "changed");
    const { version } = await stored(ref);
    assert.deepEqual(await unlock(ref, { shownVersion: version }), { kind: "unlocked" });
    const after = await claimBy(ann, ref);
    assert.deepEqual(
      after.kind === "claimed" && [
        after.lock.record.kind === "held" && after.lock.record.transitions,
        after.lock.record.history?.map(({ by, what, of }) => [by, what, of]),
      ],
      [
        2,
        [
          ["Ben Ode", "claimed", undefined],
          ["Ann Lee", "unlocked", "ben <ben@example.com>"],
          ["Ann Lee", "claimed", undefined],
        ],
      ],
    );
    const { body } = await suite.on.as("ann").get(suite.leasePath(ref));
    assert.equal(at(body, "metadata", "annotations", "example.com/note"), "still here");
  });

  test("with a history that is no JSON: who insists frees it, and the history begins anew", async () => {
    const ref = await claimedBy(ben);
    await edit(ref, { metadata: { annotations: { "devdeploy.dev/history": "[{" } } });
    const { record, version } = await stored(ref);
    assert.equal(record.kind, "unreadable");
    assert.deepEqual(await unlock(ref, { shownVersion: version }), { kind: "unlocked" });
    assert.equal((await stored(ref)).record.history?.length, 1);
  });

  test("with an end a year ahead: it is held, and extending is not longer", async () => {
    const ref = await claimedBy(ann);
    await edit(ref, { spec: { leaseDurationSeconds: 365 * 24 * 3_600 } });
    const order = { ref, pool: "dev", by: ann, lasts: 48 * HOUR_MS };
    assert.equal((await extendLock(services(), order, signal)).kind, "not-longer");
    assert.equal((await claimBy(ben, ref)).kind, "full");
  });

  test("with an end in the past: it has ended, and the next may have it", async () => {
    const ref = await claimedBy(ann);
    await edit(ref, { spec: { renewTime: "2025-11-23T08:00:00.000000Z", leaseDurationSeconds: 60 } });
    const order = { ref, pool: "dev", by: ann, lasts: 48 * HOUR_MS };
    assert.equal((await extendLock(services(), order, signal)).kind, "ended");
    assert.equal((await claimBy(ben, ref)).kind, "claimed");
  });

  test("named by two configurations, in pools of different names: it is one lock", async () => {
    const ref = await claimedBy(ann);
    const other = { ...poolOf(ref), name: "other" };
    const claim = { by: ben, branch: aBranch(), commit: aCommit() };
    assert.equal((await claimMachine(services(), { pool: other, claim }, signal)).kind, "full");
    const mine = await claimMachine(services(), { pool: other, claim: { ...claim, by: ann } }, signal);
    assert.equal(mine.kind === "claimed" && mine.how, "mine");
  });
});
