import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { toolPath, type Tool } from "../../scripts/tools/provision.ts";
import { commitHistoryAt } from "../../src/adapters/git/commitHistory.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { HistorySnapshot } from "../../src/app/historySnapshot.ts";
import { ReleaseHistory } from "../../src/app/releaseHistory.ts";
import { openCluster, type Cluster } from "../../src/cluster.ts";
import { aBranch } from "../builders/deploy.ts";
import { writeChart } from "../builders/chart.ts";
import { aFolder, aRepository } from "../builders/gitRepository.ts";
import { aSubject } from "../builders/rollback.ts";
import { FakeLog } from "../fakes/log.ts";
import { startTestCluster, type TestCluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { runProgram } from "./program.ts";

const TOOLS: readonly Tool[] = ["helm3", "helm4"];
const CONTEXT = "staging";
const never = new AbortController().signal;
/** Runs before an upgrade, and fails where its image's tag says so. */
const HOOK = `{{ if .Values.hook }}
apiVersion: batch/v1
kind: Job
metadata:
  name: web-migrate
  annotations: { "helm.sh/hook": pre-upgrade }
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: migrate, image: "registry.example.com/app:{{ .Values.hook }}" }]
{{ end }}
`;

for (const tool of TOOLS) {
  describe(`the history of a release of ${tool}`, () => {
    const folder = aFolder();
    const repository = aRepository();
    const chart = join(folder.path, "chart");
    const opened: { dispose(): void }[] = [];
    let cluster: TestCluster;
    let namespace: string;
    let own: Cluster;
    let history: ReleaseHistory;
    let commits: readonly string[];

    const openAs = async (person: string): Promise<Cluster> => {
      const kubeconfig = await cluster.kubeconfig(person, [CONTEXT]);
      const one = openCluster({ kubeconfig, env: {}, clock: systemClock, log: new FakeLog() });
      opened.push(one);
      return one;
    };
    const run = async (program: Tool | "kubectl", ...args: readonly string[]): Promise<number> => {
      const env = {
        HOME: join(folder.path, "home"),
        KUBECONFIG: await cluster.kubeconfig("ann", [CONTEXT]),
      };
      const ended = await runProgram(await toolPath(program), [...args, `--namespace=${namespace}`], env);
      return ended.code;
    };
    const deploy = (tag: string, ...more: readonly string[]): Promise<number> =>
      run(tool, "upgrade", "--install", "web", chart, `--set-string=image.tag=${tag}`, "--wait", ...more);
    const commit = (index: number): string => commits[index] ?? "";

    before(async () => {
      cluster = await startTestCluster();
      namespace = await cluster.namespace("history");
      writeChart(chart);
      writeFileSync(join(chart, "templates/hook.yaml"), HOOK);
      mkdirSync(join(folder.path, "home"));
      commits = ["one", "two", "three"].map((message) => repository.commit(message));
      own = await openAs("ann");
      const release = { context: CONTEXT, namespace, release: "web" };
      const home = { context: CONTEXT, namespace };
      history = new ReleaseHistory(
        {
          ...own,
          commits: () => Promise.resolve(commitHistoryAt(repository.root)),
          defaultBranch: aBranch("master"),
          clock: systemClock,
          log: new FakeLog(),
        },
        aSubject({ release, locks: home, driver: { ...aSubject().driver, ...home, container: "app" } }),
      );
      opened.push(history);
      opened.push(history.onChange(() => undefined));
    });
    after(async () => {
      for (const one of [...opened].reverse()) one.dispose();
      await cluster.stop();
      folder.remove();
      repository.remove();
    });

    const seen = ({ entries, runs, recommendation, liveness }: HistorySnapshot): unknown => ({
      liveness: liveness.kind,
      rows: entries.map(({ label, status, record, commit: facts, wasRolledBackFrom }) => [
        label.revision,
        status,
        record.kind === "read" && record.match.kind,
        facts?.subject,
        wasRolledBackFrom,
      ]),
      runs,
      recommended: recommendation.kind === "revision" ? recommendation.revision : recommendation.kind,
    });
    const shows = (expected: object): Promise<void> =>
      eventually(() => Promise.resolve(seen(history.current)), { liveness: "live", ...expected });

    test("a release that is not there has no history", async () => {
      await shows({ rows: [], runs: { kind: "nothing" }, recommended: "none" });
    });

    test("revisions come with their commits, and what runs is what was deployed", async () => {
      assert.equal(await deploy(commit(0)), 0);
      assert.equal(await deploy(commit(1).slice(0, 9)), 0);
      await shows({
        rows: [
          [2, "deployed", "exact", "two", false],
          [1, "superseded", "exact", "one", false],
        ],
        runs: { kind: "revision", revision: 2, isDeployed: true },
        recommended: 1,
      });
    });

    test("after a failed upgrade the failed revision runs, though helm calls an older one deployed", async () => {
      assert.notEqual(await deploy(`crash-${commit(2)}`, "--timeout=4s"), 0);
      await shows({
        rows: [
          [3, "failed", "exact", "three", false],
          [2, "deployed", "exact", "two", false],
          [1, "superseded", "exact", "one", false],
        ],
        runs: { kind: "revision", revision: 3, isDeployed: false },
        recommended: 2,
      });
    });

    test("a rollback has its target's commit, and what it left behind is no target any more", async () => {
      assert.equal(await run(tool, "rollback", "web", "2", "--wait"), 0);
      assert.equal(await deploy(commit(2)), 0);
      assert.equal(await run(tool, "rollback", "web", "4", "--wait"), 0);
      await shows({
        rows: [
          [6, "deployed", "exact", "two", false],
          [5, "superseded", "exact", "three", true],
          [4, "superseded", "exact", "two", false],
          [3, "failed", "exact", "three", true],
          [2, "superseded", "exact", "two", false],
          [1, "superseded", "exact", "one", false],
        ],
        runs: { kind: "revision", revision: 6, isDeployed: true },
        recommended: 1,
      });
    });

    test("an upgrade whose first hook failed has not reached the cluster", async () => {
      assert.notEqual(await deploy(commit(1), "--set-string=hook=fail", "--timeout=20s"), 0);
      await eventually(
        () => Promise.resolve({ status: history.current.entries[0]?.status, runs: history.current.runs }),
        { status: "failed", runs: { kind: "revision", revision: 6, isDeployed: true } },
      );
    });

    test("an image that was set past helm is drift", async () => {
      const image = "registry.example.com/app:by-hand";
      assert.equal(await run("kubectl", "set", "image", "deployment/web", `app=${image}`), 0);
      history.relist();
      const differences = [
        {
          workload: "Deployment/web",
          container: "app",
          recorded: `registry.example.com/app:${commit(1).slice(0, 9)}`,
          live: image,
        },
      ];
      await eventually(() => Promise.resolve(history.current.runs), {
        kind: "drift",
        revision: 6,
        differences,
      });
    });

    test("images of workloads that are there are read; those of absent ones are not", async () => {
      const newest = history.current.entries.find(({ status }) => status === "deployed");
      assert.ok(newest?.record.kind === "read");
      const { release } = history.current.subject;
      const { manifest } = newest.record.revision;
      const absent = manifest.replaceAll("name: web\n", "name: absent\n");
      assert.notEqual(absent, manifest);
      const found = await own.live.images(release, `${manifest}\n---\n${absent}`, never);
      assert.deepEqual(found, {
        ok: true,
        value: [
          { workload: "Deployment/web", container: "migrate", image: "registry.example.com/app-migrate:1.0" },
          { workload: "Deployment/web", container: "app", image: "registry.example.com/app:by-hand" },
        ],
      });
    });

    test("what a person may not do is named; who may everything misses nothing", async () => {
      const newest = history.current.entries.find(({ status }) => status === "deployed");
      assert.ok(newest?.record.kind === "read");
      const { release } = history.current.subject;
      const { manifest } = newest.record.revision;
      const gone = { apiVersion: "v1", kind: "Service", namespace: "" };
      const wish = { manifest, deletes: [gone], driver: "secret" } as const;
      const eve = await openAs("eve");
      assert.deepEqual(await own.live.missingRights(release, wish, never), { ok: true, value: [] });
      const verbs = ["get", "list", "create", "update", "delete"].map((verb) => `${verb} secrets`);
      const objects = ["configmaps", "deployments"].flatMap((resource) =>
        ["get", "create", "patch"].map((verb) => `${verb} ${resource}`),
      );
      assert.deepEqual(await eve.live.missingRights(release, wish, never), {
        ok: true,
        value: [...verbs, ...objects, "get services", "delete services"],
      });
    });
  });
}
