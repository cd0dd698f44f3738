import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RollbackOutcome, RollbackPhase } from "../../../src/app/rollbackOutcome.ts";
import type { ProofItem } from "../../../src/domain/rollbackProof.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { fail, ok } from "../../../src/domain/result.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { aCommit, ann, aPod, aRevision, ben } from "../../builders/deploy.ts";
import { anOperation } from "../../builders/lock.ts";
import { aReview, aSubject } from "../../builders/rollback.ts";
import { LEASE, RELEASE, RollbackWorld } from "../../fakes/rollbackWorld.ts";

const states = (outcome: RollbackOutcome): unknown =>
  "items" in outcome ? outcome.items.map(({ kind, state }) => `${state} ${kind}`) : outcome;
const itemOf = (outcome: RollbackOutcome, kind: ProofItem["kind"]): unknown => {
  const found = "items" in outcome ? outcome.items.find((item) => item.kind === kind) : undefined;
  return found === undefined ? outcome : [found.state, found.facts];
};
const helmFailed = fail({
  reason: "helm-failed",
  exitCode: 1,
  cause: "waited-too-long",
  output: "Error: release web failed: context deadline exceeded",
} as const);

describe("a rollback that goes well", () => {
  test("is proven line by line, after everything was promised", async () => {
    const world = new RollbackWorld();
    const outcome = await world.rollBack();
    assert.deepEqual([outcome.kind, "revision" in outcome && outcome.revision], ["proven", 3]);
    assert.deepEqual(states(outcome), [
      "ok reread",
      "ok operation",
      "ok record",
      "ok status",
      "ok description",
      "ok no-other-deployed",
      "ok manifest",
      "ok observed",
      "ok images",
      "ok pods",
      "ok commit",
      "ok steady",
    ]);
    const kinds = [...new Set(world.phases.map(({ kind }) => kind))];
    assert.deepEqual(kinds, ["checking", "rolling-back", "proving", "steady"]);
    assert.ok(world.phases.every(({ items }) => items.length === 12));
    assert.deepEqual(world.phases[0]?.items.filter(({ state }) => state !== "todo").length, 1);
    assert.deepEqual([world.phases.at(-1)?.secondsLeft, world.phases.at(-1)?.elapsed], [1, 14_000]);
    assert.deepEqual(world.told, world.orders);
    assert.equal(world.operations.objects.get(world.operationLease)?.record.kind, "idle");
  });

  test("helm is told from where, to where, and which Lease whoever runs it keeps alive", async () => {
    const world = new RollbackWorld();
    await world.rollBack();
    const [order] = world.orders;
    assert.deepEqual(
      [order?.from, order?.to, order?.revision, order?.operation?.ref],
      [
        { revision: 2, commit: aCommit("bad0bad") },
        { revision: 1, commit: aCommit(), version: { uid: "u1", resourceVersion: "1" } },
        3,
        world.operationLease,
      ],
    );
  });

  test("puts production on hold for a day, with the commits that were taken away", async () => {
    const world = new RollbackWorld();
    const outcome = await world.rollBack();
    const hold = world.holds.objects.get(LEASE)?.record;
    const at = Date.UTC(2026, 10, 23, 8, 0, 1);
    assert.deepEqual(hold, {
      by: holderIdentity(ann),
      name: "Ann Lee",
      at,
      until: at + 24 * HOUR_MS,
      reason: "rolled back from bad0bad to 4f1c0de",
      undone: [aCommit("bad0bad")],
      nonce: "nonce-1",
    });
    assert.deepEqual(outcome.kind === "proven" && outcome.hold, { kind: "placed", hold });
  });

  test("puts neither a machine nor a staging environment on hold", async () => {
    for (const subject of [aSubject({ kind: "machine" }), aSubject({ tier: "staging" })]) {
      const world = new RollbackWorld();
      world.review = aReview({ subject });
      const outcome = await world.rollBack();
      assert.deepEqual(
        [outcome.kind, "hold" in outcome, world.holds.objects.get(LEASE)?.record],
        ["proven", false, undefined],
      );
    }
  });

  test("stays proven where the hold cannot be placed, and says so", async () => {
    const world = new RollbackWorld();
    const forbidden = { reason: "forbidden", detail: "update leases" } as const;
    world.holds.objects.writeFaults.push({ error: forbidden, isDone: false });
    const outcome = await world.rollBack();
    assert.deepEqual(outcome.kind === "proven" && outcome.hold, { kind: "failed", error: forbidden });
  });

  test("tells the pods on the way, and early what is wrong with them", async () => {
    const world = new RollbackWorld();
    const waiting = { container: "app", reason: "ErrImagePull", message: "not found" };
    world.diagnosis = {
      cause: { kind: "image", why: "missing", image: "x", pod: "web-1", container: "app" },
      evidence: [],
    };
    world.helm = async (order, signal) => {
      world.releases.add(RELEASE, world.made(order, { status: "pending-rollback" }));
      world.workloads = () => ok([world.running({ pods: [aPod({ name: "web-1", ready: false, waiting })] })]);
      await world.clock.sleep(3 * SECOND_MS, signal);
      return world.rolledBack(order);
    };
    assert.equal((await world.rollBack()).kind, "proven");
    const seen = world.phases.filter(({ kind, wanted }) => kind === "rolling-back" && wanted !== undefined);
    const [first] = seen;
    assert.deepEqual(
      [first?.pods, first?.ready, first?.wanted, first?.diagnosis, first?.elapsed],
      [["web-1 (app) ErrImagePull: not found"], 0, 1, world.diagnosis, 1_000],
    );
    assert.deepEqual(
      first?.items.filter(({ kind }) => kind === "record" || kind === "pods").map(({ state }) => state),
      ["running", "running"],
    );
    // The same trouble in the next look is not asked about again.
    assert.equal(world.asked.length, 1);
  });
});

describe("a rollback that is not begun", () => {
  const notBegun = async (world: RollbackWorld): Promise<RollbackOutcome> => {
    const outcome = await world.rollBack();
    assert.deepEqual(world.orders, []);
    const lease = world.operations.objects.get(world.operationLease)?.record;
    assert.notEqual(lease?.kind === "working" && lease.by, holderIdentity(ann));
    return outcome;
  };

  test("another name than the release's is refused in production, and nowhere else", async () => {
    const world = new RollbackWorld();
    world.order = { typed: "Web" };
    assert.deepEqual(await notBegun(world), { kind: "wrong-name" });
    const staging = new RollbackWorld();
    staging.review = aReview({ needsTypedName: false });
    staging.order = { typed: "" };
    assert.equal((await staging.rollBack()).kind, "proven");
  });

  test("a helm that is not there is told", async () => {
    const world = new RollbackWorld();
    const error = { reason: "helm-absent", tried: ["/bin/helm"] } as const;
    world.tool = fail(error);
    assert.deepEqual(await notBegun(world), { kind: "tool", error });
  });

  test("records that cannot be read are told", async () => {
    const world = new RollbackWorld();
    const error = { reason: "forbidden", detail: "list secrets" } as const;
    world.listings.push(error);
    assert.deepEqual(await notBegun(world), { kind: "unread", error });
  });

  const CHANGES: readonly (readonly [
    rule: string,
    change: (world: RollbackWorld) => void,
    stale: RollbackOutcome,
  ])[] = [
    [
      "a newer revision",
      ({ releases }) => {
        releases.add(RELEASE, aRevision({ revision: 3 }));
      },
      { kind: "stale", why: "newer", newest: 3 },
    ],
    [
      "a newest revision of another status",
      ({ releases, review }) => {
        releases.add(RELEASE, { ...review.fromRevision, status: "failed" });
      },
      { kind: "stale", why: "changed", newest: 2 },
    ],
    [
      "a newest record that was written again",
      ({ releases, review }) => {
        const version = { uid: "u2", resourceVersion: "9" };
        releases.add(RELEASE, { ...review.fromRevision, version });
      },
      { kind: "stale", why: "changed", newest: 2 },
    ],
    [
      "a target that is another record of the same number",
      ({ releases, review }) => {
        const version = { uid: "another", resourceVersion: "1" };
        releases.add(RELEASE, { ...review.toRevision, version });
      },
      { kind: "stale", why: "changed", newest: 2 },
    ],
    [
      "a target that helm dropped",
      ({ releases, review }) => {
        releases.revisions.set(RELEASE, [review.fromRevision]);
      },
      { kind: "stale", why: "target-gone", newest: 2 },
    ],
    [
      "a release that is gone",
      ({ releases }) => {
        releases.revisions.clear();
      },
      { kind: "stale", why: "target-gone" },
    ],
  ];
  for (const [rule, change, stale] of CHANGES) {
    test(`${rule} since the review stops it, before the Lease is held and after`, async () => {
      for (const list of [1, 2]) {
        const world = new RollbackWorld();
        world.onList = (count) => {
          if (count === list) change(world);
        };
        assert.deepEqual(await notBegun(world), stale);
      }
    });
  }

  test("somebody who is at work is named, and is not passed over by any word", async () => {
    for (const withoutLease of [false, true]) {
      const world = new RollbackWorld();
      world.order = { withoutLease };
      const bens = anOperation({ by: holderIdentity(ben), name: ben.name, what: "deploy" });
      world.operations.objects.put(world.operationLease, bens);
      world.operations.objects.beforeWrite = undefined;
      // Ben's window shows a sign of life while ours looks.
      world.clock.after(SECOND_MS, () => {
        world.operations.objects.put(world.operationLease, { ...bens, beat: "beat-9" });
      });
      assert.deepEqual(await notBegun(world), {
        kind: "busy",
        busy: { kind: "operation", by: "Ben Ode", what: "deploy", isMine: false },
      });
    }
  });

  test("a Lease that cannot be had asks for a word of its own, with which it goes on and says so", async () => {
    const forbidden = { reason: "forbidden", detail: "update leases" } as const;
    const without = (): RollbackWorld => {
      const world = new RollbackWorld();
      world.operations.objects.readFaults.push(forbidden);
      return world;
    };
    assert.deepEqual(await notBegun(without()), { kind: "no-lease", error: forbidden });
    const said = without();
    said.order = { withoutLease: true };
    const outcome = await said.rollBack();
    assert.deepEqual(
      [outcome.kind, itemOf(outcome, "operation"), said.orders[0]?.operation],
      ["proven", ["fact", "production-operation: forbidden"], undefined],
    );
    const unnamed = without();
    unnamed.review = aReview({ needsTypedName: false });
    unnamed.order = { withoutLease: true, typed: "" };
    assert.deepEqual(await notBegun(unnamed), { kind: "wrong-name" });
  });

  test("a cancel before helm was started leaves everything as it was", async () => {
    for (const list of [1, 2]) {
      const world = new RollbackWorld();
      world.onList = (count) => {
        if (count === list) world.stop.abort();
      };
      assert.deepEqual(await notBegun(world), { kind: "cancelled", truth: { kind: "nothing-done" } });
    }
  });
});

describe("a pending record", () => {
  /** As helm left it: revision 2 under way since this long. */
  function pending(age: number): RollbackWorld {
    const world = new RollbackWorld();
    const deployedAt = world.clock.now() - age;
    const { fromRevision } = world.review;
    world.review = aReview({ fromRevision: { ...fromRevision, status: "pending-upgrade", deployedAt } });
    world.releases.add(RELEASE, world.review.fromRevision);
    return world;
  }

  test("that is younger than its time limit counts as somebody's work, Lease or not", async () => {
    const world = pending(9 * MINUTE_MS);
    const outcome = await world.rollBack();
    assert.ok(outcome.kind === "busy" && outcome.busy.kind === "release", JSON.stringify(outcome));
    const { revision, status, age } = outcome.busy;
    assert.deepEqual([revision, status, age], [2, "pending-upgrade", 9 * MINUTE_MS]);
    assert.deepEqual(world.orders, []);
  });

  test("that is older is rolled back over", async () => {
    assert.equal((await pending(11 * MINUTE_MS).rollBack()).kind, "proven");
  });
});

describe("a rollback that does not go well", () => {
  test("an exit without a new revision is a failure", async () => {
    const world = new RollbackWorld();
    world.helm = () => ok({ output: "Rollback was a success! Happy Helming!" });
    const outcome = await world.rollBack();
    assert.deepEqual(outcome.kind === "not-proven" && { ...outcome, items: undefined }, {
      kind: "not-proven",
      items: undefined,
      diagnosis: world.diagnosis,
      record: { kind: "unchanged", revision: 2 },
    });
    assert.deepEqual(itemOf(outcome, "record"), ["failed", "revision 2 deployed, wanted: revision 3"]);
    assert.equal(world.holds.objects.get(LEASE)?.record, undefined);
  });

  test("what helm failed at is told with its record, its diagnosis and who still serves", async () => {
    const world = new RollbackWorld();
    world.helm = (order) => {
      world.releases.add(RELEASE, world.made(order, { status: "failed", description: "Release failed" }));
      world.workloads = () =>
        ok([world.running({ wanted: 2, readyOfAll: 2, pods: [aPod({ name: "web-1", ready: false })] })]);
      return helmFailed;
    };
    const outcome = await world.rollBack();
    assert.ok(outcome.kind === "not-proven");
    assert.deepEqual(
      { ...outcome, items: undefined },
      {
        kind: "not-proven",
        revision: 3,
        items: undefined,
        diagnosis: world.diagnosis,
        error: helmFailed.error,
        record: { kind: "recorded", revision: 3, status: "failed", description: "Release failed" },
        stillServing: { revision: 2, ready: 2 },
      },
    );
    assert.deepEqual(
      [itemOf(outcome, "status"), itemOf(outcome, "images"), itemOf(outcome, "pods")],
      [
        ["failed", "failed"],
        ["ok", `registry.example.com/app:${aCommit()}`],
        ["failed", "0 of 2 ready"],
      ],
    );
    const { output, cause } = helmFailed.error;
    const [asked] = world.asked;
    assert.deepEqual([asked?.revision?.revision, asked?.helm], [3, { output, cause }]);
  });

  test("where helm failed although all was rolled back, the sheet tells both", async () => {
    const world = new RollbackWorld();
    world.helm = (order) => {
      world.rolledBack(order, { status: "pending-rollback" });
      return helmFailed;
    };
    const outcome = await world.rollBack();
    assert.ok(outcome.kind === "not-proven" && outcome.error !== undefined);
    assert.deepEqual(
      [itemOf(outcome, "status"), itemOf(outcome, "manifest"), itemOf(outcome, "pods")],
      [
        ["failed", "pending-rollback"],
        ["ok", "revision 1"],
        ["ok", "1 of 1 ready"],
      ],
    );
  });

  test("files that could not be written are told as such where helm was never begun", async () => {
    const world = new RollbackWorld();
    const error = { reason: "temporary-files", detail: "ENOSPC" } as const;
    world.helm = () => fail(error);
    assert.deepEqual(await world.rollBack(), { kind: "tool", error });
  });

  test("another record that stays deployed, and a manifest that differs, prove nothing", async () => {
    const two = new RollbackWorld();
    two.helm = (order) => {
      two.rolledBack(order);
      two.releases.add(RELEASE, two.review.fromRevision);
      return ok({ output: "" });
    };
    assert.deepEqual(itemOf(await two.rollBack(), "no-other-deployed"), ["failed", "2"]);
    const other = new RollbackWorld();
    other.helm = (order) => other.rolledBack(order, { manifest: "three" });
    const outcome = await other.rollBack();
    assert.deepEqual([outcome.kind, itemOf(outcome, "manifest")], ["not-proven", ["failed", "revision 1"]]);
  });

  test("pods that never become ready end the proof at helm's own limit", async () => {
    const world = new RollbackWorld();
    world.helm = (order) => {
      world.rolledBack(order);
      world.workloads = () => ok([world.running({ pods: [aPod({ ready: false })] })]);
      return ok({ output: "" });
    };
    const began = world.clock.monotonic();
    const outcome = await world.rollBack();
    const took = world.clock.monotonic() - began;
    assert.deepEqual(
      [outcome.kind, itemOf(outcome, "pods"), itemOf(outcome, "steady"), took],
      ["not-proven", ["failed", "0 of 1 ready"], ["todo", ""], 5 * MINUTE_MS],
    );
  });

  test("a pod that restarts, or is another, begins the wait for steadiness anew", async () => {
    const world = new RollbackWorld();
    let looks = 0;
    world.helm = (order) => {
      world.rolledBack(order);
      world.workloads = () => {
        looks += 1;
        return ok([world.running({ pods: [aPod({ restarts: looks <= 10 ? 0 : 1 })] })]);
      };
      return ok({ output: "" });
    };
    assert.equal((await world.rollBack()).kind, "proven");
    assert.equal(world.phases.at(-1)?.elapsed, 24_000);
  });

  test("somebody's newer revision during the proof makes it theirs", async () => {
    const world = new RollbackWorld();
    world.clock.after(5 * SECOND_MS, () => {
      world.releases.add(RELEASE, aRevision({ revision: 4, status: "pending-upgrade" }));
    });
    const outcome = await world.rollBack();
    assert.deepEqual(
      [outcome.kind, itemOf(outcome, "record")],
      ["not-proven", ["failed", "revision 4 pending-upgrade, wanted: revision 3"]],
    );
  });

  test("looks that take their time do not add up to a longer wait for steadiness", async () => {
    const world = new RollbackWorld();
    let began = 0;
    world.helm = (order) => {
      const end = world.rolledBack(order);
      began = world.clock.monotonic();
      world.workloads = async () => {
        await world.clock.sleep(200, world.stop.signal);
        return ok([world.running()]);
      };
      return end;
    };
    const outcome = await world.rollBack();
    assert.deepEqual([outcome.kind, world.clock.monotonic() - began], ["proven", 200 + 15_000 + 200]);
  });

  test("zero replicas run nothing, which is no success", async () => {
    const world = new RollbackWorld();
    world.helm = (order) => {
      world.rolledBack(order);
      world.workloads = () => ok([world.running({ wanted: 0, pods: [] })]);
      return ok({ output: "" });
    };
    const outcome = await world.rollBack();
    assert.deepEqual([outcome.kind, world.holds.objects.get(LEASE)?.record], ["nothing-runs", undefined]);
  });

  test("a cluster that does not answer for a while after helm is waited for", async () => {
    const world = new RollbackWorld();
    const down = { reason: "unreachable", server: "https://k8s", detail: "" } as const;
    world.helm = (order) => {
      world.listings.push(down, down);
      return world.rolledBack(order);
    };
    const outcome = await world.rollBack();
    assert.deepEqual([outcome.kind, world.phases.at(-1)?.elapsed], ["proven", 16_000]);
  });
});

describe("a rollback during which the cluster does not answer", () => {
  const late = { reason: "timeout", server: "https://k8s", afterMs: 10_000 } as const;
  const podsOf = ({ items }: RollbackPhase): unknown => items.find(({ kind }) => kind === "pods")?.state;

  /** Pods are seen at first; then one question stays without an answer for ten seconds; then all is well. */
  function silent(): RollbackWorld {
    const world = new RollbackWorld();
    world.helm = async (order, signal) => {
      const end = world.rolledBack(order);
      await world.clock.sleep(2_500, signal);
      const { workloads } = world;
      world.workloads = async () => {
        await world.clock.sleep(10 * SECOND_MS, signal);
        world.workloads = workloads;
        return fail(late);
      };
      await world.clock.sleep(20 * SECOND_MS, signal);
      return end;
    };
    return world;
  }

  test("says so while the answer is only late, and since when; time goes on meanwhile", async () => {
    const world = silent();
    await world.rollBack();
    const told = world.phases.filter(({ unseen }) => unseen !== undefined);
    const since = Date.UTC(2026, 10, 23, 8, 0, 2);
    assert.deepEqual(
      told.map(({ kind, elapsed, unseen }) => [kind, elapsed, unseen]),
      [
        ...[6, 7, 8, 9, 10, 11, 12].map((second) => ["rolling-back", second * SECOND_MS, { since }]),
        ["rolling-back", 13_000, { since, error: late }],
      ],
    );
  });

  test("shows nothing as true meanwhile that was seen before, and goes on where it is seen again", async () => {
    const world = silent();
    const outcome = await world.rollBack();
    const failed = world.phases.findIndex(({ unseen }) => unseen?.error !== undefined);
    const lateAt = world.phases.findIndex(({ unseen }) => unseen !== undefined);
    const around = [lateAt - 1, failed, failed + 1].flatMap((at) => world.phases[at] ?? []);
    assert.deepEqual([around.map(podsOf), outcome.kind], [["ok", "running", "ok"], "proven"]);
  });

  test("says so after helm has ended, too", async () => {
    const world = new RollbackWorld();
    world.helm = (order) => {
      const end = world.rolledBack(order);
      world.listings.push(late);
      return end;
    };
    await world.rollBack();
    const since = Date.UTC(2026, 10, 23, 8);
    assert.deepEqual(
      world.phases.flatMap(({ kind, unseen }) => (unseen === undefined ? [] : [[kind, unseen]])),
      [["proving", { since, error: late }]],
    );
  });
});

describe("a rollback after which the cluster is not reached any more", () => {
  const down = { reason: "unreachable", server: "https://k8s", detail: "" } as const;

  /** All looks well while helm works; then the connection breaks, and helm fails. */
  function cutOff(): RollbackWorld {
    const world = new RollbackWorld();
    world.helm = async (order, signal) => {
      world.rolledBack(order, { status: "pending-rollback" });
      await world.clock.sleep(3 * SECOND_MS, signal);
      world.releases.error = down;
      world.workloads = () => fail(down);
      return helmFailed;
    };
    return world;
  }

  test("does not show as true now what was seen before", async () => {
    const world = cutOff();
    const outcome = await world.rollBack();
    const before = world.phases.findLast(({ kind }) => kind === "rolling-back");
    assert.ok(outcome.kind === "not-proven" && before !== undefined);
    assert.deepEqual(
      [before.items.find(({ kind }) => kind === "pods")?.state, outcome.record, outcome.stillServing],
      ["ok", { kind: "unreadable", error: down }, undefined],
    );
    assert.deepEqual(
      outcome.items.filter(({ state }) => state !== "todo").map(({ kind }) => kind),
      ["reread", "operation"],
    );
  });

  test("blames nobody for what could not be looked at", async () => {
    const outcome = await cutOff().rollBack();
    assert.deepEqual(outcome.kind === "not-proven" && outcome.diagnosis.cause, { kind: "unreachable" });
  });

  test("keeps a cause that helm named", async () => {
    const world = cutOff();
    const forbidden = {
      kind: "forbidden",
      verb: "patch",
      resource: "deployments",
      namespace: "web",
    } as const;
    world.diagnosis = { cause: forbidden, evidence: [] };
    const outcome = await world.rollBack();
    assert.deepEqual(outcome.kind === "not-proven" && outcome.diagnosis.cause, forbidden);
  });
});

describe("a rollback that is cancelled once helm works", () => {
  test("goes on, and its Lease is left to whoever runs it", async () => {
    const world = new RollbackWorld();
    world.helm = (_order, signal) => {
      world.stop.abort();
      assert.ok(signal.aborted);
      return fail({ reason: "run-lost", output: "" });
    };
    const outcome = await world.rollBack();
    assert.deepEqual(outcome, { kind: "cancelled", truth: { kind: "goes-on", revision: 3 } });
    assert.deepEqual(world.told, []);
    assert.equal(world.operations.objects.get(world.operationLease)?.record.kind, "working");
  });

  test("is done where only the proof is left out", async () => {
    const world = new RollbackWorld();
    world.clock.after(5 * SECOND_MS, () => {
      world.stop.abort();
    });
    const outcome = await world.rollBack();
    assert.deepEqual(outcome, { kind: "cancelled", truth: { kind: "not-awaited", revision: 3 } });
    assert.deepEqual(world.told, world.orders);
  });

  test("one that nobody watches over any more is told with its record, and its Lease ends by itself", async () => {
    const world = new RollbackWorld();
    world.helm = (order) => {
      world.releases.add(RELEASE, world.made(order, { status: "pending-rollback" }));
      return fail({ reason: "run-lost", output: "" });
    };
    const outcome = await world.rollBack();
    assert.ok(outcome.kind === "not-proven");
    assert.deepEqual(
      [outcome.error?.reason, outcome.record.kind === "recorded" && outcome.record.status],
      ["run-lost", "pending-rollback"],
    );
    assert.equal(world.operations.objects.get(world.operationLease)?.record.kind, "working");
  });
});
