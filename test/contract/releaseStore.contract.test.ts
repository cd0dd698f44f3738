import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { toolPath, type Tool } from "../../scripts/tools/provision.ts";
import { upgradeArguments } from "../../src/adapters/helm/arguments.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { ReleaseRef } from "../../src/app/ports.ts";
import { openCluster, type Cluster } from "../../src/cluster.ts";
import { writeChart } from "../builders/chart.ts";
import { aCommit, aHelmDriver } from "../builders/deploy.ts";
import { aFolder } from "../builders/gitRepository.ts";
import { FakeLog } from "../fakes/log.ts";
import { startTestCluster, type TestCluster } from "./cluster.ts";

const TOOLS: readonly Tool[] = ["helm3", "helm4"];
const CONTEXT = "staging";
const never = new AbortController().signal;
const mark = { commit: aCommit(), branch: "task/Pay-Später", by: "Ann Lee" };

for (const tool of TOOLS) {
  describe(`records of ${tool}`, () => {
    const folder = aFolder();
    const chart = join(folder.path, "chart");
    let cluster: TestCluster;
    let ref: ReleaseRef;
    let own: Cluster;
    let helm: (...args: readonly string[]) => Promise<unknown>;
    const opened: Cluster[] = [];

    const openAs = async (person: string): Promise<Cluster> => {
      const kubeconfig = await cluster.kubeconfig(person, [CONTEXT]);
      const one = openCluster({ kubeconfig, env: {}, clock: systemClock, log: new FakeLog() });
      opened.push(one);
      return one;
    };

    before(async () => {
      cluster = await startTestCluster();
      ref = { context: CONTEXT, namespace: await cluster.namespace("records"), release: "dev1" };
      own = await openAs("ann");
      writeChart(chart);
      await mkdir(join(folder.path, "home"));
      const env = {
        HOME: join(folder.path, "home"),
        KUBECONFIG: await cluster.kubeconfig("ann", [CONTEXT]),
      };
      const path = await toolPath(tool);
      helm = (...args) => promisify(execFile)(path, [...args], { env });
    });
    after(async () => {
      for (const one of opened) one.dispose();
      await cluster.stop();
      folder.remove();
    });

    const read = async (revision?: number): Promise<unknown> => {
      const found =
        revision === undefined
          ? await own.releases.latest(ref, never)
          : await own.releases.revision(ref, revision, never);
      assert.ok(found.ok, JSON.stringify(found));
      const { value } = found;
      return value && { revision: value.revision, status: value.status, mark: value.mark };
    };

    test("a release that does not exist is no error", async () => {
      assert.equal(await read(), undefined);
    });

    test("a revision of ours bears its mark; an upgrade by somebody else inherits labels but no mark", async () => {
      const values = join(chart, "values.yaml");
      const driver = aHelmDriver({ context: CONTEXT, namespace: ref.namespace, timeoutMinutes: 1 });
      const order = {
        driver,
        release: ref,
        values: {},
        mark,
        revision: 1,
        repositoryRoot: "",
        subject: "dev1",
      };
      await helm(...upgradeArguments(order, { chart, values }, tool === "helm3" ? 3 : 4));
      const first = { revision: 1, status: "deployed", mark };
      assert.deepEqual(await read(), first);

      const place = [`--kube-context=${CONTEXT}`, `--namespace=${ref.namespace}`];
      await helm("upgrade", ...place, "--set-string=note=theirs", "--", "dev1", chart);
      assert.deepEqual(await read(), { revision: 2, status: "deployed", mark: undefined });
      assert.deepEqual(await read(1), { ...first, status: "superseded" });
      assert.equal(await read(7), undefined);
    });

    test("revision 10 is newer than revision 9", async () => {
      const place = [`--kube-context=${CONTEXT}`, `--namespace=${ref.namespace}`, "--history-max=20"];
      for (let revision = 3; revision <= 10; revision += 1) {
        await helm("upgrade", ...place, `--set-string=note=n${revision}`, "--", "dev1", chart);
      }
      assert.deepEqual(await read(), { revision: 10, status: "deployed", mark: undefined });
    });

    test("who may not read Secrets is told so", async () => {
      if (cluster.kind === "context") return;
      const eve = await openAs("eve");
      const read = await eve.releases.latest(ref, never);
      assert.ok(!read.ok);
      assert.equal(read.error.reason, "forbidden");
    });
  });
}
