import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RolloutStore, WorkloadAddress } from "../../src/app/rolloutPorts.ts";
import type { UndoOutcome, UndoPhase } from "../../src/app/undoOutcome.ts";
import { aCommit } from "../builders/deploy.ts";
import { eventually } from "./eventually.ts";
import { useRollouts, WORKLOAD_KINDS } from "./rolloutsStage.ts";
import { imageOf, placedSubject, UndoStage } from "./undoStage.ts";

const GOOD = imageOf("4f1c0de");
const BAD = imageOf("bad0bad");

const states = (outcome: UndoOutcome): unknown =>
  "items" in outcome ? outcome.items.map(({ kind, state }) => `${state} ${kind}`) : outcome;
const isMissing = (phase: UndoPhase): boolean => phase.diagnosis !== undefined;

for (const kind of WORKLOAD_KINDS) {
  describe(`A whole undo of a ${kind}`, () => {
    const rollouts = useRollouts("undone");
    const stage = new UndoStage(rollouts);

    test("goes to what the history recommends, and is proven", async () => {
      const of = rollouts.of(kind, "good");
      await stage.complete(of, imageOf("aaaaaaa"));
      await stage.complete(of, GOOD);
      await stage.apply(of, BAD);
      const review = await stage.reviewed(placedSubject(of));
      assert.deepEqual(
        [review.from, review.to.revision, review.to.commit, review.paths],
        [{ revision: 3, commit: aCommit("bad0bad") }, 2, aCommit(), ["spec.containers[web].image"]],
      );
      const phases: UndoPhase[] = [];
      const outcome = await stage.undo(review, { reason: "broken", onPhase: (phase) => phases.push(phase) });
      assert.deepEqual(states(outcome), [
        ...["ok reread", "ok operation", "ok template", "ok renumbered", "ok observed"],
        ...["ok images", "ok pods", "ok commit", "ok steady"],
      ]);
      assert.deepEqual(
        outcome.kind === "proven" && [outcome.revision, outcome.hold?.kind],
        [4, "placed"],
        JSON.stringify(outcome),
      );
      assert.deepEqual(
        phases.at(-1)?.pods.map(({ ready }) => ready),
        [true],
      );
      const { entries, recommendation } = await stage.snapshot(placedSubject(of));
      assert.deepEqual(
        entries.map((entry) => [entry.revision.revision, entry.isCurrent, entry.wasUndoneFrom]),
        [
          [4, true, false],
          [3, false, true],
          [1, false, false],
        ],
      );
      assert.deepEqual(
        [entries[0]?.revision.mark?.reason, recommendation.kind === "revision" && recommendation.revision],
        ["broken", 1],
      );
    });

    // A DaemonSet's controller writes down nothing of how a rollout ended.
    if (kind !== "DaemonSet") {
      test("passes over a revision whose own rollout never came to its end", async () => {
        const of = rollouts.of(kind, "stuck");
        await stage.complete(of, GOOD);
        await stage.apply(of, imageOf("bbbbbbb", "missing"));
        await stage.apply(of, imageOf("ccccccc", "missing"));
        await eventually(async () => {
          const { recommendation } = await stage.snapshot(placedSubject(of));
          if (recommendation.kind !== "revision") return recommendation.kind;
          return [recommendation.revision, recommendation.skipped.map(({ revision }) => revision)];
        }, [1, [2]]);
      });
    }

    test("is stopped by what somebody did between its last look and its write", async () => {
      const of = rollouts.of(kind, "edited");
      await stage.apply(of, GOOD);
      await stage.apply(of, BAD);
      const review = await stage.reviewed(placedSubject(of));
      const edit = (): Promise<unknown> =>
        rollouts.patch(of, {
          spec: { template: { spec: { containers: [{ name: "web", image: imageOf("c0ffee1") }] } } },
        });
      const outcome = await stage.undo(review, { rollouts: interrupted(rollouts.own.rollouts, edit) });
      assert.deepEqual(outcome, { kind: "stale", why: "changed" });
      const { entries } = await stage.snapshot(placedSubject(of));
      assert.deepEqual(entries[0]?.revision.images[0]?.image, imageOf("c0ffee1"));
    });

    test("is not done where the template is that one already, or the target is gone", async () => {
      const of = rollouts.of(kind, "same");
      await stage.apply(of, GOOD);
      await stage.apply(of, BAD);
      const review = await stage.reviewed(placedSubject(of));
      const { uid } = review.to;
      await stage.apply(of, GOOD);
      assert.deepEqual(await stage.undo(review), { kind: "same-template", revision: 3 });
      const snapshot = await stage.snapshot(placedSubject(of));
      assert.deepEqual(await stage.review(placedSubject(of), snapshot, uid), {
        ok: false,
        error: { reason: "same-template", revision: 3 },
      });
      assert.deepEqual(await stage.review(placedSubject(of), snapshot, "nobody"), {
        ok: false,
        error: { reason: "revision-gone", revision: 0 },
      });
    });

    test("tells early that its image is missing, and waits on until the person has seen enough", async () => {
      const of = rollouts.of(kind, "missing");
      await stage.apply(of, imageOf("4f1c0de", "missing"));
      await stage.apply(of, BAD);
      const review = await stage.reviewed(placedSubject(of));
      const enough = new AbortController();
      const phases: UndoPhase[] = [];
      const outcome = await stage.undo(review, {
        signal: enough.signal,
        onPhase: (phase) => {
          phases.push(phase);
          if (isMissing(phase)) enough.abort();
        },
      });
      assert.deepEqual(outcome, { kind: "cancelled", truth: { kind: "not-awaited" } });
      assert.equal(phases.at(-1)?.diagnosis?.cause.kind, "image");
    });
  });
}

describe("A whole undo of a Deployment", () => {
  const rollouts = useRollouts("undone");
  const stage = new UndoStage(rollouts);
  const twice = async (name: string): Promise<WorkloadAddress> => {
    const of = rollouts.of("Deployment", name);
    await stage.apply(of, GOOD);
    await stage.apply(of, BAD);
    return of;
  };

  test("is not done while it is paused", async () => {
    const of = await twice("paused");
    const subject = placedSubject(of);
    const review = await stage.reviewed(subject);
    await rollouts.kubectl("rollout", "pause", "deployment/paused", "--namespace", of.namespace);
    assert.deepEqual(await stage.undo(review), { kind: "paused" });
    const again = await stage.review(subject, await stage.snapshot(subject), review.to.uid);
    assert.deepEqual(again, { ok: false, error: { reason: "paused" } });
  });

  test("has nothing to go to where no history is kept", async () => {
    const of = await twice("forgetful");
    await rollouts.patch(of, { spec: { revisionHistoryLimit: 0 } });
    const { recommendation } = await stage.snapshot(placedSubject(of));
    assert.deepEqual(recommendation, { kind: "none", why: "no-history" });
  });

  test("is not proven by zero replicas", async () => {
    const of = await twice("asleep");
    await rollouts.patch(of, { spec: { replicas: 0 } });
    const outcome = await stage.undo(await stage.reviewed(placedSubject(of)));
    assert.deepEqual([outcome.kind, "revision" in outcome && outcome.revision], ["nothing-runs", 3]);
  });

  test("warns of who keeps it as it is, and wants its name typed", async () => {
    const of = await twice("managed");
    const helm = {
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: { "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": of.namespace },
    };
    await rollouts.patch(of, { metadata: helm });
    const review = await stage.reviewed({ workload: of, tier: "staging" });
    assert.deepEqual(
      [review.needsTypedName, review.risks.find(({ kind }) => kind === "managed")],
      [true, { kind: "managed", by: { kind: "helm", release: "web", namespace: of.namespace } }],
    );
    assert.deepEqual(await stage.undo(review, { typed: "other" }), { kind: "wrong-name" });
  });

  test("goes well although the controller writes its status all the while", async () => {
    const of = await twice("busy");
    const review = await stage.reviewed(placedSubject(of));
    let times = 0;
    const touch = async (): Promise<unknown> => {
      times += 1;
      const conditions = [{ type: `Touched${times}`, status: "True", reason: "Test", message: "" }];
      const path = `${rollouts.path(of)}/status`;
      return rollouts.on.as("admin").patch("strategic", path, { status: { conditions } });
    };
    const outcome = await stage.undo(review, { rollouts: interrupted(rollouts.own.rollouts, touch, 2) });
    assert.deepEqual([outcome.kind, times], ["proven", 2]);
  });
});

/** The store, with something that happens right before its first writes. */
const interrupted = (store: RolloutStore, act: () => Promise<unknown>, times = 1): RolloutStore => {
  let left = times;
  return {
    read: (...asked) => store.read(...asked),
    list: (...asked) => store.list(...asked),
    missingRights: (...asked) => store.missingRights(...asked),
    undo: async (...asked) => {
      left -= 1;
      if (left >= 0) await act();
      return store.undo(...asked);
    },
  };
};
