import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { reviewUndo, type ReviewUndoOrder, type ReviewUndoServices } from "../../../src/app/reviewUndo.ts";
import { operationOf } from "../../../src/app/rolloutSubjects.ts";
import type { UndoReview, UndoReviewError } from "../../../src/app/undoOutcome.ts";
import { fail, ok, type Result } from "../../../src/domain/result.ts";
import type { UndoRisk } from "../../../src/domain/rollouts.ts";
import { aCommit, ann } from "../../builders/deploy.ts";
import {
  anAppImage,
  aPlacedSubject,
  aRollout,
  aRolloutRevision,
  aRolloutSubject,
  aTemplate,
} from "../../builders/rollouts.ts";
import { aRolloutSnapshot } from "../../builders/undo.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { throughTime } from "../../fakes/deployWorld.ts";
import { FakeOperationStore } from "../../fakes/leases.ts";
import { FakeRolloutStore } from "../../fakes/rolloutStore.ts";

const undone = {
  commit: aCommit("bad0bad"),
  subject: "Break it",
  author: "Ann",
  committedAt: 0,
  migrations: ["m/1"],
};

/** A person before a history of two revisions, who chose the older one. */
class World {
  readonly clock = new ManualClock();
  readonly rollouts = new FakeRolloutStore(aRollout());
  readonly operations = new FakeOperationStore();
  order: Partial<ReviewUndoOrder> = {};
  services: Partial<ReviewUndoServices> = {};

  constructor() {
    const lease = operationOf(aPlacedSubject());
    if (lease !== undefined) this.operations.objects.put(lease, { kind: "idle", transitions: 0 });
  }

  review(): Promise<Result<UndoReview, UndoReviewError>> {
    const services: ReviewUndoServices = {
      rollouts: this.rollouts,
      operations: this.operations,
      registry: { look: (images) => Promise.resolve(images.map((image) => ({ kind: "exists", image }))) },
      commits: () =>
        Promise.resolve({
          resolve: () => Promise.resolve([]),
          facts: () => Promise.resolve(new Map()),
          between: ({ commit }) => Promise.resolve(commit === undone.commit ? [undone] : []),
          fetch: () => Promise.resolve(ok(true)),
          links: () => Promise.resolve(undefined),
        }),
      clock: this.clock,
      newNonce: () => "review-1",
      ...this.services,
    };
    const order: ReviewUndoOrder = {
      subject: aPlacedSubject(),
      snapshot: aRolloutSnapshot(),
      toUid: "rs1",
      by: ann,
      migrations: ["m/**"],
      ...this.order,
    };
    return throughTime(this.clock, reviewUndo(services, order, new AbortController().signal));
  }

  async reviewed(): Promise<UndoReview> {
    const review = await this.review();
    if (!review.ok) throw new Error(`refused: ${review.error.reason}`);
    return review.value;
  }

  async risks(kind: UndoRisk["kind"]): Promise<readonly UndoRisk[]> {
    return (await this.reviewed()).risks.filter((risk) => risk.kind === kind);
  }
}

test("a review says all that a person reads before they say yes", async () => {
  const world = new World();
  const seen = aRollout();
  assert.deepEqual(
    await world.review(),
    ok({
      id: "review-1",
      subject: aPlacedSubject(),
      from: { revision: 2, commit: aCommit("bad0bad") },
      to: { revision: 1, commit: aCommit(), uid: "rs1", hash: "h1" },
      seen,
      fromRevision: seen.revisions[0],
      toRevision: seen.revisions[1],
      commits: { kind: "known", undone: [undone], returning: [], isCut: false },
      paths: ["spec.containers[app].image"],
      risks: [
        { kind: "nobody-at-work" },
        { kind: "images", answers: [{ kind: "exists", image: anAppImage() }] },
        { kind: "migrations", commits: 1, files: ["m/1"] },
        { kind: "rights", missing: [] },
        { kind: "not-restored" },
      ],
      command: [
        ...["kubectl", "rollout", "undo", "deployment/web", "--to-revision=1"],
        ...["--namespace", "buffer", "--context", "production"],
      ],
      needsTypedName: true,
    }),
  );
});

describe("a review is refused where", () => {
  const refusal = async (change: (world: World) => void): Promise<unknown> => {
    const world = new World();
    change(world);
    return world.review();
  };

  test("the workload is gone, or cannot be read", async () => {
    assert.deepEqual(
      await refusal(({ rollouts }) => {
        rollouts.rollout = undefined;
      }),
      fail({ reason: "workload-gone" }),
    );
    const error = { reason: "forbidden", detail: "no" } as const;
    assert.deepEqual(await refusal(({ rollouts }) => rollouts.readFaults.push(error)), fail(error));
  });

  test("the target is gone, or another template has its uid", async () => {
    assert.deepEqual(
      await refusal(({ rollouts }) => {
        rollouts.change({ revisions: aRollout().revisions.slice(0, 1) });
      }),
      fail({ reason: "revision-gone", revision: 1 }),
    );
    const [newest = aRolloutRevision()] = aRollout().revisions;
    assert.deepEqual(
      await refusal(({ rollouts }) => {
        rollouts.change({ revisions: [newest, aRolloutRevision({ hash: "other" })] });
      }),
      fail({ reason: "revision-gone", revision: 1 }),
    );
  });

  test("it is paused, or has that very template", async () => {
    assert.deepEqual(
      await refusal(({ rollouts }) => {
        rollouts.change({ isPaused: true });
      }),
      fail({ reason: "paused" }),
    );
    assert.deepEqual(
      await refusal(({ rollouts }) => {
        rollouts.change({ template: aTemplate() });
      }),
      fail({ reason: "same-template", revision: 1 }),
    );
  });
});

test("what was rolled out since the panel was drawn is what is reviewed", async () => {
  const world = new World();
  const { object } = aRolloutRevision();
  const again = aRolloutRevision({ revision: 4, was: [1], object, hash: "h1" });
  world.rollouts.rollout = aRollout({
    revisions: [aRolloutRevision({ revision: 5, template: aTemplate(anAppImage("c0ffee1")) }), again],
  });
  const { from, to, command } = await world.reviewed();
  assert.deepEqual(from, { revision: 5, commit: aCommit("c0ffee1") });
  assert.deepEqual([to.revision, to.uid, command[4]], [4, "rs1", "--to-revision=4"]);
});

test("a guess about a commit is none, so that nobody knows what is undone", async () => {
  const world = new World();
  const latest = aTemplate("registry.example.com/app:latest");
  const rollout = aRollout({
    revisions: [aRolloutRevision({ revision: 2, template: latest }), aRolloutRevision()],
  });
  world.rollouts.rollout = rollout;
  world.order = { snapshot: aRolloutSnapshot(rollout) };
  const { from, commits } = await world.reviewed();
  assert.deepEqual([from, commits], [{ revision: 2 }, { kind: "unknown", why: "from-unknown", detail: "" }]);
});

test("only a place has a Lease to be asked for, and only production or a managed workload is typed", async () => {
  const world = new World();
  world.order = { subject: aRolloutSubject() };
  assert.deepEqual(await world.risks("nobody-at-work"), []);
  assert.equal((await world.reviewed()).needsTypedName, false);
  const manager = { kind: "helm", release: "web", namespace: "buffer" } as const;
  world.rollouts.change({ manager });
  assert.deepEqual(await world.risks("managed"), [{ kind: "managed", by: manager }]);
  assert.equal((await world.reviewed()).needsTypedName, true);
});

test("what does not answer is said not to have been asked, and keeps nobody waiting", async () => {
  const world = new World();
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
  world.services = { registry: { look: never }, commits: never };
  world.operations.read = never;
  world.rollouts.missingRights = never;
  const began = world.clock.monotonic();
  const { risks, commits } = await world.reviewed();
  const detail = "no answer within 5 s";
  const error = { reason: "timeout", server: "production", afterMs: 5_000 } as const;
  assert.deepEqual(risks.slice(0, 3), [
    { kind: "no-operation-lease", error },
    { kind: "images", answers: [{ kind: "not-asked", image: anAppImage(), detail }] },
    { kind: "rights", missing: [], notAsked: error },
  ]);
  assert.equal(commits.kind, "unknown");
  assert.equal(world.clock.monotonic() - began, 5_000);
});

test("secrets that differ are told by their place alone", async () => {
  const world = new World();
  const template = aTemplate(anAppImage(), { env: [{ name: "DB_PASSWORD", value: "hunter2" }] });
  world.rollouts.rollout = aRollout({
    revisions: [aRolloutRevision({ revision: 2, template }), aRolloutRevision()],
  });
  assert.deepEqual((await world.reviewed()).paths, ["spec.containers[app].env"]);
});
