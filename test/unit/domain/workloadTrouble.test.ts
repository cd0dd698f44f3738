import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnosis, DiagnosisCause } from "../../../src/domain/diagnosis.ts";
import type { PodFacts, RolloutFacts, WorkloadFacts } from "../../../src/domain/releaseFacts.ts";
import { workloadTrouble } from "../../../src/domain/releaseTrouble.ts";
import { aPodOf, aReadyPod, aRollout, aWorkload, crashed } from "../../builders/releaseFacts.ts";

const NOW = Date.UTC(2026, 10, 23, 8);
const workload = "Deployment/web";

const found = (...workloads: readonly WorkloadFacts[]): Diagnosis | undefined =>
  workloadTrouble({ workloads, hooks: [] }, new Map());

const causeOf = (
  pods: readonly PodFacts[],
  rollout: Partial<RolloutFacts> = {},
  more: Partial<WorkloadFacts> = {},
): DiagnosisCause | undefined =>
  found(aWorkload(pods, { rollout: aRollout({ at: NOW, ...rollout }), ...more }))?.cause;

test("a workload that is not there is gone", () => {
  assert.deepEqual(found(aWorkload([], { exists: false, wanted: 0, uids: [] })), {
    cause: { kind: "workload-gone", workload },
    evidence: [],
  });
});

test("until the controller has seen the newest spec, no pod is blamed, and a minute is waited for it", () => {
  const crashing = [aPodOf(crashed(1))];
  const refused = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "quota" };
  const unseen = (ago: number): DiagnosisCause | undefined =>
    causeOf(crashing, { isObserved: false, changedAt: NOW - ago }, { conditions: [refused] });
  assert.equal(unseen(59_999), undefined);
  assert.deepEqual(unseen(60_000), { kind: "not-observed", workload, seconds: 60 });
  assert.equal(causeOf(crashing, { isObserved: false }), undefined);
});

test("a paused rollout that still lacks pods says so; one that was done before is well", () => {
  assert.deepEqual(causeOf([], { isPaused: true }), { kind: "paused", workload });
  assert.equal(causeOf([aReadyPod()], { isPaused: true }), undefined);
});

test("what a pod of the newest template says comes before what its rollout waits for", () => {
  const kinds = [causeOf([aPodOf(crashed(1))], { isPaused: true }), causeOf([aPodOf()], { isPaused: true })];
  assert.deepEqual(
    kinds.map((cause) => cause?.kind),
    ["crash-loop", "not-ready"],
  );
});

test("an old pod is in the way once its time to end is over, or while a finalizer keeps it", () => {
  const old = (endedAt: number, finalizers: readonly string[] = []): DiagnosisCause | undefined =>
    causeOf([], { inTheWay: [{ name: "web-old", why: "terminating", endedAt, finalizers }] });
  const stays = { kind: "old-pod-stays", workload, pod: "web-old", why: "terminating" } as const;
  assert.equal(old(NOW - 29_000), undefined);
  assert.deepEqual(old(NOW - 30_000), { ...stays, finalizers: [] });
  assert.deepEqual(old(NOW + 5_000, ["example.com/drain"]), { ...stays, finalizers: ["example.com/drain"] });
});

test("a pod that is replaced in order and never becomes ready is told with what it is", () => {
  const inTheWay = [{ name: "web-0", why: "not-ready", finalizers: [] }] as const;
  const { cause, evidence } =
    found(aWorkload([], { name: "StatefulSet/web", rollout: aRollout({ inTheWay }) })) ?? {};
  assert.deepEqual(cause, {
    ...{ kind: "old-pod-stays", workload: "StatefulSet/web", pod: "web-0", why: "not-ready" },
    finalizers: [],
  });
  assert.deepEqual(evidence, [
    { kind: "status", about: "Pod/web-0", text: "of an older template, not ready" },
  ]);
});

test("old pods say nothing where all new ones are there", () => {
  const inTheWay = [{ name: "web-0", why: "not-ready", finalizers: [] }] as const;
  assert.equal(causeOf([aReadyPod()], { inTheWay }), undefined);
});

test("an update strategy that replaces no pod, or not all, is the reason where pods lack", () => {
  assert.deepEqual(causeOf([], { replaces: "on-delete" }), { kind: "held-back", workload, by: "on-delete" });
  assert.deepEqual(causeOf([aReadyPod()], { replaces: "partition" }, { wanted: 2 }), {
    ...{ kind: "held-back", workload, by: "partition" },
  });
});

test("pods that are ready are not available until minReadySeconds have passed", () => {
  const ready = (readySince: number): DiagnosisCause | undefined =>
    causeOf([aReadyPod({ readySince })], { minReadySeconds: 30, available: 1 });
  assert.deepEqual(ready(NOW - 12_000), {
    ...{ kind: "not-yet-available", workload, minReadySeconds: 30, secondsLeft: 18 },
  });
  assert.equal(ready(NOW - 30_000), undefined);
});

test("without the server's time the controller's count tells whether ready pods are available", () => {
  const pods = [aReadyPod()];
  const counted = (available: number): DiagnosisCause | undefined =>
    found(aWorkload(pods, { rollout: aRollout({ minReadySeconds: 30, available }) }))?.cause;
  assert.deepEqual(counted(0), {
    ...{ kind: "not-yet-available", workload, minReadySeconds: 30, secondsLeft: undefined },
  });
  assert.equal(counted(1), undefined);
});

const GAVE_UP = {
  ...{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" },
};

test("a controller that gave up is the cause where no pod tells more, and never while all are ready", () => {
  assert.deepEqual(causeOf([], {}, { conditions: [GAVE_UP] }), { kind: "deadline-exceeded", workload });
  assert.equal(causeOf([aReadyPod()], {}, { conditions: [GAVE_UP] }), undefined);
});

test("a DaemonSet of which no pod is wanted is not scaled to zero: no node matches it", () => {
  const name = "DaemonSet/agent";
  assert.deepEqual(causeOf([], {}, { name, wanted: 0 }), { kind: "no-node-matches", workload: name });
});

test("nothing is wanted: that is told where it holds for everything, with the autoscaler that is set on it", () => {
  const none = { wanted: 0 };
  assert.deepEqual(causeOf([], {}, none), { kind: "scaled-to-zero", workload });
  const condition = { type: "ScalingActive", status: "False", reason: "ScalingDisabled", message: "zero" };
  const autoscaler = { name: "web", conditions: [condition] };
  assert.deepEqual(found(aWorkload([], { ...none, rollout: aRollout({ autoscaler }) })), {
    cause: { kind: "scaled-to-zero", workload, autoscaler: "web" },
    evidence: [
      {
        ...{ kind: "condition", about: "HorizontalPodAutoscaler/web" },
        text: "ScalingActive=False ScalingDisabled: zero",
      },
    ],
  });
  const other = aWorkload([aReadyPod()], { name: "Deployment/other" });
  assert.equal(found(aWorkload([], { ...none, rollout: aRollout() }), other), undefined);
});
