import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { toolPath } from "../../scripts/tools/provision.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { isRollback, type PastRollback } from "../../src/app/pastRuns.ts";
import { liftHold } from "../../src/app/environmentHold.ts";
import { removeStuck } from "../../src/app/removeStuck.ts";
import type { RollbackOutcome, RollbackPhase, RollbackSubject } from "../../src/app/rollbackOutcome.ts";
import type { ProofItem } from "../../src/domain/rollbackProof.ts";
import { lockRef } from "../../src/domain/lock.ts";
import { operationRef } from "../../src/domain/operation.ts";
import { MINUTE_MS, HOUR_MS } from "../../src/domain/time.ts";
import { until } from "../builders/waiting.ts";
import { ApiClient } from "./apiClient.ts";
import { startTestCluster, type TestCluster } from "./cluster.ts";
import { openStage, type DevdeployStage } from "./devdeployStage.ts";
import { gatedHelm } from "./gatedHelm.ts";
import { bundleProgram, kill, killOnceAtWork, supervisorOf } from "./halfWay.ts";
import { at } from "./json.ts";
import { runProgram, type Ended } from "./program.ts";
import { rollBackAs, stagePersonOf, stageReview, stageSubject } from "./rollbackStage.ts";
import { CONTEXT, type StagePerson } from "./stagePerson.ts";

const never = new AbortController().signal;
const CHART = fileURLToPath(new URL("../fixtures/chart", import.meta.url));
const DOOMED = fileURLToPath(new URL("doomedRollback.ts", import.meta.url));
const GOOD = "4f1c0de000000000000000000000000000000001";
const BAD = "bad0bad000000000000000000000000000000002";

const states = (outcome: RollbackOutcome): unknown =>
  "items" in outcome
    ? [...new Set(outcome.items.map(({ kind, state }) => `${state} ${kind}`))].sort()
    : outcome;
const stateOf = (outcome: RollbackOutcome, kind: ProofItem["kind"]): unknown =>
  "items" in outcome ? outcome.items.find((item) => item.kind === kind)?.state : outcome;
const ALL_OK = [
  "commit",
  "description",
  "images",
  "manifest",
  "no-other-deployed",
  "observed",
  "operation",
  "pods",
  "record",
  "reread",
  "status",
  "steady",
].map((kind) => `ok ${kind}`);

for (const tool of ["helm3", "helm4"] as const) {
  describe(`a rollback with ${tool}`, () => {
    let cluster: TestCluster;
    let stage: DevdeployStage;
    let admin: ApiClient;
    let ann: StagePerson;
    let helmPath = "";
    let helm: (...args: readonly string[]) => Promise<Ended>;
    const left: number[] = [];
    before(async () => {
      cluster = await startTestCluster();
      helmPath = await toolPath(tool);
      stage = await openStage(cluster, helmPath);
      ann = await stage.person("ann");
      admin = new ApiClient(await cluster.access("admin"));
      const kubeconfig = await cluster.kubeconfig("ann", [CONTEXT]);
      helm = (...args) =>
        runProgram(helmPath, [...args, `--namespace=${stage.namespace}`, `--kube-context=${CONTEXT}`], {
          HOME: stage.folder,
          KUBECONFIG: kubeconfig,
        });
    });
    after(async () => {
      for (const pid of left) kill(pid);
      stage.remove();
      admin.close();
      await cluster.stop();
    });

    const wait = tool === "helm3" ? "--wait" : "--wait=watcher";
    /** As a pipeline deploys; without waiting, helm calls deployed whatever it could write. */
    async function deploy(release: string, tag: string, ...more: readonly string[]): Promise<void> {
      const ended = await helm(
        "upgrade",
        "--install",
        release,
        CHART,
        `--set-string=image.tag=${tag}`,
        ...more,
      );
      assert.equal(ended.code, 0, ended.stderr);
    }
    /** Revision 1 is good, revision 2 bad. */
    async function deployed(
      release: string,
      tags: readonly string[] = [GOOD, BAD],
      driver: Parameters<typeof stageSubject>[2] = {},
    ): Promise<RollbackSubject> {
      for (const tag of tags) await deploy(release, tag, ...(tag.startsWith("missing") ? [] : [wait]));
      return stageSubject(stage.namespace, release, driver);
    }
    const image = async (release: string): Promise<unknown> => {
      const path = `/apis/apps/v1/namespaces/${stage.namespace}/deployments/${release}`;
      const { body } = await admin.get(path);
      return String(at(body, "spec", "template", "spec", "containers", 0, "image")).split(":")[1];
    };
    const history = async (subject: RollbackSubject): Promise<unknown> => {
      const listing = await ann.cluster.history.list(subject.release, never);
      assert.ok(listing.ok);
      return listing.value.revisions.map(({ revision, status }) => `${revision} ${status}`).reverse();
    };
    const removeRecord = async (release: string, revision: number): Promise<void> => {
      const path = `/api/v1/namespaces/${stage.namespace}/secrets/sh.helm.release.v1.${release}.v${revision}`;
      assert.equal((await admin.delete(path)).status, 200);
    };

    test("to a good revision is proven line by line, and puts production on hold until that is lifted", async () => {
      const subject = await deployed("good");
      const kinds = new Set<RollbackPhase["kind"]>();
      const review = await stageReview(ann, subject, 1);
      const outcome = await rollBackAs("ann", ann, review, {
        onPhase: ({ kind }) => {
          kinds.add(kind);
        },
      });
      assert.deepEqual([outcome.kind, states(outcome)], ["proven", ALL_OK]);
      assert.deepEqual([...kinds], ["checking", "rolling-back", "proving", "steady"]);
      assert.deepEqual(
        [await image("good"), await history(subject)],
        [GOOD, ["1 superseded", "2 superseded", "3 deployed"]],
      );
      assert.ok(outcome.kind === "proven" && outcome.hold?.kind === "placed", JSON.stringify(outcome));
      const { hold } = outcome.hold;
      assert.deepEqual(
        [hold.by, hold.name, hold.until - hold.at, hold.reason, hold.undone],
        ["ann <ann@example.com>", "ann", 24 * HOUR_MS, "rolled back from bad0bad to 4f1c0de", [BAD]],
      );
      const ref = lockRef(subject.name, subject.locks);
      const ben = await stage.person("ben");
      const read = async (): Promise<unknown> => {
        const found = await ben.cluster.holds.read(ref, never);
        return found.ok ? found.value.value.hold : found;
      };
      assert.deepEqual(await read(), hold);
      const lift = (nonce: string): ReturnType<typeof liftHold> =>
        liftHold(ben.rollbacks, { ref, nonce }, never);
      assert.deepEqual(await lift("another"), { ok: false, error: { reason: "another-hold" } });
      assert.deepEqual([await lift(hold.nonce), await read()], [{ ok: true, value: undefined }, undefined]);
    });

    test("to an image that is gone is diagnosed early, and tells who still serves", async () => {
      const subject = await deployed("gone", [`missing-${GOOD}`, BAD], { timeoutMinutes: 0.1 });
      const early: string[] = [];
      const outcome = await rollBackAs("ann", ann, await stageReview(ann, subject, 1), {
        onPhase: ({ kind, diagnosis }) => {
          if (kind === "rolling-back" && diagnosis !== undefined) early.push(diagnosis.cause.kind);
        },
      });
      assert.ok(outcome.kind === "not-proven", JSON.stringify(outcome));
      const { revision, error, record, stillServing, diagnosis } = outcome;
      assert.deepEqual(
        [revision, error?.reason === "helm-failed" && error.cause, stillServing],
        [3, "waited-too-long", { revision: 2, ready: 1 }],
      );
      assert.deepEqual(record.kind === "recorded" && [record.revision, record.status], [3, "failed"]);
      assert.deepEqual(
        [diagnosis.cause.kind === "image" && diagnosis.cause.why, early[0]],
        ["missing", "image"],
      );
      const found = (["record", "status", "images", "pods", "steady"] as const).map((kind) =>
        stateOf(outcome, kind),
      );
      assert.deepEqual(found, ["ok", "failed", "ok", "failed", "todo"]);
      // helm took the old record from its place or left it: either way the newest says what counts.
      assert.equal(await image("gone"), `missing-${GOOD}`);
    });

    test("is stopped by whoever deployed since the review, and by a target that is gone", async () => {
      const subject = await deployed("stale");
      const review = await stageReview(ann, subject, 1);
      await deploy("stale", GOOD, wait);
      assert.deepEqual(await rollBackAs("ann", ann, review), { kind: "stale", why: "newer", newest: 3 });
      const later = await stageReview(ann, subject, 1);
      await removeRecord("stale", 1);
      assert.deepEqual(await rollBackAs("ann", ann, later), {
        kind: "stale",
        why: "target-gone",
        newest: 3,
      });
      assert.deepEqual(await history(subject), ["2 superseded", "3 deployed"]);
    });

    test("to the oldest revision that helm keeps is proven although helm drops it on the way", async () => {
      const subject = await deployed("pruned", [GOOD, BAD], { historyMax: 2 });
      const outcome = await rollBackAs("ann", ann, await stageReview(ann, subject, 1));
      assert.deepEqual([outcome.kind, states(outcome)], ["proven", ALL_OK]);
      assert.deepEqual(await history(subject), ["2 superseded", "3 deployed"]);
    });

    test("without any rights is told before helm is started", async () => {
      const subject = await deployed("closed");
      const eve = await stage.person("eve");
      const outcome = await rollBackAs("eve", eve, await stageReview(ann, subject, 1));
      assert.ok(outcome.kind === "unread" && outcome.error.reason === "forbidden", JSON.stringify(outcome));
      assert.deepEqual(await history(subject), ["1 superseded", "2 deployed"]);
    });

    test("goes on when its window is killed, keeps others out, and is proven by the next window", async () => {
      const subject = await deployed("window");
      const gate = gatedHelm(stage.folder, "window", helmPath);
      const storage = join(stage.folder, "window");
      const options = await stage.windowOf("ann", { helm: gate.path, storage });
      const program = await bundleProgram(DOOMED, join(stage.folder, "doomedRollback.cjs"));
      const review = await stageReview(ann, subject, 1);
      await killOnceAtWork(program, [options, review], gate);
      left.push(supervisorOf(storage), await gate.atWork());
      const { name, target, driver, locks } = subject;
      const ref = operationRef(name, { name: target, driver }, locks);
      const ben = await stage.person("ben");
      const refused = await rollBackAs("ben", ben, await stageReview(ben, subject, 1));
      assert.deepEqual(refused, {
        kind: "busy",
        busy: { kind: "operation", by: "ann", what: "rollback of window to 1", isMine: false },
      });
      const next = await stage.person("ann", { storage });
      const run = await onlyRollback(next);
      assert.deepEqual([run.isRunning, run.order.to.revision], [true, 1]);
      const kinds = new Set<RollbackPhase["kind"]>();
      const followed = next.followRollback(run, {
        onPhase: ({ kind }) => {
          kinds.add(kind);
        },
      });
      gate.open();
      const outcome = await followed;
      assert.ok(outcome?.kind === "proven", JSON.stringify(outcome));
      assert.deepEqual([states(outcome), outcome.revision], [ALL_OK, 3]);
      assert.deepEqual([...kinds], ["rolling-back", "proving", "steady"]);
      assert.equal(outcome.hold?.kind, "placed");
      await next.pastRuns.seen(run.id);
      await until("the Lease's release", async () => {
        const lease = await ben.cluster.operations.read(ref, never);
        return lease.ok && lease.value.value.record.kind === "idle" ? true : undefined;
      });
    });

    test("whose helm is killed leaves a pending record that nobody works over until its time has passed", async () => {
      const subject = await deployed("killed", [GOOD, BAD, `missing-${BAD}`], { timeoutMinutes: 1 });
      const gate = gatedHelm(stage.folder, "killed", helmPath);
      const gated = await stage.person("ann", { helm: gate.path, storage: join(stage.folder, "killed") });
      gate.open();
      // Pods that cannot start keep helm at work.
      const running = rollBackAs("ann", gated, await stageReview(ann, subject, 3));
      const real = await gate.real();
      await until("the pending record", async () =>
        String(await history(subject)).includes("4 pending-rollback") ? true : undefined,
      );
      kill(real);
      const killed = await running;
      assert.ok(killed.kind === "not-proven", JSON.stringify(killed));
      assert.deepEqual(
        [killed.error?.reason, killed.record.kind === "recorded" && killed.record.status],
        ["helm-failed", "pending-rollback"],
      );
      const review = await stageReview(ann, subject, 1);
      const young = await rollBackAs("ann", ann, review);
      assert.ok(young.kind === "busy" && young.busy.kind === "release", JSON.stringify(young));
      assert.deepEqual([young.busy.revision, young.busy.status], [4, "pending-rollback"]);

      const later = await stage.person("ann", {
        clock: { ...systemClock, now: () => Date.now() + HOUR_MS },
      });
      const cleared = await rollBackAs("ann", later, review);
      assert.deepEqual([cleared.kind, states(cleared)], ["proven", ALL_OK]);
      // helm leaves the pending record as it is; as it is not the newest any more, it is in nobody's way.
      assert.deepEqual(await history(subject), [
        "1 superseded",
        "2 superseded",
        "3 superseded",
        "4 pending-rollback",
        "5 deployed",
      ]);
      await deploy("killed", BAD, wait);
      assert.equal(await image("killed"), BAD);
    });

    test("of a first installation that was never finished is an uninstallation, once its time has passed", async () => {
      const install = gatedHelm(stage.folder, "first", helmPath);
      install.open();
      const subject = stageSubject(stage.namespace, "first", { timeoutMinutes: 1 });
      const args = ["upgrade", "--install", "first", CHART, `--set-string=image.tag=missing-${GOOD}`, wait];
      const where = [`--namespace=${stage.namespace}`, `--kube-context=${CONTEXT}`];
      const kubeconfig = await cluster.kubeconfig("ann", [CONTEXT]);
      const env = { HOME: stage.folder, KUBECONFIG: kubeconfig };
      const running = runProgram(install.path, [...args, ...where], env);
      const real = await install.real();
      await until("the pending record", async () =>
        String(await history(subject)) === "1 pending-install" ? true : undefined,
      );
      kill(real);
      await running;
      const latest = await ann.cluster.releases.latest(subject.release, never);
      assert.ok(latest.ok && latest.value !== undefined);
      const since = latest.value.deployedAt;
      const stuck = {
        revision: 1,
        status: latest.value.status,
        since,
        age: Date.now() - since,
        freeAt: since + 6 * MINUTE_MS,
      };
      const order = { subject, stuck, by: stagePersonOf("ann"), typed: "first" };
      assert.deepEqual(await removeStuck(ann.rollbacks, order, never), {
        kind: "not-yet",
        freeAt: stuck.freeAt,
      });
      const later = await stage.person("ann", {
        clock: { ...systemClock, now: () => Date.now() + HOUR_MS },
      });
      assert.deepEqual(await removeStuck(later.rollbacks, { ...order, typed: "" }, never), {
        kind: "wrong-name",
      });
      assert.deepEqual(await removeStuck(later.rollbacks, order, never), { kind: "removed" });
      const path = `/apis/apps/v1/namespaces/${stage.namespace}/deployments/first`;
      assert.deepEqual([await history(subject), (await admin.get(path)).status], [[], 404]);
      await deploy("first", GOOD, wait);
    });
  });
}

async function onlyRollback(window: StagePerson): Promise<PastRollback> {
  const [run, ...others] = await window.pastRuns.adopt();
  assert.deepEqual(others, []);
  return run !== undefined && isRollback(run) ? run : assert.fail("no rollback was found");
}
