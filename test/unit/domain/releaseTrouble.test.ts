import assert from "node:assert/strict";
import { test } from "node:test";
import { hookTrouble, suspectsOf, workloadTrouble } from "../../../src/domain/releaseTrouble.ts";
import type { Heard } from "../../../src/domain/trouble.ts";
import {
  aHook,
  aPodOf,
  aReadyPod,
  aRollout,
  aWarning,
  aWorkload,
  crashed,
  someFactsOf,
  waitingFor,
} from "../../builders/releaseFacts.ts";

const NONE = new Map<string, Heard>();
const about = "Pod/web-6d9f-x2lqp";

test("of several pods the most telling one is shown, with status, events and log", () => {
  const facts = someFactsOf(
    aWorkload([aPodOf({}, { uid: "p2", name: "web-other" }), aPodOf(crashed(1))], { wanted: 2 }),
  );
  const hearing = new Map<string, Heard>([
    [
      "p1",
      {
        events: [aWarning("BackOff", "Back-off restarting failed container app", { count: 7 })],
        log: "starting\nfatal: no table\n",
      },
    ],
  ]);
  assert.deepEqual(workloadTrouble(facts, hearing), {
    cause: { kind: "crash-loop", exitCode: 1, restarts: 3, pod: "web-6d9f-x2lqp", container: "app" },
    evidence: [
      {
        kind: "status",
        about,
        text: "app: CrashLoopBackOff: back-off 10s restarting failed container=app\napp: before that Error, exit code 1\napp: 3 restarts",
      },
      { kind: "event", about, text: "BackOff: Back-off restarting failed container app", count: 7 },
      { kind: "log", about: `${about} app`, text: "starting\nfatal: no table" },
    ],
  });
});

test("where a quota lets no pod come to exist, the workload says so", () => {
  const message =
    'pods "web-6d9f-abcde" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2';
  const condition = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message };
  assert.deepEqual(workloadTrouble(someFactsOf(aWorkload([], { conditions: [condition] })), NONE), {
    cause: {
      kind: "quota",
      workload: "Deployment/web",
      message: "exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2",
    },
    evidence: [
      { kind: "condition", about: "Deployment/web", text: `ReplicaFailure=True FailedCreate: ${message}` },
    ],
  });
});

const REFUSALS: readonly (readonly [string, string])[] = [
  [
    'Error creating: pods "web-0" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
    'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
  ],
  [
    'Error creating: admission webhook "policy.example.com" denied the request: no latest tags',
    'admission webhook "policy.example.com" denied the request: no latest tags',
  ],
  ["Error creating: pods web-0 has no priority class", "Error creating: pods web-0 has no priority class"],
];
for (const [words, message] of REFUSALS) {
  test(`a workload without conditions tells by its events: ${message.slice(0, 40)}`, () => {
    const facts = someFactsOf(aWorkload([], { name: "StatefulSet/web", uids: ["s1"] }));
    const event = aWarning("FailedCreate", words, { about: "StatefulSet/web", count: 12 });
    const hearing = new Map<string, Heard>([["s1", { events: [event], log: "" }]]);
    assert.deepEqual(workloadTrouble(facts, hearing), {
      cause: { kind: "admission", workload: "StatefulSet/web", message },
      evidence: [{ kind: "event", about: "StatefulSet/web", text: `FailedCreate: ${words}`, count: 12 }],
    });
  });
}

test("a pod that was refused earlier says nothing once all are there", () => {
  const event = aWarning("FailedCreate", 'pods "x" is forbidden: exceeded quota: small');
  const hearing = new Map<string, Heard>([["rs1", { events: [event], log: "" }]]);
  assert.equal(workloadTrouble(someFactsOf(aWorkload([aReadyPod()])), hearing), undefined);
});

test("a pod that was evicted is the past once another one is ready", () => {
  const evicted = aPodOf({ state: { kind: "unknown" } }, { phase: "Failed", reason: "Evicted" });
  assert.equal(workloadTrouble(someFactsOf(aWorkload([evicted, aReadyPod()])), NONE), undefined);
});

test("a ServiceAccount that is missing lets no pod come to exist", () => {
  const words =
    'pods "web-" is forbidden: error looking up service account shop/web: serviceaccount "web" not found';
  const event = aWarning("FailedCreate", `Error creating: ${words}`, { about: "ReplicaSet/web-6d9f" });
  const hearing = new Map<string, Heard>([["rs1", { events: [event], log: "" }]]);
  assert.deepEqual(workloadTrouble(someFactsOf(aWorkload([])), hearing)?.cause, {
    ...{ kind: "missing-config", resource: "ServiceAccount", name: "web", pod: "Deployment/web" },
  });
});

test("a ReplicaSet that may not even be made is told with the Deployment's own condition", () => {
  const condition = {
    ...{ type: "Progressing", status: "False", reason: "ReplicaSetCreateError" },
    message:
      'Failed to create new replica set "web-6d9f": replicasets.apps "web-6d9f" is forbidden: exceeded quota: few',
  };
  const unseen = aWorkload([], { conditions: [condition], rollout: aRollout({ isObserved: false }) });
  assert.deepEqual(workloadTrouble(someFactsOf(unseen), NONE)?.cause, {
    kind: "quota",
    workload: "Deployment/web",
    message: "exceeded quota: few",
  });
});

test("a controller that gave up waiting is a line of evidence where a pod tells more", () => {
  const gaveUp = {
    type: "Progressing",
    status: "False",
    reason: "ProgressDeadlineExceeded",
    message: "timed out",
  };
  const found = workloadTrouble(someFactsOf(aWorkload([aPodOf()], { conditions: [gaveUp] })), NONE);
  assert.deepEqual(found, {
    cause: { kind: "not-ready", probe: undefined, pod: "web-6d9f-x2lqp", container: "app" },
    evidence: [
      { kind: "status", about, text: "app: running, not ready" },
      {
        kind: "condition",
        about: "Deployment/web",
        text: "Progressing=False ProgressDeadlineExceeded: timed out",
      },
    ],
  });
  assert.equal(
    workloadTrouble(someFactsOf(aWorkload([aReadyPod()], { conditions: [gaveUp] })), NONE),
    undefined,
  );
});

test("the pods that are asked more about are few, the worst first; logs only where one was written", () => {
  const pods = [
    aReadyPod(),
    aPodOf(waitingFor("ContainerCreating"), { uid: "p4", name: "begins" }),
    aPodOf(crashed(1), { uid: "p2", name: "crashes" }),
    aPodOf({}, { uid: "p3", name: "runs" }),
    aPodOf(waitingFor("ErrImagePull", "not found"), { uid: "p1", name: "no-image" }),
  ];
  assert.deepEqual(
    suspectsOf(pods).map(({ pod, log }) => [pod.name, log]),
    [
      ["no-image", undefined],
      ["crashes", { container: "app", previous: true }],
      ["runs", { container: "app", previous: false }],
    ],
  );
});

test("the hook that helm names is the one that is shown, with its Job's log", () => {
  const hooks = [aHook({ name: "other", uid: "j2" }), aHook()];
  const hearing = new Map<string, Heard>([["jp1", { events: [], log: "fatal: column exists" }]]);
  assert.deepEqual(hookTrouble(hooks, { hook: "web-migrate", event: "" }, hearing), {
    cause: { kind: "hook-failed", hook: "web-migrate", event: "pre-upgrade" },
    evidence: [
      {
        kind: "condition",
        about: "Job/web-migrate",
        text: "Failed=True BackoffLimitExceeded: Job has reached the specified backoff limit",
      },
      { kind: "status", about: "Pod/web-migrate-abcde", text: "app: Error, exit code 1" },
      { kind: "log", about: "Pod/web-migrate-abcde app", text: "fatal: column exists" },
    ],
  });
});

test("where helm names none, the one that failed is shown, of the event that helm names", () => {
  const well = aHook({ name: "well", uid: "j2", hasFailed: false, conditions: [], pods: [aReadyPod()] });
  const post = aHook({ name: "post", events: ["post-upgrade"] });
  const named = { hook: "", event: "pre-upgrade" };
  assert.equal(hookTrouble([post, well], named, NONE), undefined);
  assert.deepEqual(hookTrouble([post, well, aHook()], named, NONE)?.cause, {
    kind: "hook-failed",
    hook: "web-migrate",
    event: "pre-upgrade",
  });
});
