import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeployPhase } from "../../../src/app/deployOutcome.ts";
import type { DeployOrder } from "../../../src/app/ports.ts";
import { proveRollout, type ProofOutcome } from "../../../src/app/proveRollout.ts";
import type { ClusterError } from "../../../src/domain/cluster.ts";
import { fail, ok, type Result } from "../../../src/domain/result.ts";
import type { WorkloadReading } from "../../../src/domain/rollout.ts";
import { aCommit, aHelmDriver, anImage, aPod, aReading, aRevision } from "../../builders/deploy.ts";
import { aPodOf, aWorkload, crashed, someFactsOf } from "../../builders/releaseFacts.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { throughTime } from "../../fakes/deployWorld.ts";
import { FakeEvidence } from "../../fakes/evidence.ts";
import { FakeReleaseStore } from "../../fakes/releases.ts";

type Look = Result<readonly WorkloadReading[], ClusterError>;

const mark = { commit: aCommit(), branch: "task/pay-later", by: "Ann Lee" };
const order: DeployOrder = {
  driver: aHelmDriver({ timeoutMinutes: 1 }),
  release: { context: "staging", namespace: "web", release: "dev1" },
  values: {},
  mark,
  revision: 2,
  repositoryRoot: "/repository",
  subject: "dev1",
};

interface Proof {
  readonly outcome: ProofOutcome;
  readonly phases: readonly DeployPhase[];
  readonly tookMs: number;
}

/** `looks` tells what each look at the cluster finds; `onLook` runs before it. */
async function prove(
  looks: (look: number) => Look,
  arrange: (releases: FakeReleaseStore, stop: AbortController) => (look: number) => void = () => () =>
    undefined,
): Promise<Proof> {
  const clock = new ManualClock();
  const releases = new FakeReleaseStore();
  releases.add("dev1", aRevision({ revision: 2, mark }));
  const stop = new AbortController();
  const onLook = arrange(releases, stop);
  const phases: DeployPhase[] = [];
  let count = 0;
  const workloads = {
    read: () => {
      count += 1;
      onLook(count);
      return Promise.resolve(looks(count));
    },
  };
  const evidence = new FakeEvidence();
  evidence.known = someFactsOf(aWorkload([aPodOf(crashed(1))]));
  const services = { clock, releases, workloads, evidence, steadySeconds: 15 };
  const began = clock.monotonic();
  const onPhase = (phase: DeployPhase): void => {
    phases.push(phase);
  };
  const outcome = await throughTime(clock, proveRollout(services, order, onPhase, stop.signal));
  return { outcome, phases, tookMs: clock.monotonic() - began };
}

const ready: Look = ok([aReading()]);
const notReady: Look = ok([aReading({ pods: [aPod({ ready: false })] })]);

test("ready pods are a proof only after they stayed so", async () => {
  const { outcome, tookMs } = await prove(() => ready);
  assert.deepEqual([outcome.kind, tookMs], ["proven", 15_000]);
});

test("what is waited for is counted, then the seconds of steadiness", async () => {
  const { outcome, phases, tookMs } = await prove((look) => (look <= 2 ? notReady : ready));
  assert.deepEqual([outcome.kind, tookMs], ["proven", 17_000]);
  const proving = { kind: "proving", machine: "dev1", ready: 0, wanted: 1 } as const;
  assert.deepEqual(phases.slice(0, 3), [
    proving,
    proving,
    { kind: "steady", machine: "dev1", secondsLeft: 15 },
  ]);
});

test("a restart begins the wait anew", async () => {
  const restarted: Look = ok([aReading({ pods: [aPod({ restarts: 1 })] })]);
  const { outcome, tookMs } = await prove((look) => (look <= 10 ? ready : restarted));
  assert.deepEqual([outcome.kind, tookMs], ["proven", 25_000]);
});

test("pods that never become ready end the proof at helm's own limit, with what is wrong", async () => {
  const waiting = { container: "app", reason: "CrashLoopBackOff", message: "" };
  const { outcome, tookMs } = await prove(() => ok([aReading({ pods: [aPod({ ready: false, waiting })] })]));
  assert.ok(outcome.kind === "not-proven");
  assert.deepEqual([outcome.diagnosis?.cause.kind, tookMs], ["crash-loop", 60_000]);
});

test("another image than the revision's is no proof, at once", async () => {
  const other = anImage({ image: "registry.example.com/app:0123456" });
  const { outcome, tookMs } = await prove(() => ok([aReading({ images: [other] })]));
  assert.deepEqual([outcome.kind, tookMs], ["not-proven", 0]);
});

test("zero replicas are told as such", async () => {
  const { outcome } = await prove(() => ok([aReading({ wanted: 0, pods: [] })]));
  assert.equal(outcome.kind, "nothing-runs");
});

test("a cluster that does not answer for a while is waited for, and its silence is no steadiness", async () => {
  const down: Look = fail({ reason: "unreachable", server: "https://k8s", detail: "" });
  const { outcome, tookMs } = await prove((look) => (look === 5 ? down : ready));
  assert.deepEqual([outcome.kind, tookMs], ["proven", 20_000]);
  const forbidden = { reason: "forbidden", detail: "pods" } as const;
  assert.deepEqual((await prove(() => fail(forbidden))).outcome, { kind: "unread", error: forbidden });
});

test("a newer revision of somebody else, before or during the proof, is no proof", async () => {
  const theirs = aRevision({ revision: 3 });
  const line = {
    kind: "release",
    state: "failed",
    facts: "revision 3 deployed, wanted: revision 2 deployed",
  } as const;
  const before = await prove(
    () => ready,
    (releases) => {
      releases.add("dev1", theirs);
      return () => undefined;
    },
  );
  assert.deepEqual(before.outcome, { kind: "not-proven", lines: [line] });
  const during = await prove(
    () => ready,
    (releases) => (look) => {
      if (look === 3) releases.add("dev1", theirs);
    },
  );
  assert.ok(during.outcome.kind === "not-proven");
  assert.deepEqual(during.outcome.lines[0], line);
});

test("helm that ended well without a record of ours has proven nothing", async () => {
  const { outcome } = await prove(
    () => ready,
    (releases) => {
      releases.revisions.clear();
      return () => undefined;
    },
  );
  assert.deepEqual(outcome, {
    kind: "not-proven",
    lines: [{ kind: "release", state: "failed", facts: "no record" }],
  });
});

test("a cancel ends the waiting", async () => {
  const { outcome, tookMs } = await prove(
    () => ready,
    (_releases, stop) => (look) => {
      if (look === 3) stop.abort();
    },
  );
  assert.deepEqual([outcome, tookMs], [{ kind: "cancelled" }, 2_000]);
});
