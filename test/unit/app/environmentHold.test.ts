import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { liftHold, placeHold, type HoldOrder } from "../../../src/app/environmentHold.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aCommit, ann, ben } from "../../builders/deploy.ts";
import { aHold } from "../../builders/hold.ts";
import { ImpatientClock } from "../../fakes/clock.ts";
import { FakeHoldStore } from "../../fakes/leases.ts";

const never = new AbortController().signal;
const ref = { context: "staging", namespace: "devdeploy", name: "production" };
const lost = { reason: "timeout", server: "https://k8s", afterMs: 5_000 } as const;
/** Eight o'clock by the server, to whole seconds; what begins counts from that second's end. */
const BEGINS = Date.UTC(2026, 10, 23, 8, 0, 1);

const order = (more: Partial<HoldOrder> = {}): HoldOrder => ({
  ref,
  by: holderIdentity(ann),
  name: ann.name,
  reason: "rolled back from bad0bad to 4f1c0de",
  undone: [aCommit("bad0bad")],
  ...more,
});
const placed = {
  by: holderIdentity(ann),
  name: ann.name,
  at: BEGINS,
  until: BEGINS + 24 * HOUR_MS,
  reason: "rolled back from bad0bad to 4f1c0de",
  undone: [aCommit("bad0bad")],
  nonce: "nonce-1",
};

class Holding {
  readonly holds = new FakeHoldStore();
  #nonces = 0;

  readonly services = {
    holds: this.holds,
    clock: new ImpatientClock(),
    random: () => 0,
    newNonce: () => `nonce-${(this.#nonces += 1)}`,
  };

  get hold(): unknown {
    return this.holds.objects.get(ref)?.record;
  }
}

describe("placing a hold", () => {
  test("lasts a day by the server's clock", async () => {
    const holding = new Holding();
    holding.holds.objects.put(ref, undefined);
    assert.deepEqual(await placeHold(holding.services, order(), never), { ok: true, value: placed });
    assert.deepEqual(holding.hold, placed);
  });

  test("goes on with what an earlier one took away, and ends no earlier than that", async () => {
    const holding = new Holding();
    const later = BEGINS + 30 * HOUR_MS;
    holding.holds.objects.put(ref, aHold({ until: later, undone: [aCommit("0ddba11"), aCommit("bad0bad")] }));
    const result = await placeHold(holding.services, order(), never);
    assert.deepEqual(result, {
      ok: true,
      value: { ...placed, until: later, undone: [aCommit("bad0bad"), aCommit("0ddba11")] },
    });
  });

  test("has nothing to do with one that has ended by the server's clock", async () => {
    const holding = new Holding();
    holding.holds.objects.put(ref, aHold({ until: BEGINS, undone: [aCommit("0ddba11")] }));
    assert.deepEqual(await placeHold(holding.services, order(), never), { ok: true, value: placed });
  });

  test("makes the Lease where there is none, and names it where that is not allowed", async () => {
    const free = new Holding();
    assert.ok((await placeHold(free.services, order(), never)).ok);
    const forbidden = new Holding();
    forbidden.holds.objects.mayCreate = false;
    assert.deepEqual(await placeHold(forbidden.services, order(), never), {
      ok: false,
      error: { reason: "not-found", what: "leases devdeploy/production" },
    });
  });

  test("whose answer was lost is looked up, and placed once", async () => {
    const holding = new Holding();
    holding.holds.objects.put(ref, undefined);
    holding.holds.objects.writeFaults.push({ error: lost, isDone: true });
    assert.deepEqual(await placeHold(holding.services, order(), never), { ok: true, value: placed });
    assert.equal(holding.holds.objects.writes, 1);
  });

  test("of two at once, both are in what stands there at the end", async () => {
    const holding = new Holding();
    holding.holds.objects.put(ref, undefined);
    const bens = order({ by: holderIdentity(ben), undone: [aCommit("0ddba11")] });
    await Promise.all([
      placeHold(holding.services, order(), never),
      placeHold(holding.services, bens, never),
    ]);
    const { hold } = holding;
    const undone = typeof hold === "object" && hold !== null && "undone" in hold ? hold.undone : [];
    assert.deepEqual(new Set(undone as string[]), new Set([aCommit("bad0bad"), aCommit("0ddba11")]));
  });
});

describe("lifting a hold", () => {
  test("takes away the one that was shown, and no other", async () => {
    const holding = new Holding();
    holding.holds.objects.put(ref, aHold());
    assert.deepEqual(await liftHold(holding.services, { ref, nonce: "older" }, never), {
      ok: false,
      error: { reason: "another-hold" },
    });
    assert.deepEqual(holding.hold, aHold());
    const lifted = await liftHold(holding.services, { ref, nonce: aHold().nonce }, never);
    assert.deepEqual([lifted, holding.hold], [{ ok: true, value: undefined }, undefined]);
  });

  test("that is gone already is well", async () => {
    const holding = new Holding();
    assert.ok((await liftHold(holding.services, { ref, nonce: "n" }, never)).ok);
    assert.equal(holding.holds.objects.writes, 0);
  });
});
