import assert from "node:assert/strict";
import { test } from "node:test";
import { deadlineOf, rolloutStatus } from "../../../src/sandbox/controllers/rolloutStatus.ts";
import { type JsonObject, objectsOf, textOf } from "../../../src/sandbox/json.ts";
import { timeText } from "../../../src/sandbox/object.ts";
import { aDeployment, NOON } from "./objects.ts";

const SECOND = 1000;

const deployed = (spec: JsonObject = {}): JsonObject => ({
  ...aDeployment("web", "web:a", { progressDeadlineSeconds: 60, ...spec }),
  metadata: { name: "web", generation: 3 },
});
const replicaSet = (name: string, replicas: number, available: number): JsonObject => ({
  metadata: { name },
  spec: { replicas },
  status: { replicas, readyReplicas: available, availableReplicas: available },
});
const conditions = (status: JsonObject): JsonObject =>
  Object.fromEntries(
    objectsOf(status["conditions"]).map((condition) => [
      textOf(condition["type"]),
      `${textOf(condition["status"])} ${textOf(condition["reason"])}`,
    ]),
  );

test("counts of nothing are left out, and the generation is observed", () => {
  const current = replicaSet("web-1", 2, 2);
  const facts = { deployment: deployed(), replicaSets: [current], current, isNew: false, now: NOON };
  const { conditions: said, ...counts } = rolloutStatus(facts);
  assert.deepEqual(counts, {
    observedGeneration: 3,
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    terminatingReplicas: 0,
  });
  assert.deepEqual(conditions({ conditions: said ?? null }), {
    Progressing: "True NewReplicaSetAvailable",
    Available: "True MinimumReplicasAvailable",
  });
});

test("a rollout that makes no progress until its deadline has exceeded it, and not before", () => {
  const current = replicaSet("web-2", 1, 0);
  let deployment = deployed();
  const saidAfter = (seconds: number): unknown => {
    const now = NOON + seconds * SECOND;
    const status = rolloutStatus({ deployment, replicaSets: [current], current, isNew: seconds === 0, now });
    deployment = { ...deployment, status };
    return conditions(status);
  };
  const unavailable = { Available: "False MinimumReplicasUnavailable" };
  assert.deepEqual(saidAfter(0), { Progressing: "True NewReplicaSetCreated", ...unavailable });
  assert.equal(deadlineOf(deployment), NOON + 60 * SECOND);
  assert.deepEqual(saidAfter(59), { Progressing: "True NewReplicaSetCreated", ...unavailable });
  assert.deepEqual(saidAfter(61), { Progressing: "False ProgressDeadlineExceeded", ...unavailable });
  assert.equal(deadlineOf(deployment), undefined);
});

test("progress moves the deadline, and keeps the time of the last transition", () => {
  const first = replicaSet("web-2", 1, 0);
  const before = deployed();
  const status = rolloutStatus({
    deployment: before,
    replicaSets: [first],
    current: first,
    isNew: true,
    now: NOON,
  });
  const later = NOON + 40 * SECOND;
  const second = replicaSet("web-2", 2, 1);
  const deployment = { ...before, status };
  const after = rolloutStatus({
    deployment,
    replicaSets: [second],
    current: second,
    isNew: false,
    now: later,
  });
  assert.deepEqual(
    objectsOf(after["conditions"]).find(({ type }) => type === "Progressing"),
    {
      type: "Progressing",
      status: "True",
      lastUpdateTime: timeText(later),
      lastTransitionTime: timeText(NOON),
      reason: "ReplicaSetUpdated",
      message: 'ReplicaSet "web-2" is progressing.',
    },
  );
});

test("a paused rollout says so, and a resumed one too", () => {
  const current = replicaSet("web-1", 2, 0);
  const facts = { replicaSets: [current], current, isNew: false, now: NOON };
  const paused = rolloutStatus({ ...facts, deployment: deployed({ paused: true }) });
  const resumed = rolloutStatus({ ...facts, deployment: { ...deployed(), status: paused } });
  assert.deepEqual(
    [paused, resumed].map((status) => conditions(status)["Progressing"]),
    ["Unknown DeploymentPaused", "Unknown DeploymentResumed"],
  );
});
