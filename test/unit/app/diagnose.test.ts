import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnose, diagnoseWorkload, type WhatFailed } from "../../../src/app/diagnose.ts";
import type { Diagnosis } from "../../../src/domain/diagnosis.ts";
import type { Revision } from "../../../src/domain/release.ts";
import { aRevision } from "../../builders/deploy.ts";
import {
  aHook,
  aPodOf,
  aReadyPod,
  aWarning,
  aWorkload,
  crashed,
  someFactsOf,
  waitingFor,
} from "../../builders/releaseFacts.ts";
import { FakeEvidence } from "../../fakes/evidence.ts";

const never = new AbortController().signal;
const release = { context: "prod", namespace: "shop", release: "web" };
const pod = "web-6d9f-x2lqp";
const TIMED_OUT = { output: "Error: context deadline exceeded", cause: "waited-too-long" } as const;
const timedOut = { kind: "helm", about: "", text: "Error: context deadline exceeded" } as const;

const asked = (evidence: FakeEvidence, what: Partial<WhatFailed> = {}): Promise<Diagnosis> =>
  diagnose({ evidence }, { release, revision: aRevision(), ...what }, never);

const failing = (revision: Partial<Revision> = {}): Revision => aRevision({ status: "failed", ...revision });

test("where helm only waited in vain, the pods say why, and helm's words come last", async () => {
  const evidence = new FakeEvidence();
  evidence.known = someFactsOf(aWorkload([aPodOf(crashed(1))]));
  evidence.logs = { [`previous ${pod}/app`]: "user=app password=hunter2\nfatal: no table" };
  assert.deepEqual(await asked(evidence, { revision: failing(), helm: TIMED_OUT }), {
    cause: { kind: "crash-loop", exitCode: 1, restarts: 3, pod, container: "app" },
    evidence: [
      {
        kind: "status",
        about: `Pod/${pod}`,
        text: "app: CrashLoopBackOff: back-off 10s restarting failed container=app\napp: before that Error, exit code 1\napp: 3 restarts",
      },
      { kind: "log", about: `Pod/${pod} app`, text: "user=app password=[redacted]\nfatal: no table" },
      timedOut,
    ],
  });
});

test("what helm says beyond doubt is the cause, and the cluster is not asked", async () => {
  const evidence = new FakeEvidence();
  const output = "Error: release has no 7 version";
  assert.deepEqual(await asked(evidence, { helm: { output, cause: "other" } }), {
    cause: { kind: "revision-pruned", revision: 7 },
    evidence: [{ kind: "helm", about: "", text: output }],
  });
  assert.deepEqual(evidence.asked, []);
});

test("words that only the adapter could sort still have a cause", async () => {
  const helm = { output: "Error: new words", cause: "unknown-kind" } as const;
  assert.deepEqual(await asked(new FakeEvidence(), { helm }), {
    cause: { kind: "removed-api", resource: "" },
    evidence: [{ kind: "helm", about: "", text: "Error: new words" }],
  });
});

test("events and logs may be forbidden: the status alone is enough", async () => {
  const evidence = new FakeEvidence();
  evidence.known = someFactsOf(aWorkload([aPodOf(crashed(137, "OOMKilled", { memoryLimit: "64Mi" }))]));
  evidence.told = undefined;
  const { cause } = await asked(evidence);
  assert.deepEqual(cause, { kind: "out-of-memory", limit: "64Mi", pod, container: "app" });
});

test("where the log of the run before is not kept, the present one has to do", async () => {
  const evidence = new FakeEvidence();
  evidence.known = someFactsOf(aWorkload([aPodOf(crashed(1))]));
  evidence.logs = { [`${pod}/app`]: "starting again" };
  const { evidence: found } = await asked(evidence);
  assert.deepEqual(found.at(-1), { kind: "log", about: `Pod/${pod} app`, text: "starting again" });
  assert.deepEqual(evidence.asked, ["facts", "events p1", `log previous ${pod}/app`, `log ${pod}/app`]);
});

test("a workload without enough pods is asked for its own events, and its ReplicaSet's", async () => {
  const evidence = new FakeEvidence();
  evidence.known = someFactsOf(aWorkload([], { wanted: 2 }));
  const words = 'Error creating: pods "web-1" is forbidden: exceeded quota: small, limited: pods=1';
  evidence.told = { rs1: [aWarning("FailedCreate", words, { about: "ReplicaSet/web-6d9f" })] };
  const { cause } = await asked(evidence, { helm: TIMED_OUT, revision: failing() });
  assert.deepEqual(cause, {
    kind: "quota",
    workload: "Deployment/web",
    message: "exceeded quota: small, limited: pods=1",
  });
});

test("where nothing in the cluster tells more, helm waited too long", async () => {
  const evidence = new FakeEvidence();
  evidence.known = someFactsOf(aWorkload([aReadyPod()]));
  assert.deepEqual(await asked(evidence, { revision: failing(), helm: TIMED_OUT }), {
    cause: { kind: "waited-too-long" },
    evidence: [timedOut],
  });
});

test("what nobody knows is unknown, with helm's own words", async () => {
  const helm = { output: "level=WARN msg=x\nError: something new", cause: "other" } as const;
  assert.deepEqual(await asked(new FakeEvidence(), { helm }), {
    cause: { kind: "unknown" },
    evidence: [{ kind: "helm", about: "", text: "Error: something new" }],
  });
});

test("a workload that is gone is told, but not while helm may still make it", async () => {
  const evidence = new FakeEvidence();
  evidence.known = someFactsOf(aWorkload([], { exists: false, wanted: 0, uids: [] }));
  assert.deepEqual(await asked(evidence), {
    cause: { kind: "workload-gone", workload: "Deployment/web" },
    evidence: [],
  });
  assert.deepEqual((await asked(evidence, { revision: aRevision({ status: "pending-install" }) })).cause, {
    kind: "unknown",
  });
});

test("a cluster that cannot be reached is the cause where helm said nothing", async () => {
  const evidence = new FakeEvidence();
  evidence.known = { reason: "unreachable", server: "https://prod", detail: "ETIMEDOUT" };
  assert.deepEqual(await asked(evidence), { cause: { kind: "unreachable" }, evidence: [] });
});

test("who may not look at the workloads still has helm's words", async () => {
  const evidence = new FakeEvidence();
  evidence.known = { reason: "forbidden", detail: "get deployments/web in shop" };
  assert.deepEqual(await asked(evidence, { helm: TIMED_OUT }), {
    cause: { kind: "waited-too-long" },
    evidence: [timedOut],
  });
});

const HOOK_FAILED = {
  output:
    "Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* job web-migrate failed: BackoffLimitExceeded",
  cause: "hook-failed",
} as const;

test("a hook's failure is told with its Job's log, whatever the pods of the old revision are like", async () => {
  const evidence = new FakeEvidence();
  evidence.known = { workloads: [aWorkload([aPodOf()])], hooks: [aHook()] };
  evidence.logs = { "web-migrate-abcde/app": "token=abc\nfatal: column exists" };
  const { cause, evidence: found } = await asked(evidence, { helm: HOOK_FAILED });
  assert.deepEqual(cause, { kind: "hook-failed", hook: "web-migrate", event: "pre-upgrade" });
  assert.deepEqual(
    found.map(({ kind, text }) => [kind, text.split("\n").at(-1)]),
    [
      ["condition", "Failed=True BackoffLimitExceeded: Job has reached the specified backoff limit"],
      ["status", "app: Error, exit code 1"],
      ["log", "fatal: column exists"],
      ["helm", "\t* job web-migrate failed: BackoffLimitExceeded"],
    ],
  );
});

test("a hook that helm has deleted already is told by helm's words alone", async () => {
  const { cause } = await asked(new FakeEvidence(), { helm: HOOK_FAILED });
  assert.deepEqual(cause, { kind: "hook-failed", hook: "web-migrate", event: "pre-upgrade" });
});

test("while helm is at work, a hook in trouble is told; one that failed for an earlier revision is not", async () => {
  const evidence = new FakeEvidence();
  const revision = aRevision({ status: "pending-upgrade", deployedAt: 10 * 60_000 });
  evidence.known = { workloads: [aWorkload([aReadyPod()])], hooks: [aHook({ createdAt: 10 * 60_000 })] };
  assert.equal((await asked(evidence, { revision })).cause.kind, "hook-failed");
  evidence.known = { workloads: [aWorkload([aReadyPod()])], hooks: [aHook({ createdAt: 0 })] };
  assert.equal((await asked(evidence, { revision })).cause.kind, "unknown");
});

test("few are asked, however many are in trouble", async () => {
  const evidence = new FakeEvidence();
  const pods = Array.from({ length: 30 }, (_, index) =>
    aPodOf(waitingFor("ErrImagePull", "not found"), { uid: `p${index}`, name: `web-${index}` }),
  );
  const lacking = Array.from({ length: 30 }, (_, index) => aWorkload([], { uids: [`d${index}`] }));
  evidence.known = someFactsOf(aWorkload(pods, { wanted: 30 }), ...lacking);
  await asked(evidence);
  assert.equal(evidence.asked.length, 1 + 8);
});

const workload = { context: "prod", namespace: "shop", kind: "Deployment", name: "web" } as const;

test("a workload that helm knows nothing of is diagnosed from its own pods", async () => {
  const evidence = new FakeEvidence();
  evidence.known = someFactsOf(aWorkload([aPodOf(crashed(1))]));
  const { cause } = await diagnoseWorkload({ evidence }, workload, never);
  assert.deepEqual(cause, { kind: "crash-loop", exitCode: 1, restarts: 3, pod, container: "app" });
});

test("of a workload that shows no trouble the cause is unknown; one out of reach is told as that", async () => {
  const evidence = new FakeEvidence();
  evidence.known = someFactsOf(aWorkload([aReadyPod()]));
  assert.deepEqual(await diagnoseWorkload({ evidence }, workload, never), {
    cause: { kind: "unknown" },
    evidence: [],
  });
  evidence.known = { reason: "timeout", server: "https://prod", afterMs: 10_000 };
  assert.deepEqual(await diagnoseWorkload({ evidence }, workload, never), {
    cause: { kind: "unreachable" },
    evidence: [],
  });
});
