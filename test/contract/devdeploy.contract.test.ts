import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { toolPath, type Tool } from "../../scripts/tools/provision.ts";
import type { DeployOutcome, DeployPhase } from "../../src/app/deployOutcome.ts";
import { shortCommit, type CommitHash } from "../../src/domain/branch.ts";
import type { Pool } from "../../src/domain/config.ts";
import type { Diagnosis } from "../../src/domain/diagnosis.ts";
import { lockRef } from "../../src/domain/lock.ts";
import { startTestCluster, type TestCluster } from "./cluster.ts";
import { openStage, type DevdeployStage } from "./devdeployStage.ts";
import { ApiClient } from "./apiClient.ts";
import { at } from "./json.ts";

const TOOLS: readonly Tool[] = ["helm3", "helm4"];
const never = new AbortController().signal;

for (const tool of TOOLS) {
  describe(`a devdeploy with ${tool}`, () => {
    let cluster: TestCluster;
    let stage: DevdeployStage;
    let admin: ApiClient;
    before(async () => {
      cluster = await startTestCluster();
      stage = await openStage(cluster, await toolPath(tool));
      admin = new ApiClient(await cluster.access("admin"));
    });
    after(async () => {
      stage.remove();
      admin.close();
      await cluster.stop();
    });

    const read = async (path: string, ...keys: readonly (string | number)[]): Promise<unknown> =>
      at((await admin.get(path)).body, ...keys);
    const image = (release: string): Promise<unknown> =>
      read(
        `/apis/apps/v1/namespaces/${stage.namespace}/deployments/${release}`,
        "spec",
        "template",
        "spec",
        "containers",
        0,
        "image",
      );

    test("ends proven: locked to the person, the commit running, the record marked; and again", async () => {
      const ann = await stage.person("ann");
      const pool = stage.pool(["dev1", "dev2"]);
      const phases: string[] = [];
      for (const revision of [1, 2]) {
        const commit = stage.pushBranch("task/pay-later");
        const onPhase = ({ kind }: DeployPhase): void => {
          if (phases.at(-1) !== kind) phases.push(kind);
        };
        const outcome = await ann.devdeploy(pool, { onPhase });
        assert.deepEqual(brief(outcome), { kind: "proven", machine: "dev1", revision, commit });
        assert.equal(await image("dev1"), `registry.example.com/app:${commit}`);
        const ref = { context: "staging", namespace: stage.namespace, release: "dev1" };
        const latest = await ann.cluster.releases.latest(ref, never);
        assert.ok(latest.ok && latest.value !== undefined);
        assert.deepEqual(
          [latest.value.revision, latest.value.status, latest.value.mark],
          [revision, "deployed", { commit, branch: "task/pay-later", by: "ann" }],
        );
      }
      assert.deepEqual(phases.slice(0, 3), ["checking", "claiming", "deploying"]);
      assert.equal(phases.at(-1), "steady");
      assert.deepEqual(await holder("dev1"), ["ann", "task/pay-later"]);
    });

    async function holder(machine: string): Promise<readonly (string | undefined)[]> {
      const ann = await stage.person("ann");
      const lease = await ann.cluster.locks.read(
        lockRef(machine, { context: "staging", namespace: stage.namespace }),
        never,
      );
      assert.ok(lease.ok && lease.value.value.record.kind === "held");
      const { hold } = lease.value.value.record;
      return [hold.by.name, hold.branch];
    }

    test("an image that cannot be pulled is diagnosed early, and its end is told from the record", async () => {
      const ann = await stage.person("ann");
      const commit = stage.pushBranch("task/missing");
      const pool = stage.pool(["broken"], { image: { tag: "missing-${shortCommit}" } }, 0.2);
      const diagnoses: Diagnosis[] = [];
      const outcome = await ann.devdeploy(pool, {
        onPhase: (phase) => {
          if (phase.kind === "deploying" && phase.diagnosis !== undefined) diagnoses.push(phase.diagnosis);
        },
      });
      assert.ok(outcome.kind === "failed" && outcome.failure.stage === "helm", JSON.stringify(outcome));
      const { error, record, diagnosis } = outcome.failure;
      assert.ok(error.reason === "helm-failed");
      assert.deepEqual([error.cause, error.exitCode], ["waited-too-long", 1]);
      assert.ok(record.kind === "recorded");
      assert.deepEqual([record.revision, record.status], [1, "failed"]);
      for (const said of [diagnosis, diagnoses[0]]) {
        assert.ok(said?.cause.kind === "image", JSON.stringify(said));
        assert.deepEqual(
          [said.cause.why, said.cause.image.split(":").at(-1)],
          ["missing", `missing-${commit.slice(0, 7)}`],
        );
      }
      assert.equal(outcome.lock.kind, "held");
    });

    test("a cancel while helm waits ends helm, and says what was in flight", async () => {
      const ann = await stage.person("ann");
      stage.pushBranch("task/cancelled");
      const pool = stage.pool(["slow"], { image: { tag: "missing-${shortCommit}" } });
      const stop = new AbortController();
      const outcome = await ann.devdeploy(pool, {
        signal: stop.signal,
        onPhase: (phase) => {
          if (phase.kind === "deploying" && phase.wanted !== undefined) stop.abort();
        },
      });
      assert.ok(
        outcome.kind === "cancelled" && outcome.truth.kind === "helm-stopped",
        JSON.stringify(outcome),
      );
      const { record, output } = outcome.truth;
      assert.match(output, /has been cancelled/u);
      assert.ok(record.kind === "recorded");
      // Helm 3 marks its record before it ends; both majors leave no pending record behind.
      assert.deepEqual([record.revision, record.status], [1, "failed"]);
      assert.equal(outcome.lock.kind, "held");
      const again = await ann.devdeploy(stage.pool(["slow"]));
      assert.deepEqual([again.kind, "revision" in again ? again.revision : 0], ["proven", 2]);
    });

    test("of two people who want the last free machine, one gets it and the other is told by whom", async () => {
      stage.pushBranch("task/race");
      const pool: Pool = stage.pool(["last"]);
      const people = await Promise.all(["ann", "ben"].map((name) => stage.person(name)));
      const outcomes = await Promise.all(people.map((person) => person.devdeploy(pool)));
      const winner = outcomes.findIndex(({ kind }) => kind === "proven");
      const loser = outcomes[1 - winner];
      assert.ok(loser?.kind === "pool-full", JSON.stringify(outcomes.map(brief)));
      const [held] = loser.locks;
      assert.ok(held?.state.kind === "held");
      assert.equal(held.state.hold.by.name, ["ann", "ben"][winner]);
    });

    test("values arrive as they are written, whatever the branch is called", async () => {
      const ann = await stage.person("ann");
      const notes: readonly (readonly [branch: string, note: string, arrives: string])[] = [
        ["1e6", "${branch}", "1e6"],
        ["null", "${branch}", "null"],
        ["x;$(touch${IFS}pwned)&a|b", "a,b={c} $(touch pwned) \u202E 'q' \"d\" {{ .Release.Name }}", ""],
      ];
      for (const [branch, note, arrives] of notes) {
        const commit = stage.pushBranch(branch);
        const outcome = await ann.devdeploy(stage.pool(["odd"], { image: { tag: "${commit}" }, note }));
        assert.equal(outcome.kind, "proven", JSON.stringify(outcome));
        const path = `/api/v1/namespaces/${stage.namespace}/configmaps/odd-note`;
        assert.deepEqual(await read(path, "data"), {
          note: arrives === "" ? note : arrives,
          noteKind: "string",
        });
        const described = await ann.cluster.releases.latest(
          { context: "staging", namespace: stage.namespace, release: "odd" },
          never,
        );
        assert.ok(described.ok);
        assert.equal(
          described.value?.description,
          `Devdeploy ${branch} ${shortCommit(commit as CommitHash)} by ann`,
        );
      }
      assert.ok(!existsSync(join(stage.repository.root, "pwned")));
    });

    test("what is not in the commit is not deployed", async () => {
      const ann = await stage.person("ann");
      stage.pushBranch("task/chart");
      stage.repository.write("charts/app/templates/broken.yaml", "{{ fail }}");
      const pool = stage.pool(["clean"]);
      assert.equal((await ann.devdeploy(pool)).kind, "proven");
      stage.repository.git("clean", "--quiet", "--force", "charts");
    });
  });
}

const brief = (outcome: DeployOutcome): unknown =>
  outcome.kind === "proven"
    ? {
        kind: outcome.kind,
        machine: outcome.machine,
        revision: outcome.revision,
        commit: outcome.commit,
      }
    : outcome;
