import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorkloadReading } from "../../../src/domain/rollout.ts";
import type { RolloutReading } from "../../../src/domain/rollouts.ts";
import { rolloutStatus } from "../../../src/domain/rolloutStatus.ts";
import { aPod } from "../../builders/deploy.ts";
import { aControllerRevision, aRollout, aRolloutRevision, aWorkloadNow } from "../../builders/rollouts.ts";

const status = (rollout: Partial<RolloutReading>, now: Partial<WorkloadReading> = {}): unknown => {
  const whole = aRollout(rollout);
  return rolloutStatus({ rollout: whole, now: aWorkloadNow(whole, now) });
};
const ready = aPod({ name: "a" });
const unready = aPod({ name: "b", ready: false });

test("a rollout is complete once all wanted pods of the newest template are ready and no older one is left", () => {
  assert.deepEqual(status({}), { kind: "complete" });
});

test("nothing is judged before the controller has seen the newest spec", () => {
  assert.deepEqual(status({ generation: 3, isPaused: true }, { deadlineExceeded: true }), {
    kind: "not-observed",
  });
});

test("pods that are missing, or not ready, are waited for", () => {
  assert.deepEqual(status({}, { wanted: 3, pods: [ready, unready] }), {
    kind: "progressing",
    updated: 2,
    available: 1,
    wanted: 3,
  });
  assert.deepEqual(status({}, { wanted: 2, pods: [ready, unready] }), {
    kind: "progressing",
    updated: 2,
    available: 1,
    wanted: 2,
  });
});

test("older pods that are still there are waited for, by the ReplicaSets' own counts", () => {
  const revisions = [
    aRolloutRevision({ revision: 2, pods: { ready: 1, wanted: 1 } }),
    aRolloutRevision({ revision: 1, pods: { ready: 1, wanted: 1 } }),
  ];
  assert.deepEqual(status({ revisions }), { kind: "progressing", updated: 1, available: 1, wanted: 1 });
});

test("where revisions count no pods, more ready ones than the newest template has are older", () => {
  const revisions = [2, 1].map((revision) => aControllerRevision({ revision }));
  assert.deepEqual(status({ kind: "DaemonSet", revisions }, { readyOfAll: 2 }), {
    kind: "progressing",
    updated: 1,
    available: 1,
    wanted: 1,
  });
  assert.deepEqual(status({ kind: "DaemonSet", revisions }), { kind: "complete" });
});

test("why no pod comes to be is told before all else that keeps a rollout from its end", () => {
  const now = { replicaFailure: "exceeded quota", deadlineExceeded: true, pods: [] };
  assert.deepEqual(status({}, now), { kind: "replica-failure", message: "exceeded quota" });
});

test("a paused rollout is told as paused, and one past its deadline as such", () => {
  assert.deepEqual(status({ isPaused: true }, { pods: [] }), { kind: "paused" });
  assert.deepEqual(status({}, { deadlineExceeded: true, pods: [unready] }), { kind: "deadline-exceeded" });
});

test("zero replicas are no success", () => {
  assert.deepEqual(status({}, { wanted: 0, pods: [] }), { kind: "scaled-to-zero" });
  const daemons = status({ kind: "DaemonSet" }, { wanted: 0, pods: [] });
  assert.deepEqual(daemons, { kind: "no-node-matches" });
});
