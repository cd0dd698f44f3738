import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { toolPath } from "../../scripts/tools/provision.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { DeployOutcome } from "../../src/app/deployOutcome.ts";
import type { OperationBusy } from "../../src/app/operationLease.ts";
import { isRollback, type PastDeploy } from "../../src/app/pastRuns.ts";
import type { OperationRecord } from "../../src/domain/operation.ts";
import { HOUR_MS, SECOND_MS } from "../../src/domain/time.ts";
import { until } from "../builders/waiting.ts";
import { startTestCluster, type TestCluster } from "./cluster.ts";
import { openWire } from "./cutWire.ts";
import { openStage, type DevdeployStage } from "./devdeployStage.ts";
import { beatOf, kill, killedHalfWay, PACE, type HalfWay, type HalfWayOptions } from "./halfWay.ts";
import { runProgram } from "./program.ts";
import { CONTEXT, type StagePerson, type WindowOptions } from "./stagePerson.ts";

const never = new AbortController().signal;

for (const tool of ["helm3", "helm4"] as const) {
  describe(`a deploy with ${tool} whose window is killed half-way`, () => {
    let cluster: TestCluster;
    let stage: DevdeployStage;
    let helmPath = "";
    const left: number[] = [];
    before(async () => {
      cluster = await startTestCluster();
      helmPath = await toolPath(tool);
      stage = await openStage(cluster, helmPath);
    });
    after(async () => {
      for (const pid of left) kill(pid);
      stage.remove();
      await cluster.stop();
    });

    const halfWay = (machine: string, how: HalfWayOptions = {}): Promise<HalfWay> =>
      killedHalfWay(stage, helmPath, { machine, left, ...how });

    test("helm goes on, others are refused, and the next window follows it to its proof", async () => {
      const { helm, renewed, tryAsBen, lease, pool, commit, ...half } = await halfWay("dev1");
      await renewed();
      await renewed();
      const refused = await tryAsBen();
      const busy: OperationBusy = { by: "ann", what: "devdeploy task/dev1", isMine: false };
      assert.deepEqual(refused, { ok: false, error: { reason: "busy", ...busy } });
      // Two windows of one person neither.
      const again = await half.ann.devdeploy(pool);
      assert.ok(again.kind === "busy", JSON.stringify(again));
      assert.deepEqual(again.busy, { kind: "operation", ...busy, isMine: true });

      const next = await nextWindow(half.window);
      const run = await onlyRun(next);
      assert.ok(run.isRunning);
      const phases = new Set<string>();
      const followed = next.follow(run, {
        onPhase: ({ kind }) => {
          phases.add(kind);
        },
      });
      helm.open();
      assert.deepEqual(brief(await followed), {
        kind: "proven",
        machine: "dev1",
        url: "https://dev1.example.com",
        revision: 1,
        commit,
        lock: "held",
      });
      assert.ok(phases.has("deploying") && phases.has("steady"), [...phases].join());
      await until("the Lease's release", async () => (await lease()).kind === "idle" || undefined);
      await next.pastRuns.seen(run.id);
      assert.deepEqual(readdirSync(join(half.window.storage, "runs")), []);
    });

    test("with no window at all the supervisor gives the Lease back, and a later window proves", async () => {
      const { helm, lease, commit, window } = await halfWay("dev2");
      helm.open();
      await until("the Lease's release", async () => (await lease()).kind === "idle" || undefined);
      const next = await nextWindow(window);
      const run = await onlyRun(next);
      assert.equal(run.isRunning, false);
      assert.deepEqual(brief(await next.follow(run)), {
        kind: "proven",
        machine: "dev2",
        url: "https://dev2.example.com",
        revision: 1,
        commit,
        lock: "held",
      });
    });

    test("a helm that fails meanwhile is told with its record and with what its pods look like", async () => {
      const { helm, window } = await halfWay("dev3", {
        values: { image: { tag: "missing-${shortCommit}" } },
      });
      helm.open();
      const next = await nextWindow(window);
      const run = await onlyRun(next);
      // The person has seen enough: a stop reaches a helm that another window started.
      const stop = new AbortController();
      const outcome = await next.follow(run, {
        signal: stop.signal,
        onPhase: (phase) => {
          if (phase.kind === "deploying" && phase.diagnosis !== undefined) stop.abort();
        },
      });
      assert.ok(
        outcome?.kind === "cancelled" && outcome.truth.kind === "helm-stopped",
        JSON.stringify(outcome),
      );
      const { record } = outcome.truth;
      assert.deepEqual(record.kind === "recorded" ? [record.revision, record.status] : record, [1, "failed"]);
    });

    // What the Lease does is the same under either helm.
    if (tool === "helm4") {
      test("another holder who is read in the Lease ends helm softly, and the next window says who", async () => {
        const { helm, ben: other, ref, window, lease } = await halfWay("dev4");
        const theirs = {
          ...workingRecord(await lease()),
          by: "ben <ben@example.com>",
          name: "Ben Ode",
          run: "bens",
        };
        await until("a write between two renewals", async () => {
          const read = await other.cluster.operations.read(ref, never);
          if (!read.ok) return undefined;
          const written = await other.cluster.operations.write(ref, read.value.value.version, theirs, never);
          return written.ok ? true : undefined;
        });
        const next = await nextWindow(window);
        const outcome = await next.follow(await onlyRun(next));
        assert.ok(
          outcome?.kind === "failed" && outcome.failure.stage === "taken-over",
          JSON.stringify(outcome),
        );
        const { by, output, record } = outcome.failure;
        assert.deepEqual(
          [by, output, record],
          ["Ben Ode", "Error: it was asked to stop at the gate", { kind: "unchanged" }],
        );
        assert.ok(helm.wasAskedToStop());
        assert.deepEqual(workingRecord(await lease()).run, "bens");
      });

      test("an API server that is away for longer than the Lease lasts stops nothing", async () => {
        const wire = await openWire(cluster);
        try {
          const kubeconfig = await wire.kubeconfig("ann", CONTEXT, stage.folder);
          const { helm, renewed, lease, commit, window } = await halfWay("dev5", { kubeconfig });
          await renewed();
          wire.cut();
          const began = performance.now();
          const silent = beatOf(await lease());
          await until("the Lease's whole length", () =>
            performance.now() - began > PACE.lasts + SECOND_MS ? true : undefined,
          );
          assert.equal(beatOf(await lease()), silent);
          wire.mend();
          await renewed();
          assert.ok(!helm.wasAskedToStop());
          helm.open();
          const next = await nextWindow(window);
          assert.deepEqual(brief(await next.follow(await onlyRun(next))), {
            kind: "proven",
            machine: "dev5",
            url: "https://dev5.example.com",
            revision: 1,
            commit,
            lock: "held",
          });
        } finally {
          wire.close();
        }
      });
    }

    test("a supervisor that is killed frees the Lease in its time, and the record it left is recognised", async () => {
      // The first revision is good, so that there is one to go back to.
      stage.pushBranch("task/good");
      const first = await (await stage.person("ann")).devdeploy(stage.pool(["dev6"]));
      assert.equal(first.kind, "proven", JSON.stringify(first));
      const missing = { image: { tag: "missing-${shortCommit}" } };
      const { helm, renewed, tryAsBen, pool, window, ...half } = await halfWay("dev6", { values: missing });
      helm.open();
      const ann = await stage.person("ann");
      const release = { context: CONTEXT, namespace: stage.namespace, release: "dev6" };
      await until("the pending record", async () => {
        const latest = await ann.cluster.releases.latest(release, never);
        return latest.ok && latest.value?.revision === 2 ? true : undefined;
      });
      await renewed();
      kill(half.supervisor);
      kill(await helm.atWork());
      kill(await helm.real());
      const began = performance.now();
      const taken = await tryAsBen();
      const waited = performance.now() - began;
      assert.ok(taken.ok, JSON.stringify(taken));
      assert.ok(waited >= PACE.lasts - 50 && waited < 5 * PACE.lasts, `${waited} ms`);
      await taken.value.release();

      const next = await nextWindow(window);
      const told = await next.follow(await onlyRun(next));
      assert.ok(told?.kind === "failed" && told.failure.stage === "helm", JSON.stringify(told));
      assert.equal(told.failure.error.reason, "run-lost");
      assert.deepEqual(
        told.failure.record.kind === "recorded" && [told.failure.record.revision, told.failure.record.status],
        [2, "pending-upgrade"],
      );
      const young = await ann.devdeploy(pool);
      assert.ok(young.kind === "busy" && young.busy.kind === "release", JSON.stringify(young));
      assert.deepEqual([young.busy.revision, young.busy.by], [2, "ann"]);

      const later = await stage.person("ann", {
        clock: { ...systemClock, now: () => Date.now() + HOUR_MS },
      });
      const old = await later.devdeploy(pool);
      assert.ok(old.kind === "busy" && old.busy.kind === "stuck", JSON.stringify(old));
      assert.deepEqual([old.busy.revision, old.busy.lastGood], [2, 1]);
      // What the sentence says to do is what helps.
      const rollback = await runProgram(
        helmPath,
        ["rollback", "dev6", "1", `--namespace=${stage.namespace}`, `--kube-context=${CONTEXT}`],
        { HOME: stage.folder, KUBECONFIG: window.kubeconfig },
      );
      assert.equal(rollback.code, 0, rollback.stderr);
      const mended = await ann.devdeploy(stage.pool(["dev6"]));
      assert.deepEqual([mended.kind, "revision" in mended && mended.revision], ["proven", 4]);
    });

    const nextWindow = (window: WindowOptions): Promise<StagePerson> =>
      stage.person("ann", { storage: window.storage, kubeconfig: window.kubeconfig });
  });
}

async function onlyRun(window: StagePerson): Promise<PastDeploy> {
  const [run, ...others] = await window.pastRuns.adopt();
  assert.deepEqual(others, []);
  return run !== undefined && !isRollback(run) ? run : assert.fail("no deploy was found");
}

const workingRecord = (record: OperationRecord): OperationRecord & { readonly kind: "working" } =>
  record.kind === "working" ? record : assert.fail(JSON.stringify(record));

const brief = (outcome: DeployOutcome | undefined): unknown =>
  outcome?.kind === "proven" ? { ...facts(outcome), lock: outcome.lock.kind } : outcome;

const facts = ({
  kind,
  machine,
  url,
  revision,
  commit,
}: DeployOutcome & { readonly kind: "proven" }): object => ({ kind, machine, url, revision, commit });
