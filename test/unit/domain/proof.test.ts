import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeWorkloads, secondsLeft, steadySince, type ProofWish } from "../../../src/domain/proof.ts";
import type { WorkloadReading } from "../../../src/domain/rollout.ts";
import { aCommit, anImage, aPod, aReading } from "../../builders/deploy.ts";

const wish: ProofWish = { commit: aCommit(), images: [anImage()] };
const other = anImage({ image: "registry.example.com/app:0123456" });

const states = (readings: readonly WorkloadReading[], of: ProofWish = wish): readonly string[] =>
  judgeWorkloads(readings, of).lines.map(({ kind, state, facts }) => `${kind} ${state}: ${facts}`);

test("a workload that is observed, has the images and whose wanted pods are all ready is ready", () => {
  assert.deepEqual(judgeWorkloads([aReading()], wish), {
    kind: "ready",
    lines: [
      { kind: "observed", state: "ok", workload: "Deployment/dev1", facts: "generation 1" },
      { kind: "images", state: "ok", workload: "Deployment/dev1", facts: anImage().image },
      { kind: "pods", state: "ok", workload: "Deployment/dev1", facts: "1 of 1 ready" },
      { kind: "commit", state: "ok", workload: "Deployment/dev1", facts: `app: ${anImage().image}` },
    ],
    ready: 1,
    wanted: 1,
    restarts: { "dev1-1": 0 },
  });
});

const rows: readonly (readonly [
  rule: string,
  reading: Partial<WorkloadReading>,
  kind: string,
  line: string,
])[] = [
  [
    "an unobserved generation waits",
    { generation: 4, observedGeneration: 3 },
    "waiting",
    "observed waiting: generation 3 of 4",
  ],
  [
    "a pod that is not ready waits",
    { pods: [aPod({ ready: false })] },
    "waiting",
    "pods waiting: 0 of 1 ready",
  ],
  ["too few pods wait", { wanted: 2 }, "waiting", "pods waiting: 1 of 2 ready"],
  [
    "a further pod that is not ready waits",
    { pods: [aPod(), aPod({ name: "dev1-2", ready: false })] },
    "waiting",
    "pods waiting: 1 of 1 ready",
  ],
  [
    "another image than the manifest's fails",
    { images: [other] },
    "failed",
    `images failed: app: ${other.image}, not ${anImage().image}`,
  ],
  ["zero replicas are no success", { wanted: 0, pods: [] }, "nothing-runs", "pods ok: 0 of 0 ready"],
];

for (const [rule, reading, kind, line] of rows) {
  test(rule, () => {
    const judged = judgeWorkloads([aReading(reading)], wish);
    assert.equal(judged.kind, kind);
    assert.ok(states([aReading(reading)]).includes(line), states([aReading(reading)]).join("\n"));
  });
}

test("a workload that the cluster does not have fails", () => {
  assert.deepEqual(states([]), [
    "observed failed: absent from the cluster",
    `commit ok: app: ${anImage().image}`,
  ]);
});

test("no image of the commit is no proof, however healthy the pods are", () => {
  const old: ProofWish = { commit: aCommit(), images: [other] };
  const judged = judgeWorkloads([aReading({ images: [other] })], old);
  assert.equal(judged.kind, "failed");
  assert.deepEqual(judged.lines.at(-1), { kind: "commit", state: "failed", facts: `app: ${other.image}` });
});

test("where the application's container is named, the commit in another container proves nothing", () => {
  const named: ProofWish = {
    commit: aCommit(),
    container: "app",
    images: [other, anImage({ container: "sidecar" })],
  };
  const reading = aReading({ images: named.images });
  assert.equal(judgeWorkloads([reading], named).kind, "failed");
});

test("Jobs of the manifest are not waited for, and a release of Jobs alone runs nothing", () => {
  const job = anImage({ workload: "Job/migrate" });
  assert.equal(judgeWorkloads([aReading()], { ...wish, images: [anImage(), job] }).kind, "ready");
  assert.equal(judgeWorkloads([], { ...wish, images: [job] }).kind, "nothing-runs");
});

test("a Job of the commit does not speak for a Deployment of another one", () => {
  const images = [other, anImage({ workload: "Job/migrate" })];
  assert.equal(judgeWorkloads([aReading({ images: [other] })], { ...wish, images }).kind, "failed");
});

test("a worker that is scaled to zero beside a running application is ready", () => {
  const worker = anImage({ workload: "Deployment/worker", image: "registry.example.com/worker:1.0" });
  const readings = [aReading(), aReading({ name: "worker", wanted: 0, pods: [], images: [worker] })];
  assert.equal(judgeWorkloads(readings, { ...wish, images: [anImage(), worker] }).kind, "ready");
});

const waiting = (reason: string, message = ""): WorkloadReading =>
  aReading({ pods: [aPod({ ready: false, waiting: { container: "app", reason, message } })] });

test("what keeps a pod from running is told in the cluster's own words, and ends nothing", () => {
  const reading = waiting("ImagePullBackOff", 'Back-off pulling image "app:missing": not found');
  const judged = judgeWorkloads([reading], wish);
  assert.equal(judged.kind, "waiting");
  assert.equal(
    judged.diagnosis,
    'dev1-1 (app) ImagePullBackOff: Back-off pulling image "app:missing": not found',
  );
});

test("what every pod passes through is no diagnosis", () => {
  assert.equal(judgeWorkloads([waiting("ContainerCreating")], wish).diagnosis, undefined);
});

test("a quota that keeps all pods from existing is the diagnosis", () => {
  const reading = aReading({ pods: [], replicaFailure: "exceeded quota: pods" });
  assert.equal(judgeWorkloads([reading], wish).diagnosis, "exceeded quota: pods");
});

test("an exceeded deadline is the diagnosis where nothing else is", () => {
  const reading = aReading({ pods: [aPod({ ready: false })], deadlineExceeded: true });
  assert.equal(judgeWorkloads([reading], wish).diagnosis, "Deployment/dev1: ProgressDeadlineExceeded");
});

test("steadiness counts from the first moment that everything was ready", () => {
  const judged = judgeWorkloads([aReading()], wish);
  const first = steadySince(undefined, judged, 1_000);
  assert.deepEqual(steadySince(first, judged, 9_000), first);
  assert.ok(first !== undefined);
  assert.deepEqual(
    [1_000, 15_999, 16_000, 20_000].map((now) => secondsLeft(first, now, 15)),
    [15, 1, 0, 0],
  );
});

test("a restart, another pod, and a pod that is not ready begin the wait anew", () => {
  const first = steadySince(undefined, judgeWorkloads([aReading()], wish), 1_000);
  const at = (reading: Partial<WorkloadReading>): number | undefined =>
    steadySince(first, judgeWorkloads([aReading(reading)], wish), 5_000)?.since;
  assert.equal(at({ pods: [aPod({ restarts: 1 })] }), 5_000);
  assert.equal(at({ pods: [aPod({ name: "dev1-2" })] }), 5_000);
  assert.equal(at({ pods: [aPod({ ready: false })] }), undefined);
});
