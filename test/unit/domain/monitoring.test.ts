import assert from "node:assert/strict";
import { test } from "node:test";
import { baselineOf, lookAt, watchedFrom, type MonitorLook } from "../../../src/domain/monitoring.ts";
import type { LivePod, WorkloadSight } from "../../../src/domain/rollouts.ts";
import { SECOND_MS } from "../../../src/domain/time.ts";
import { aPod, aRollout, aRolloutRevision, aSight } from "../../builders/rollouts.ts";

const NOW = 1_000_000;
const one = (pod: Partial<LivePod> = {}): LivePod => aPod({ name: "web-1", ...pod });
const two = (pod: Partial<LivePod> = {}): LivePod => aPod({ name: "web-2", ...pod });
const late = (pod: Partial<LivePod> = {}): LivePod => aPod({ name: "web-late", ready: false, ...pod });
const sight = (...pods: readonly LivePod[]): WorkloadSight => aSight({ pods });
const waiting = (reason: string): Partial<LivePod> => ({
  ready: false,
  waiting: { container: "app", reason, message: "" },
});

/** Two pods that were proven, the second of which had restarted before that. */
const BASELINE = { revision: "rs2", restarts: { "uid-web-1": 0, "uid-web-2": 3 } };

/** What is told of each look, one after the other: `+0` … seconds after the first. */
function looks(...seen: readonly (readonly [number, WorkloadSight | undefined])[]): readonly unknown[] {
  let watched = watchedFrom(BASELINE);
  return seen.map(([seconds, now]) => {
    const look = lookAt(now, watched, NOW + seconds * SECOND_MS);
    if (look.kind !== "not-ours") ({ watched } = look);
    return told(look);
  });
}

const after = (time: number): string => `+${(time - NOW) / SECOND_MS}`;

function told(look: MonitorLook): unknown {
  switch (look.kind) {
    case "not-ours":
      return look.kind;
    case "well":
      return look.lookAgainAt === undefined ? "well" : `well, look at ${after(look.lookAgainAt)}`;
    case "trouble":
      return look.troubles.map(({ since, ...trouble }) => ({ ...trouble, since: after(since) }));
  }
}

test("the baseline is the revision that runs and the restarts of its pods, once there is one", () => {
  const unmade = aRollout({ revisions: [] });
  assert.deepEqual(
    [baselineOf(sight(one(), two({ restarts: 3 }))), baselineOf(aSight({ rollout: unmade }))],
    [BASELINE, undefined],
  );
});

test("restarts from before the proof are none, and a single one after it is trouble at once", () => {
  assert.deepEqual(
    looks([0, sight(one(), two({ restarts: 3 }))], [5, sight(one({ restarts: 1 }), two({ restarts: 3 }))]),
    ["well", [{ kind: "restarted", pod: "web-1", restarts: 1, since: "+5" }]],
  );
});

test("a pod that came later began without restarts", () => {
  assert.deepEqual(looks([0, sight(late({ ready: true, restarts: 2 }))]), [
    [{ kind: "restarted", pod: "web-late", restarts: 2, since: "+0" }],
  ]);
});

test("what is being deleted, has run to its end or is only starting is no trouble", () => {
  assert.deepEqual(
    looks(
      [0, sight(one({ isBeingDeleted: true, ready: false, restarts: 5 }))],
      [1, sight(one({ phase: "Succeeded", ready: false }))],
      [2, sight()],
      [3, sight(late(waiting("ContainerCreating")))],
    ),
    ["well", "well", "well", "well, look at +123"],
  );
});

test("a pod that was ready and is not any more is trouble when that lasts, and only then", () => {
  const bad = sight(one({ ready: false }));
  assert.deepEqual(
    looks([0, bad], [14, bad], [15, bad], [16, sight(one())], [20, bad], [34, bad], [35, bad]),
    [
      "well, look at +15",
      "well, look at +15",
      [{ kind: "not-ready", pod: "web-1", since: "+0" }],
      "well",
      "well, look at +35",
      "well, look at +35",
      [{ kind: "not-ready", pod: "web-1", since: "+20" }],
    ],
  );
});

test("a new pod has two minutes to become ready, and from then on is as any other", () => {
  assert.deepEqual(
    looks([0, sight(late())], [60, sight(late({ ready: true }))], [70, sight(late())], [85, sight(late())]),
    [
      "well, look at +120",
      "well",
      "well, look at +85",
      [{ kind: "not-ready", pod: "web-late", since: "+70" }],
    ],
  );
});

for (const reason of ["ImagePullBackOff", "CrashLoopBackOff", "CreateContainerConfigError"]) {
  test(`${reason} is trouble when it lasts`, () => {
    const bad = sight(late(waiting(reason)), one());
    assert.deepEqual(looks([0, bad], [15, bad]), [
      "well, look at +15",
      [{ kind: "waiting", pod: "web-late", container: "app", reason, since: "+0" }],
    ]);
  });
}

test("a pod that has failed is trouble at once, and so are all that are in it told together", () => {
  assert.deepEqual(looks([0, sight(one({ phase: "Failed", ready: false }), two({ restarts: 4 }))]), [
    [
      { kind: "failed", pod: "web-1", since: "+0" },
      { kind: "restarted", pod: "web-2", restarts: 1, since: "+0" },
    ],
  ]);
});

test("where no pod comes to be, the controller's words are told when that lasts", () => {
  const { now, ...rest } = sight(one());
  const bad = { ...rest, now: { ...now, replicaFailure: "exceeded quota: pods" } };
  assert.deepEqual(looks([0, bad], [15, bad]), [
    "well, look at +15",
    [{ kind: "no-pods", message: "exceeded quota: pods", since: "+0" }],
  ]);
});

test("of another revision nothing is told, nor of a workload that is gone", () => {
  const rollout = aRollout({ revisions: [aRolloutRevision({ revision: 3 }), aRolloutRevision()] });
  const unmade = aRollout({ revisions: [] });
  const broken = [one({ restarts: 9 })];
  assert.deepEqual(
    looks(
      [0, aSight({ rollout, pods: broken })],
      [1, undefined],
      [2, aSight({ rollout: unmade, pods: broken })],
    ),
    ["not-ours", "not-ours", "well"],
  );
});
