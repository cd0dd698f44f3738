import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { UndoWriteError, WorkloadAddress } from "../../src/app/rolloutPorts.ts";
import type { Result } from "../../src/domain/result.ts";
import type { RolloutMark, RolloutReading } from "../../src/domain/rollouts.ts";
import { CHANGE_CAUSE } from "../../src/domain/undo.ts";
import { eventually } from "./eventually.ts";
import { at } from "./json.ts";
import { inShort, revisionOf, useRollouts, WORKLOAD_KINDS } from "./rolloutsStage.ts";

const signal = new AbortController().signal;

const MARK: RolloutMark = {
  by: "Ann",
  at: Date.parse("2026-11-23T10:00:00Z"),
  reason: "checkout fails",
  undoneTo: 1,
  undoneFrom: 2,
};

for (const kind of WORKLOAD_KINDS) {
  describe(`An undo of a ${kind}`, () => {
    const stage = useRollouts("undo");

    /** Of two revisions, `web:a1` and `web:b2`, the second being what runs. */
    const twice = async (name: string): Promise<WorkloadAddress> => {
      const of = stage.of(kind, name);
      await stage.create(of, { image: "web:a1", annotations: { [CHANGE_CAUSE]: "first" } });
      await stage.rollOut(of, "web:b2", { [CHANGE_CAUSE]: "second" });
      return of;
    };
    const undo = (
      of: WorkloadAddress,
      seen: RolloutReading,
      mark = MARK,
    ): Promise<Result<RolloutReading, UndoWriteError>> => {
      const targetUid = revisionOf(seen, "web:a1").object.uid;
      return stage.own.rollouts.undo(of, { seen, targetUid, mark }, signal);
    };
    const imageNow = async (of: WorkloadAddress): Promise<unknown> => {
      const { body } = await stage.on.as("ann").get(stage.path(of));
      return at(body, "spec", "template", "spec", "containers", 0, "image");
    };

    test("makes the target's template the newest, says what it wrote, and who and why", async () => {
      const of = await twice("good");
      const seen = await stage.settled(of);
      const written = await undo(of, seen);
      assert.ok(written.ok, JSON.stringify(written));
      const target = revisionOf(seen, "web:a1");
      assert.deepEqual(
        [written.value.current, written.value.template, written.value.version.uid],
        [{ uid: target.object.uid, revision: 1 }, target.template, seen.version.uid],
      );
      const after = await stage.settled(of);
      const was = kind === "Deployment" ? " was 1" : "";
      assert.deepEqual(inShort(after), [`3${was} web:a1 first now`, "2 web:b2 second"]);
      assert.deepEqual(
        after.revisions.map(({ mark, object }) => [object.uid, mark]),
        [
          [target.object.uid, MARK],
          [seen.revisions[0]?.object.uid, undefined],
        ],
      );
    });

    test("of an undo leaves the mark with the revision that it is of, whatever is rolled out next", async () => {
      const of = await twice("marked");
      await undo(of, await stage.settled(of));
      await stage.settled(of);
      await stage.rollOut(of, "web:c3");
      const { revisions } = await stage.settled(of);
      assert.deepEqual(
        revisions.map(({ images, mark }) => [images[0]?.image, mark?.reason]),
        [
          ["web:c3", undefined],
          ["web:a1", "checkout fails"],
          ["web:b2", undefined],
        ],
      );
    });

    test("takes nothing over from an older mark of the same revision", async () => {
      const of = await twice("again");
      await undo(of, await stage.settled(of));
      await stage.settled(of);
      await stage.rollOut(of, "web:b2");
      const mark = { by: "Ben", at: Date.parse("2026-11-23T12:00:00Z"), undoneTo: 3, undoneFrom: 4 };
      await undo(of, await stage.settled(of), mark);
      const { revisions } = await stage.settled(of);
      assert.deepEqual([revisions[0]?.images[0]?.image, revisions[0]?.mark], ["web:a1", mark]);
    });

    test("is refused as a conflict when anything was changed since, and writes nothing", async () => {
      const of = await twice("changed");
      const seen = await stage.settled(of);
      await stage.patch(of, { metadata: { annotations: { note: "new" } } });
      assert.deepEqual(await undo(of, seen), { ok: false, error: { reason: "conflict" } });
      assert.deepEqual(
        [await imageNow(of), (await stage.reading(of)).annotations["note"]],
        ["web:b2", "new"],
      );
    });

    test("does not touch another workload that was made anew under the name", async () => {
      const of = await twice("anew");
      const seen = await stage.settled(of);
      await stage.on.as("ann").delete(stage.path(of));
      await eventually(async () => (await stage.on.as("ann").get(stage.path(of))).status, 404);
      await stage.create(of, { image: "web:z9" });
      assert.deepEqual(await undo(of, seen), { ok: false, error: { reason: "conflict" } });
      assert.equal(await imageNow(of), "web:z9");
    });

    test("of a workload that is gone says so", async () => {
      const of = await twice("gone");
      const seen = await stage.settled(of);
      await stage.on.as("ann").delete(stage.path(of));
      await eventually(async () => (await stage.on.as("ann").get(stage.path(of))).status, 404);
      const answer = await undo(of, seen);
      assert.equal(!answer.ok && answer.error.reason, "not-found");
    });

    test("is refused with the API server's words where it does not take the template", async () => {
      const of = await twice("refused");
      const seen = await stage.settled(of);
      const revisions = seen.revisions.map((revision) => ({
        ...revision,
        template: { metadata: { labels: { app: "another" } }, spec: { containers: [] } },
      }));
      const answer = await undo(of, { ...seen, revisions });
      assert.ok(!answer.ok && answer.error.reason === "refused", JSON.stringify(answer));
      assert.match(answer.error.detail, /spec\.template/u);
      assert.equal(await imageNow(of), "web:b2");
    });

    test("by somebody without the right is forbidden, and the right is named", async () => {
      const of = await twice("forbidden");
      const seen = await stage.settled(of);
      const eve = await stage.as("eve");
      const targetUid = revisionOf(seen, "web:a1").object.uid;
      const answer = await eve.rollouts.undo(of, { seen, targetUid, mark: MARK }, signal);
      const plural = `${kind.toLowerCase()}s`;
      assert.deepEqual(answer, {
        ok: false,
        error: { reason: "forbidden", detail: `patch ${plural}/forbidden in ${of.namespace}` },
      });
    });
  });
}

describe("An undo of a paused Deployment", () => {
  const stage = useRollouts("paused");

  test("is written all the same: that it is refused is not for the store to decide", async () => {
    const of = stage.of("Deployment", "web");
    await stage.create(of, { image: "web:a1" });
    await stage.rollOut(of, "web:b2");
    await stage.patch(of, { spec: { paused: true } });
    await eventually(async () => {
      const { generation, observedGeneration } = await stage.reading(of);
      return generation === observedGeneration;
    }, true);
    const seen = await stage.reading(of);
    const targetUid = revisionOf(seen, "web:a1").object.uid;
    const written = await stage.own.rollouts.undo(of, { seen, targetUid, mark: MARK }, signal);
    assert.deepEqual(
      [seen.isPaused, written.ok && written.value.isPaused, written.ok && written.value.current?.uid],
      [true, true, targetUid],
    );
  });
});

describe("An undo beside kubectl rollout undo", () => {
  const stage = useRollouts("beside");
  let other = "";
  before(async () => {
    other = await stage.on.cluster.namespace("kubectl");
  });

  const OURS = "Devdeploy says who undid what, when and why; kubectl says nothing";
  /** Where our result differs from kubectl's, and why. Everything else has to be the same. */
  const CHOSEN: Readonly<Record<string, string>> = {
    "Deployment annotations.note": "set since, and not about the template: kubectl loses it, we keep it",
    "Deployment annotations.team": "taken away since: kubectl brings it back, with us it stays away",
    "StatefulSet annotations.kubernetes.io/change-cause":
      "kubectl leaves the cause of what was undone; with us it is the target's, as for a Deployment",
    "DaemonSet annotations.kubernetes.io/change-cause":
      "kubectl leaves the cause of what was undone; with us it is the target's, as for a Deployment",
    ...Object.fromEntries(
      WORKLOAD_KINDS.flatMap((kind) =>
        ["by", "at", "reason", "undone-to", "undone-from", "revision-hash"].map((key) => [
          `${kind} annotations.devdeploy.dev/${key}`,
          OURS,
        ]),
      ),
    ),
  };

  /** What a person made of it: annotations, labels, the whole spec. */
  const leaves = (value: unknown, path = ""): readonly (readonly [string, string])[] =>
    typeof value === "object" && value !== null && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([key, item]) => leaves(item, path === "" ? key : `${path}.${key}`))
      : [[path, JSON.stringify(value)]];
  const shown = async (of: WorkloadAddress): Promise<ReadonlyMap<string, string>> => {
    const { body } = await stage.on.as("ann").get(stage.path(of));
    const annotations = at(body, "metadata", "annotations");
    return new Map(leaves({ labels: at(body, "metadata", "labels"), annotations, spec: at(body, "spec") }));
  };

  const applied = async (of: WorkloadAddress): Promise<void> => {
    const annotations = { team: "blue", [CHANGE_CAUSE]: "first" };
    await stage.create(of, { image: "web:a1", annotations, labels: { tier: "front" } });
    // As `kubectl apply` leaves it behind; what stands in it is of no concern to an undo.
    const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    await stage.rollOut(of, "web:b2", { [CHANGE_CAUSE]: "second", [lastApplied]: "{}\n" });
    await stage.patch(of, {
      metadata: { annotations: { note: "kept", team: null } },
      spec: { minReadySeconds: 3 },
    });
    await stage.settled(of);
  };

  for (const kind of WORKLOAD_KINDS) {
    test(`leaves a ${kind} as kubectl does, but for what is listed`, async () => {
      const [ours, theirs] = [stage.of(kind, "web"), stage.of(kind, "web", other)];
      await Promise.all([applied(ours), applied(theirs)]);
      const seen = await stage.settled(ours);
      const targetUid = revisionOf(seen, "web:a1").object.uid;
      const written = await stage.own.rollouts.undo(ours, { seen, targetUid, mark: MARK }, signal);
      assert.ok(written.ok, JSON.stringify(written));
      await stage.kubectl("rollout", "undo", `${kind}/web`, "--to-revision=1", "--namespace", other);
      const histories = [await stage.settled(ours), await stage.settled(theirs)].map((reading) => ({
        history: inShort(reading),
        templates: reading.revisions.map(({ template }) => template),
      }));
      assert.deepEqual(histories[0], histories[1]);

      const [mine, kubectls] = [await shown(ours), await shown(theirs)];
      assert.equal(mine.get("spec.template.spec.containers.0.image"), '"web:a1"');
      const different = [...new Set([...mine.keys(), ...kubectls.keys()])]
        .filter((path) => mine.get(path) !== kubectls.get(path))
        .map((path) => `${kind} ${path}`);
      const chosen = Object.keys(CHOSEN).filter((path) => path.startsWith(`${kind} `));
      assert.deepEqual(different.sort(), chosen.sort());
    });
  }
});
