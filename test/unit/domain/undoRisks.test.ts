import assert from "node:assert/strict";
import { test } from "node:test";
import type { RolloutReading, UndoRisk } from "../../../src/domain/rollouts.ts";
import { undoRiskLevel, workloadRisks, type UndoEnds } from "../../../src/domain/undoRisks.ts";
import { anAppImage, aPod, aRollout, aRolloutRevision, aTemplate } from "../../builders/rollouts.ts";

const risks = (ends: Partial<UndoEnds> = {}, seen: Partial<RolloutReading> = {}): readonly UndoRisk[] =>
  workloadRisks({
    seen: aRollout(seen),
    from: aRolloutRevision({ revision: 2, template: aTemplate(anAppImage("bad0bad")) }),
    to: aRolloutRevision(),
    pods: [aPod()],
    container: undefined,
    wasUndoneFrom: false,
    ...ends,
  });
const first = (...args: Parameters<typeof risks>): UndoRisk | undefined => risks(...args)[0];

test("an ordinary undo has nothing to be told but what it leaves as it is", () => {
  assert.deepEqual(risks(), [{ kind: "not-restored" }]);
});

test("who keeps the workload as it is comes first", () => {
  const by = { kind: "argo-cd", application: "shop" } as const;
  assert.deepEqual(first({}, { manager: by }), { kind: "managed", by });
});

test("where the application's image stays the same, no other code comes back, though pods restart", () => {
  const latest = "registry.example.com/app:latest";
  const images = (proxy: string) =>
    [
      ["app", latest],
      ["proxy", proxy],
    ].map(([container = "", image = ""]) => ({ workload: "Deployment/web", container, image }));
  const from = aRolloutRevision({ revision: 2, images: images("proxy:2") });
  const to = aRolloutRevision({ images: images("proxy:1") });
  const same = { kind: "same-images", images: [latest], podsRestart: true };
  assert.deepEqual(first({ from, to, container: "app" }), same);
  assert.deepEqual(first({ from, to }), { kind: "not-restored" });
  assert.deepEqual(first({ from: undefined, to }), { kind: "not-restored" });
});

test("one that somebody went back from is told", () => {
  assert.deepEqual(first({ wasUndoneFrom: true }), { kind: "undone-from", revision: 1 });
});

test("where pods are replaced only once they are deleted, that is told", () => {
  assert.deepEqual(first({}, { strategy: "OnDelete" }), { kind: "on-delete" });
});

test("a StatefulSet waits for its broken pod, unless it makes all at once", () => {
  const waiting = { container: "app", reason: "ImagePullBackOff", message: "" };
  const pods = [aPod({ name: "db-0" }), aPod({ name: "db-1", ready: false, waiting })];
  assert.deepEqual(first({ pods }, { kind: "StatefulSet", podManagement: "OrderedReady" }), {
    kind: "ordered-ready",
    pod: "db-1",
  });
  for (const seen of [{ kind: "StatefulSet", podManagement: "Parallel" }, { kind: "Deployment" }] as const) {
    assert.deepEqual(first({ pods }, seen), { kind: "not-restored" });
  }
  const going = [aPod({ ready: false, isBeingDeleted: true })];
  assert.deepEqual(first({ pods: going }, { kind: "StatefulSet" }), { kind: "not-restored" });
});

test("each risk has its level", () => {
  const level = (risk: UndoRisk): unknown => undoRiskLevel(risk);
  assert.equal(level({ kind: "not-restored" }), "note");
  assert.equal(
    level({ kind: "managed", by: { kind: "helm", release: "web", namespace: "shop" } }),
    "warning",
  );
  assert.equal(level({ kind: "ordered-ready", pod: "db-1" }), "warning");
  assert.equal(level({ kind: "rights", missing: ["patch deployments"] }), "danger");
  assert.equal(level({ kind: "nobody-at-work" }), "fine");
});
