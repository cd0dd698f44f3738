import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import {
  LeaseLockStore,
  LeaseOperationStore,
  LeaseWaitingStore,
} from "../../src/adapters/kubernetes/leases.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { claimMachine, type ClaimOutcome, type ClaimServices } from "../../src/app/claimMachine.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import { unlockMachine } from "../../src/app/unlockMachine.ts";
import type { Machine, Pool } from "../../src/domain/config.ts";
import type { Person } from "../../src/domain/person.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { aBranch, aCommit, aMachine, ann, aPool, ben } from "../builders/deploy.ts";
import { FakeLog } from "../fakes/log.ts";
import { useClient } from "./clusterAdapters.ts";

const signal = new AbortController().signal;

/** What a person's outcome was, with what differs from run to run left out. */
const summary = (outcome: ClaimOutcome): string =>
  outcome.kind === "claimed" ? `claimed ${outcome.machine.name}` : outcome.kind;

describe("claims by several people", () => {
  const suite = useClient("claims");

  /** A pool of fresh machines, as this person sees it: the context is theirs. */
  const poolOf = async (count: number): Promise<(person: string) => Pool> => {
    const refs = await Promise.all(Array.from({ length: count }, () => suite.emptyLease("ann")));
    const machine =
      (context: string) =>
      ({ name, namespace }: { name: string; namespace: string }): Machine =>
        aMachine(name, { locks: { context, namespace } });
    return (person) => aPool(refs.map(machine(person)));
  };
  const services = (context: string): ClaimServices => ({
    locks: new LeaseLockStore(suite.client(context)),
    waiting: new LeaseWaitingStore(suite.client(context)),
    clock: systemClock,
    log: new FakeLog(),
    random: Math.random,
    newNonce: randomUUID,
  });
  const claim = (by: Person, context: string, pool: Pool): Promise<ClaimOutcome> =>
    claimMachine(services(context), { pool, claim: { by, branch: aBranch(), commit: aCommit() } }, signal);

  test("of two who claim the last free machine at once exactly one gets it, and the other is told by whom and until when", async () => {
    for (let round = 0; round < 5; round += 1) {
      const pool = await poolOf(1);
      const outcomes = await Promise.all([claim(ann, "ann", pool("ann")), claim(ben, "ben", pool("ben"))]);
      const winner = outcomes.find((outcome) => outcome.kind === "claimed");
      const loser = outcomes.find((outcome) => outcome.kind === "full");
      assert.deepEqual(
        loser?.locks.map(({ state }) => state.kind === "held" && [state.hold.by, state.hold.until]),
        [[winner?.hold.by, winner?.hold.until]],
      );
    }
  });

  test("eight people claim three machines at once: three get one each, five are told that all are taken", async () => {
    const pool = await poolOf(3);
    const people = Array.from({ length: 8 }, (_, index): Person => {
      const name = `person-${index}`;
      return { user: name, mail: `${name}@example.com`, name };
    });
    const outcomes = await Promise.all(people.map((by) => claim(by, "ann", pool("ann"))));
    const machines = pool("ann").machines.map(({ name }) => `claimed ${name}`);
    assert.deepEqual(outcomes.map(summary).sort(), [...machines, ...Array<string>(5).fill("full")].sort());
  });

  test("the same person gets the same machine again, and its end moves on", async () => {
    const pool = await poolOf(2);
    const first = await claim(ann, "ann", pool("ann"));
    const second = await claim(ann, "ann", pool("ann"));
    if (first.kind !== "claimed" || second.kind !== "claimed") assert.fail("not claimed");
    assert.deepEqual(
      [second.machine.name, second.how, second.lock.record.kind === "held" && second.lock.record.transitions],
      [first.machine.name, "mine", 1],
    );
    assert.ok(second.hold.until >= first.hold.until);
    const lasts = second.hold.until - (second.serverTime ?? 0);
    assert.ok(lasts > 11.9 * HOUR_MS && lasts < 12.1 * HOUR_MS, `lasts ${lasts} ms`);
  });

  test("a machine that was given back can be claimed by the next, whose fencing token is higher", async () => {
    const pool = await poolOf(1);
    const mine = await claim(ann, "ann", pool("ann"));
    if (mine.kind !== "claimed") assert.fail(mine.kind);
    const order = { ref: { ...mine.machine.locks, name: mine.machine.name }, pool: "dev", by: ann };
    assert.deepEqual(await unlockMachine(services("ann"), order, signal), { kind: "unlocked" });
    const next = await claim(ben, "ben", pool("ben"));
    if (next.kind !== "claimed") assert.fail(next.kind);
    assert.deepEqual(
      [next.hold.by, next.lock.record.kind === "held" && next.lock.record.transitions],
      [ben, 2],
    );
  });

  test("a missing Lease is made by who may, with the claim in it", async () => {
    const absent = suite.ref("ann");
    const pool = aPool([aMachine(absent.name, { locks: { context: "ann", namespace: absent.namespace } })]);
    const outcome = await claim(ann, "ann", pool);
    assert.deepEqual([outcome.kind, outcome.kind === "claimed" && outcome.how], ["claimed", "created"]);
  });

  test("two windows of one person exclude each other while one works, and take turns after it", async () => {
    const ref = await suite.emptyLease("ann");
    const services = {
      operations: new LeaseOperationStore(suite.client("ann"), systemClock),
      clock: systemClock,
      log: new FakeLog(),
      newNonce: randomUUID,
    };
    const order = { ref, by: ann, what: "devdeploy task/pay-later" };
    const first = await holdOperation(services, order, signal);
    if (!first.ok) assert.fail(JSON.stringify(first.error));
    const second = await holdOperation(services, order, signal);
    assert.deepEqual(second, {
      ok: false,
      error: { reason: "busy", by: "Ann Lee", what: "devdeploy task/pay-later", isMine: true },
    });
    await first.value.release();
    const third = await holdOperation(services, order, signal);
    if (!third.ok) assert.fail(JSON.stringify(third.error));
    await third.value.release();
  });
});
