import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { toolPath, type Tool } from "../../scripts/tools/provision.ts";
import type { RollbackOutcome } from "../../src/app/rollbackOutcome.ts";
import { startTestCluster, type TestCluster } from "./cluster.ts";
import { openStage, type DevdeployStage } from "./devdeployStage.ts";
import { runProgram } from "./program.ts";
import { rollBackAs, stageReview, stageSubject } from "./rollbackStage.ts";
import { CONTEXT, type StagePerson } from "./stagePerson.ts";

const CHART = fileURLToPath(new URL("../fixtures/chart", import.meta.url));
const GOOD = "4f1c0de000000000000000000000000000000001";
const BAD = "bad0bad000000000000000000000000000000002";
/** Belongs to the target's own objects: helm runs it after everything else is rolled back. */
const HOOK = `{{- if .Values.hook }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-after
  annotations:
    helm.sh/hook: post-rollback
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: after
          image: "registry.example.com/shop/after:{{ .Values.hook }}"
{{- end }}
`;

const states = (outcome: RollbackOutcome): Readonly<Record<string, string>> =>
  "items" in outcome ? Object.fromEntries(outcome.items.map(({ kind, state }) => [kind, state])) : {};

describe("a rollback across helms and hooks", () => {
  let cluster: TestCluster;
  let stage: DevdeployStage;
  let chart = "";
  const people = new Map<Tool, StagePerson>();
  before(async () => {
    cluster = await startTestCluster();
    stage = await openStage(cluster, await toolPath("helm4"));
    chart = join(stage.folder, "hooked");
    cpSync(CHART, chart, { recursive: true });
    writeFileSync(join(chart, "templates/hook.yaml"), HOOK);
    for (const tool of ["helm3", "helm4"] as const) {
      people.set(
        tool,
        await stage.person("ann", { helm: await toolPath(tool), storage: join(stage.folder, tool) }),
      );
    }
  });
  after(async () => {
    stage.remove();
    await cluster.stop();
  });

  const ann = (tool: Tool): StagePerson => people.get(tool) ?? assert.fail();
  async function deploy(tool: Tool, release: string, tag: string, ...more: readonly string[]): Promise<void> {
    const wait = tool === "helm3" ? "--wait" : "--wait=watcher";
    const where = [`--namespace=${stage.namespace}`, `--kube-context=${CONTEXT}`];
    const args = ["upgrade", "--install", release, chart, `--set-string=image.tag=${tag}`, wait];
    const ended = await runProgram(await toolPath(tool), [...args, ...where, ...more], {
      HOME: stage.folder,
      KUBECONFIG: await cluster.kubeconfig("ann", [CONTEXT]),
      HELM_DRIVER: release.endsWith("-configmaps") ? "configmap" : "secret",
    });
    assert.equal(ended.code, 0, ended.stderr);
  }

  for (const tool of ["helm3", "helm4"] as const) {
    test(`${tool} that fails at a hook after all was rolled back: both are told`, async () => {
      const release = `hooked-${tool}`;
      const subject = stageSubject(stage.namespace, release);
      await deploy(tool, release, GOOD, "--set-string=hook=fail");
      await deploy(tool, release, BAD);
      const outcome = await rollBackAs("ann", ann(tool), await stageReview(ann(tool), subject, 1));
      assert.ok(outcome.kind === "not-proven", JSON.stringify(outcome));
      const { error, record, diagnosis } = outcome;
      assert.deepEqual(
        [
          error?.reason === "helm-failed" && error.cause,
          record.kind === "recorded" && record.status,
          diagnosis.cause,
        ],
        [
          "hook-failed",
          "pending-rollback",
          { kind: "hook-failed", hook: `${release}-after`, event: "post-rollback" },
        ],
      );
      const { status, images, commit, pods, manifest } = states(outcome);
      assert.deepEqual(
        { status, images, commit, pods, manifest },
        { status: "failed", images: "ok", commit: "ok", pods: "ok", manifest: "ok" },
      );
    });
  }

  const ACROSS: readonly (readonly [born: Tool, then: Tool, back: Tool])[] = [
    ["helm3", "helm4", "helm4"],
    ["helm4", "helm3", "helm3"],
    ["helm4", "helm4", "helm3"],
    ["helm3", "helm3", "helm4"],
  ];
  for (const [born, then, back] of ACROSS) {
    test(`a release of ${born}, deployed to by ${then}, is rolled back by ${back} and proven`, async () => {
      const release = `${born}-${then}-${back}`;
      const subject = stageSubject(stage.namespace, release);
      await deploy(born, release, GOOD);
      await deploy(then, release, BAD);
      const review = await stageReview(ann(back), subject, 1);
      // helm 3 leaves out how a record was applied when it writes it anew, and so the target's is none to go by.
      const isKnown = born === "helm4" && then === "helm4";
      assert.equal(review.toRevision.applyMethod, isKnown ? "ssa" : "csa");
      const outcome = await rollBackAs("ann", ann(back), review);
      assert.equal(outcome.kind, "proven", JSON.stringify(outcome));
    });
  }
  for (const tool of ["helm3", "helm4"] as const) {
    test(`${tool} rolls back a release whose records are in ConfigMaps, and it is proven there`, async () => {
      const release = `${tool}-configmaps`;
      const subject = stageSubject(stage.namespace, release);
      await deploy(tool, release, GOOD);
      await deploy(tool, release, BAD);
      const outcome = await rollBackAs("ann", ann(tool), await stageReview(ann(tool), subject, 1));
      assert.equal(outcome.kind, "proven", JSON.stringify(outcome));
    });
  }
});
