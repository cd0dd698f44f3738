import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { operationOf } from "../../../src/app/rolloutSubjects.ts";
import type { UndoOutcome } from "../../../src/app/undoOutcome.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import type { ProofItem } from "../../../src/domain/rollbackProof.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { readMark } from "../../../src/domain/undo.ts";
import { aCommit, ann, ben } from "../../builders/deploy.ts";
import { anOperation } from "../../builders/lock.ts";
import {
  anAppImage,
  aPlacedSubject,
  aPod,
  aRollout,
  aRolloutRevision,
  aRolloutSubject,
  aTemplate,
} from "../../builders/rollouts.ts";
import { anUndoReview } from "../../builders/undo.ts";
import { HOLD, UndoWorld } from "../../fakes/undoWorld.ts";

const UNREACHABLE = { reason: "unreachable", server: "s", detail: "d" } as const;
const NOTHING_DONE: UndoOutcome = { kind: "cancelled", truth: { kind: "nothing-done" } };

const states = (outcome: UndoOutcome): unknown =>
  "items" in outcome ? outcome.items.map(({ kind, state }) => `${state} ${kind}`) : outcome;
const itemOf = (outcome: UndoOutcome, kind: ProofItem["kind"]): unknown => {
  const found = "items" in outcome ? outcome.items.find((item) => item.kind === kind) : undefined;
  return found === undefined ? outcome : [found.state, found.facts];
};
const kindOf = (outcome: UndoOutcome): unknown => [
  outcome.kind,
  "revision" in outcome ? outcome.revision : undefined,
];

describe("an undo that goes well", () => {
  test("is proven line by line, after everything was promised", async () => {
    const world = new UndoWorld();
    const outcome = await world.undo();
    assert.deepEqual(kindOf(outcome), ["proven", 3]);
    assert.deepEqual(states(outcome), [
      "ok reread",
      "ok operation",
      "ok template",
      "ok renumbered",
      "ok observed",
      "ok images",
      "ok pods",
      "ok commit",
      "ok steady",
    ]);
    assert.deepEqual(itemOf(outcome, "renumbered"), ["ok", "revision 3 (was 1)"]);
    const kinds = [...new Set(world.phases.map(({ kind }) => kind))];
    assert.deepEqual(kinds, ["checking", "writing", "proving", "steady"]);
    assert.ok(world.phases.every(({ items }) => items.length === 9));
    assert.deepEqual(world.phases[0]?.items.filter(({ state }) => state !== "todo").length, 1);
    assert.deepEqual(world.phases.at(-1)?.secondsLeft, 1);
    assert.deepEqual(world.phases.at(-1)?.pods, [aPod()]);
  });

  test("is one write, upon the reading under the Lease, with who, why, and from where to where", async () => {
    const world = new UndoWorld();
    world.order = { reason: "checkout is down" };
    const at = world.clock.now();
    await world.undo();
    assert.deepEqual(
      world.rollouts.writes.map(({ seen, ...write }) => ({ ...write, version: seen.version })),
      [
        {
          targetUid: "rs1",
          mark: {
            commit: aCommit(),
            by: "Ann Lee",
            at,
            reason: "checkout is down",
            undoneTo: 1,
            undoneFrom: 2,
          },
          version: { uid: "d1", resourceVersion: "10" },
        },
      ],
    );
    const lease = operationOf(world.review.subject);
    assert.equal(lease && world.operations.objects.get(lease)?.record.kind, "idle");
  });

  test("puts production on hold for a day, with the commits that were taken away", async () => {
    const world = new UndoWorld();
    const outcome = await world.undo();
    const at = Date.UTC(2026, 10, 23, 8, 0, 1);
    const hold = world.holds.objects.get(HOLD)?.record;
    assert.deepEqual(hold, {
      by: holderIdentity(ann),
      name: "Ann Lee",
      at,
      until: at + 24 * HOUR_MS,
      reason: "rolled back from bad0bad to 4f1c0de",
      undone: [aCommit("bad0bad")],
      nonce: hold?.nonce,
    });
    assert.deepEqual(outcome.kind === "proven" && outcome.hold, { kind: "placed", hold });
  });

  test("of a workload that devdeploy.json does not name holds no Lease and places no hold", async () => {
    const world = new UndoWorld(aRolloutSubject({ tier: "production" }));
    const outcome = await world.undo();
    assert.deepEqual(kindOf(outcome), ["proven", 3]);
    assert.equal(itemOf(outcome, "operation"), outcome);
    assert.deepEqual([world.operations.objects.writes, world.holds.objects.writes], [0, 0]);
  });

  test("whose target's commit nobody knows proves all but that", async () => {
    const template = aTemplate("registry.example.com/app:1.2.3");
    const seen = aRollout({
      revisions: [aRolloutRevision({ revision: 2 }), aRolloutRevision({ revision: 1, template })],
    });
    const world = new UndoWorld();
    world.rollouts.rollout = seen;
    world.review = anUndoReview({ seen, to: { revision: 1, uid: "rs1", hash: "h1" } });
    assert.deepEqual(itemOf(await world.undo(), "commit"), ["fact", "registry.example.com/app:1.2.3"]);
  });

  test("with no pods wanted runs nothing, which is no success", async () => {
    const world = new UndoWorld();
    world.now = (ready) => ({ ...ready, wanted: 0, pods: [], readyOfAll: 0 });
    assert.deepEqual(kindOf(await world.undo()), ["nothing-runs", 3]);
  });
});

describe("what another window needs to go on", () => {
  test("is kept from before the write until the end is known", async () => {
    const world = new UndoWorld();
    const seen: unknown[] = [];
    const { kept } = world.keptUndos;
    world.rollouts.beforeWrite = () => {
      seen.push([...kept.values()].map(({ uid, to, trace, hold }) => ({ uid, to, trace, on: hold?.ref })));
    };
    const at = world.clock.now();
    await world.undo();
    const trace = { by: "Ann Lee", at, undoneTo: 1, undoneFrom: 2 };
    assert.deepEqual(seen, [[{ uid: "d1", to: world.review.to, trace, on: HOLD }]]);
    assert.deepEqual([...kept.keys()], []);
  });

  test("goes as well where the write was refused", async () => {
    const world = new UndoWorld();
    world.rollouts.writeFaults.push({ error: { reason: "refused", detail: "no" }, isDone: false });
    assert.equal((await world.undo()).kind, "not-written");
    assert.deepEqual([...world.keptUndos.kept.keys()], []);
  });

  test("is done without where it cannot be kept", async () => {
    const world = new UndoWorld();
    world.keptUndos.isDiskFull = true;
    assert.equal((await world.undo()).kind, "proven");
  });
});

describe("nothing is written where", () => {
  const refused = async (world: UndoWorld): Promise<unknown> => {
    const outcome = await world.undo();
    assert.equal(world.rollouts.writes.length, 0);
    return outcome;
  };

  test("the name that had to be typed is another one", async () => {
    const world = new UndoWorld();
    world.order = { typed: "wep" };
    assert.deepEqual(await refused(world), { kind: "wrong-name" });
  });

  test("somebody changed the spec since the review", async () => {
    const world = new UndoWorld();
    world.rollouts.change({});
    assert.deepEqual(await refused(world), { kind: "stale", why: "changed" });
  });

  test("somebody changed an annotation since the review, but not where a controller did", async () => {
    const world = new UndoWorld();
    world.rollouts.change({ annotations: { "deployment.kubernetes.io/revision": "2" } }, "status");
    assert.deepEqual(kindOf(await world.undo()), ["proven", 3]);
    const other = new UndoWorld();
    other.rollouts.change({ annotations: { team: "shop" } }, "status");
    assert.deepEqual(await refused(other), { kind: "stale", why: "changed" });
  });

  test("somebody changed it while the Lease was waited for", async () => {
    const world = new UndoWorld();
    world.rollouts.onRead = (count) => {
      if (count === 2) world.rollouts.change({});
    };
    assert.deepEqual(await refused(world), { kind: "stale", why: "changed" });
  });

  test("the target is gone, or the workload is, or another one has its name", async () => {
    const world = new UndoWorld();
    world.rollouts.change({ revisions: aRollout().revisions.slice(0, 1) }, "status");
    assert.deepEqual(await refused(world), { kind: "stale", why: "target-gone" });
    const gone = new UndoWorld();
    gone.rollouts.rollout = undefined;
    assert.deepEqual(await refused(gone), { kind: "stale", why: "workload-gone" });
    const anew = new UndoWorld();
    anew.rollouts.rollout = aRollout({ version: { uid: "d2", resourceVersion: "10" } });
    assert.deepEqual(await refused(anew), { kind: "stale", why: "workload-gone" });
  });

  test("it is paused, or has that template already", async () => {
    const world = new UndoWorld();
    world.rollouts.change({ isPaused: true });
    assert.deepEqual(await refused(world), { kind: "paused" });
    const same = new UndoWorld();
    same.rollouts.change({ template: aTemplate(), current: { uid: "rs1", revision: 3 } });
    assert.deepEqual(await refused(same), { kind: "same-template", revision: 3 });
  });

  test("somebody works at the place", async () => {
    const world = new UndoWorld();
    const lease = operationOf(aPlacedSubject());
    assert.ok(lease);
    world.operations.objects.put(
      lease,
      anOperation({ by: holderIdentity(ben), name: "Ben Ode", what: "devdeploy task/x", lasts: 3 * HOUR_MS }),
    );
    assert.deepEqual(await refused(world), {
      kind: "busy",
      busy: { kind: "operation", by: "Ben Ode", what: "devdeploy task/x", isMine: false },
    });
  });

  test("the Lease cannot be had, unless the person says so once more", async () => {
    const world = new UndoWorld();
    const lease = operationOf(aPlacedSubject());
    assert.ok(lease);
    world.operations.objects.delete(lease);
    world.operations.objects.mayCreate = false;
    const error = { reason: "not-found", what: "leases devdeploy/production-operation" } as const;
    assert.deepEqual(await refused(world), { kind: "no-lease", error });
    world.order = { withoutLease: true };
    const outcome = await world.undo();
    assert.equal(outcome.kind, "proven");
    assert.deepEqual(itemOf(outcome, "operation"), ["fact", "production-operation: not-found"]);
  });

  test("the workload cannot be read", async () => {
    const world = new UndoWorld();
    world.rollouts.readFaults.push(UNREACHABLE);
    assert.deepEqual(await refused(world), { kind: "unread", error: UNREACHABLE });
  });

  test("the person cancelled before", async () => {
    const world = new UndoWorld();
    world.rollouts.onRead = (count) => {
      if (count === 2) world.stop.abort();
    };
    assert.deepEqual(await refused(world), NOTHING_DONE);
  });
});

describe("the write", () => {
  const conflict = { error: { reason: "conflict" }, isDone: false } as const;
  const lost = (isDone: boolean) => ({ error: UNREACHABLE, isDone }) as const;

  test("is done again where only the status changed in between", async () => {
    const world = new UndoWorld();
    world.rollouts.beforeWrite = (count) => {
      if (count <= 3) world.rollouts.change({}, "status");
    };
    assert.deepEqual(kindOf(await world.undo()), ["proven", 3]);
    assert.equal(world.rollouts.writes.length, 4);
  });

  test("is given up after the fourth", async () => {
    const world = new UndoWorld();
    world.rollouts.writeFaults.push(conflict, conflict, conflict, conflict);
    assert.deepEqual(await world.undo(), { kind: "not-written", error: { reason: "conflict" } });
    assert.equal(world.rollouts.writes.length, 4);
  });

  test("is not done again where somebody edited it in between", async () => {
    const world = new UndoWorld();
    world.rollouts.beforeWrite = () => {
      world.rollouts.change({ template: aTemplate(anAppImage("c0ffee1")) });
    };
    assert.deepEqual(await world.undo(), { kind: "stale", why: "changed" });
    assert.equal(world.rollouts.writes.length, 1);
  });

  test("whose answer was lost is found by its mark, and not done twice", async () => {
    const world = new UndoWorld();
    world.rollouts.writeFaults.push(lost(true));
    world.rollouts.onRead = (count) => {
      if (count === 3) world.rollouts.readFaults.push(UNREACHABLE);
    };
    assert.deepEqual(kindOf(await world.undo()), ["proven", 3]);
    assert.equal(world.rollouts.writes.length, 1);
    assert.equal(readMark(world.rollouts.rollout?.annotations ?? {})?.by, "Ann Lee");
  });

  test("that never arrived is done again", async () => {
    const world = new UndoWorld();
    world.rollouts.writeFaults.push(lost(false));
    assert.deepEqual(kindOf(await world.undo()), ["proven", 3]);
    assert.equal(world.rollouts.writes.length, 2);
  });

  test("of which nobody can be asked afterwards is no success", async () => {
    const world = new UndoWorld();
    world.rollouts.writeFaults.push(lost(true));
    world.rollouts.onRead = (count) => {
      if (count >= 3) world.rollouts.readFaults.push(UNREACHABLE);
    };
    world.diagnosis = { cause: { kind: "unreachable" }, evidence: [] };
    const outcome = await world.undo();
    assert.deepEqual(states(outcome), [
      "ok reread",
      "ok operation",
      ...["template", "renumbered", "observed", "images", "pods", "commit", "steady"].map(
        (kind) => `todo ${kind}`,
      ),
    ]);
    assert.equal(outcome.kind === "not-proven" && outcome.diagnosis.cause.kind, "unreachable");
    assert.equal(world.holds.objects.writes, 0);
  });

  test("that the API server refuses is told with its words", async () => {
    const world = new UndoWorld();
    const error = { reason: "refused", detail: "denied by policy" } as const;
    world.rollouts.writeFaults.push({ error, isDone: false });
    assert.deepEqual(await world.undo(), { kind: "not-written", error });
  });

  test("cannot be cancelled once it was sent: only the waiting ends", async () => {
    const world = new UndoWorld();
    world.rollouts.beforeWrite = () => {
      world.stop.abort();
    };
    assert.deepEqual(await world.undo(), { kind: "cancelled", truth: { kind: "not-awaited" } });
    assert.equal(world.rollouts.rollout?.generation, 3);
  });
});

describe("an undo is not proven where", () => {
  const oneWaits = (world: UndoWorld): void => {
    const waiting = { container: "app", reason: "ImagePullBackOff", message: "not found" };
    world.now = (ready) => ({
      ...ready,
      pods: [{ name: "web-h1-1", ready: false, restarts: 0, waiting }],
      readyOfAll: 1,
    });
    world.diagnosis = { cause: { kind: "workload-gone", workload: "Deployment/web" }, evidence: [] };
  };

  test("its pods never become ready; what is wrong is told early, and old pods still serve", async () => {
    const world = new UndoWorld();
    oneWaits(world);
    const began = world.clock.monotonic();
    const outcome = await world.undo();
    assert.deepEqual(kindOf(outcome), ["not-proven", 3]);
    assert.deepEqual(itemOf(outcome, "pods"), ["failed", "0 of 1 ready"]);
    assert.deepEqual(itemOf(outcome, "template"), ["ok", "h1"]);
    assert.equal(outcome.kind === "not-proven" && outcome.stillServing, 1);
    assert.equal(world.holds.objects.writes, 0);
    const told = world.phases.find(({ diagnosis }) => diagnosis !== undefined);
    assert.deepEqual([told?.diagnosis, (told?.elapsed ?? Infinity) < 2_000], [world.diagnosis, true]);
    assert.equal(Math.round((world.clock.monotonic() - began) / 60_000), 10);
  });

  test("the workload's own deadline has passed", async () => {
    const world = new UndoWorld();
    world.review = anUndoReview({ seen: aRollout({ progressDeadline: 30_000 }) });
    oneWaits(world);
    const began = world.clock.monotonic();
    await world.undo();
    assert.equal(Math.round((world.clock.monotonic() - began) / 1_000), 30);
  });

  test("the controller gives up, but what it said of the rollout before is not believed", async () => {
    const world = new UndoWorld();
    oneWaits(world);
    const { now } = world;
    let looks = 0;
    world.now = (ready) => {
      looks += 1;
      return { ...now(ready), deadlineExceeded: looks <= 3 || looks > 20 };
    };
    assert.deepEqual(kindOf(await world.undo()), ["not-proven", 3]);
    assert.equal(looks, 21);
  });

  test("somebody changed it before it was steady", async () => {
    const world = new UndoWorld();
    world.rollouts.onRead = (count) => {
      if (count === 8) world.rollouts.change({ template: aTemplate(anAppImage("c0ffee1")) });
    };
    const outcome = await world.undo();
    assert.deepEqual(
      [itemOf(outcome, "template"), itemOf(outcome, "images")],
      [
        ["failed", "h1"],
        ["failed", `app: ${anAppImage("c0ffee1")}, not ${anAppImage()}`],
      ],
    );
  });

  test("somebody deleted it", async () => {
    const world = new UndoWorld();
    world.rollouts.onRead = (count) => {
      if (count === 8) world.rollouts.rollout = undefined;
    };
    const outcome = await world.undo();
    assert.deepEqual(itemOf(outcome, "observed"), ["failed", "absent from the cluster"]);
  });

  test("the controller does not see it", async () => {
    const world = new UndoWorld();
    world.rollouts.isPrompt = false;
    const outcome = await world.undo();
    assert.deepEqual(kindOf(outcome), ["not-proven", undefined]);
    assert.deepEqual(
      [itemOf(outcome, "renumbered"), itemOf(outcome, "observed")],
      [
        ["failed", "revision 1"],
        ["failed", "generation 2 of 3"],
      ],
    );
  });

  test("a pod restarts now and then", async () => {
    const world = new UndoWorld();
    let restarts = 0;
    world.now = (ready) => ({
      ...ready,
      pods: [{ name: "web-h1-1", ready: true, restarts: Math.floor((restarts += 1) / 10) }],
    });
    const outcome = await world.undo();
    assert.deepEqual(kindOf(outcome), ["not-proven", 3]);
  });

  test("the cluster is gone for good; what was seen before is not said to be so now", async () => {
    const world = new UndoWorld();
    world.lookFaults.push(undefined, undefined, { reason: "unauthorized", context: "production" });
    const outcome = await world.undo();
    assert.deepEqual(itemOf(outcome, "template"), ["todo", ""]);
  });
});

test("a look that fails now and then only begins the steadiness anew", async () => {
  const world = new UndoWorld();
  world.lookFaults.push(...Array.from({ length: 10 }, () => undefined), UNREACHABLE);
  const began = world.clock.monotonic();
  assert.deepEqual(kindOf(await world.undo()), ["proven", 3]);
  assert.equal(Math.round((world.clock.monotonic() - began) / 1_000), 26);
});
