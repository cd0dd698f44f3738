import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { toolPath, type Tool } from "../../scripts/tools/provision.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { ReleaseRef } from "../../src/app/ports.ts";
import { openCluster, type Cluster } from "../../src/cluster.ts";
import type { RecordDriver, Revision } from "../../src/domain/release.ts";
import { writeChart } from "../builders/chart.ts";
import { bundleDecoder } from "../builders/decoder.ts";
import { aFolder } from "../builders/gitRepository.ts";
import { until } from "../builders/waiting.ts";
import { FakeLog } from "../fakes/log.ts";
import { eventually } from "./eventually.ts";
import { at, listAt, textAt } from "./json.ts";
import { runProgram, type Ended } from "./program.ts";
import { useCluster } from "./useCluster.ts";

const CONTEXT = "staging";
const TOOLS: readonly Tool[] = ["helm3", "helm4"];
const DRIVERS: readonly RecordDriver[] = ["secret", "configmap"];
const signal = new AbortController().signal;

/** An object that helm makes before an upgrade and does not track. */
const HOOK = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-upgrade,post-rollback
    helm.sh/hook-delete-policy: before-hook-creation
data:
  note: "<{{ .Values.note }}>"
`;

for (const tool of TOOLS) {
  for (const driver of DRIVERS) {
    describe(`all records that ${tool} writes into a ${driver}`, () => {
      const on = useCluster(`history-${tool}`);
      const folder = aFolder();
      const chart = join(folder.path, "chart");
      /** A name that could be taken for the second revision of another release. */
      const release = "web.v2";
      let own: Cluster;
      let helmPath: string;
      let env: Readonly<Record<string, string>>;
      const place = (): readonly string[] => [`--kube-context=${CONTEXT}`, `--namespace=${on.namespace}`];
      const helm = (...args: readonly string[]): Promise<Ended> =>
        runProgram(helmPath, [...args, ...place()], env);
      const well = async (...args: readonly string[]): Promise<string> => {
        const { code, stdout, stderr } = await helm(...args);
        assert.equal(code, 0, stderr);
        return stdout;
      };
      const set = (tag: string, note: string): readonly string[] => [
        `--set-string=image.tag=${tag},note=${note}`,
        "--timeout=20s",
      ];
      const ref = (): ReleaseRef => ({ context: CONTEXT, namespace: on.namespace, release });

      /** All records, newest first, each of them decoded. */
      const records = async (): Promise<readonly Revision[]> => {
        const listing = await own.history.list(ref(), signal);
        assert.ok(listing.ok, JSON.stringify(listing));
        const found: Revision[] = [];
        for (const label of listing.value.revisions) {
          const record = await own.history.record(ref(), label, signal);
          assert.ok(record.ok && record.value !== undefined, JSON.stringify(record));
          assert.deepEqual(
            [record.value.revision, record.value.status, record.value.version, record.value.driver],
            [label.revision, label.status, label.version, driver],
          );
          found.push(record.value);
        }
        return found;
      };

      before(async () => {
        writeChart(chart);
        await writeFile(join(chart, "templates/hook.yaml"), HOOK);
        await mkdir(join(folder.path, "home"));
        helmPath = await toolPath(tool);
        const kubeconfig = await on.cluster.kubeconfig("ann", [CONTEXT]);
        env = { HOME: join(folder.path, "home"), KUBECONFIG: kubeconfig, HELM_DRIVER: driver };
        const decoder = await bundleDecoder(folder.path);
        own = openCluster({ kubeconfig, env: {}, clock: systemClock, log: new FakeLog(), decoder });
      });
      after(() => {
        own.dispose();
        folder.remove();
      });

      /** What helm itself says of every revision, as our reader has to understand it. */
      const assertAsHelmSays = async (): Promise<void> => {
        const history: unknown = JSON.parse(await well("history", release, "--output=json", "--max=100"));
        const told = listAt({ history }, "history").map((entry) => ({
          revision: at(entry, "revision"),
          status: at(entry, "status"),
          deployedAt: Date.parse(textAt(entry, "updated")),
          chart: at(entry, "chart"),
          appVersion: at(entry, "app_version"),
          description: at(entry, "description"),
        }));
        const read = (await records()).toReversed();
        assert.deepEqual(
          read.map(({ revision, status, deployedAt, chart: chartName, appVersion, description }) => ({
            revision,
            status,
            deployedAt,
            chart: chartName,
            appVersion,
            description,
          })),
          told,
        );
        for (const { revision, values, manifest, hooks } of read) {
          const of = [release, `--revision=${revision}`];
          const [helmValues, helmManifest, helmHooks] = [
            JSON.parse(await well("get", "values", ...of, "--output=json")) as unknown,
            await well("get", "manifest", ...of),
            await well("get", "hooks", ...of),
          ];
          assert.deepEqual(values, helmValues);
          assert.equal(manifest.trim(), helmManifest.trim());
          assert.deepEqual(
            hooks.map((hook) => [hook.kind, hook.name, hook.events]),
            [["ConfigMap", `${release}-hook`, ["pre-upgrade", "post-rollback"]]],
          );
          assert.ok(helmHooks.includes(hooks[0]?.manifest.trim() ?? "no hook"), helmHooks);
        }
      };

      const newest = async (): Promise<object> => {
        const latest = await own.releases.latest(ref(), signal);
        assert.ok(latest.ok && latest.value !== undefined, JSON.stringify(latest));
        const { revision, status, images, rollbackTo, applyMethod, labels } = latest.value;
        const tags = images.map(({ image }) => image.split(":")[1]);
        return { revision, status, tags, rollbackTo, applyMethod, labels };
      };
      const applyMethod = tool === "helm3" ? "csa" : "ssa";
      const labels = { team: "shop" };

      test("an installation", async () => {
        await well(
          "upgrade",
          "--install",
          release,
          chart,
          ...set("a1", "one"),
          "--labels=team=shop",
          "--wait",
        );
        assert.deepEqual(await newest(), {
          revision: 1,
          status: "deployed",
          tags: ["1.0", "a1"],
          rollbackTo: undefined,
          applyMethod,
          labels,
        });
        await assertAsHelmSays();
      });

      test("an upgrade with a description, and one that failed", async () => {
        await well(
          "upgrade",
          release,
          chart,
          ...set("b2", "two"),
          "--description=Ann <b>said</b> so",
          "--wait",
        );
        const failed = await helm(
          "upgrade",
          release,
          chart,
          ...set("missing-c3", "three"),
          "--wait",
          "--timeout=2s",
        );
        assert.equal(failed.code, 1);
        assert.deepEqual(await newest(), {
          revision: 3,
          status: "failed",
          tags: ["1.0", "missing-c3"],
          rollbackTo: undefined,
          applyMethod,
          labels,
        });
        await assertAsHelmSays();
      });

      test("a rollback", async () => {
        await well("rollback", release, "1", "--wait", "--timeout=20s");
        assert.deepEqual(await newest(), {
          revision: 4,
          status: "deployed",
          tags: ["1.0", "a1"],
          rollbackTo: 1,
          applyMethod,
          labels,
        });
        await assertAsHelmSays();
      });

      test("an upgrade whose helm was killed", async () => {
        const args = ["upgrade", release, chart, ...set("missing-d4", "four"), "--wait", ...place()];
        const child = spawn(helmPath, args, { env: { PATH: process.env["PATH"], ...env }, stdio: "ignore" });
        const ended = once(child, "exit");
        await until("the record of the upgrade", async () => {
          const latest = await own.releases.latest(ref(), signal);
          return latest.ok && latest.value?.revision === 5;
        });
        child.kill("SIGKILL");
        await ended;
        assert.deepEqual(await newest(), {
          revision: 5,
          status: "pending-upgrade",
          tags: ["1.0", "missing-d4"],
          rollbackTo: undefined,
          applyMethod,
          labels,
        });
        await assertAsHelmSays();
      });

      test("the watch tells the same by labels alone, with the kind of the records", async () => {
        const watch = own.watches.releases(CONTEXT, on.namespace);
        try {
          const listing = await own.history.list(ref(), signal);
          assert.ok(listing.ok);
          assert.equal(listing.value.revisions.length, 5);
          await eventually(
            () => Promise.resolve([watch.current.liveness.kind, watch.current.items.get(release)]),
            ["live", listing.value.revisions],
          );
          await well("rollback", release, "1", "--wait", "--timeout=20s");
          await eventually(
            () =>
              Promise.resolve(
                watch.current.items
                  .get(release)
                  ?.map((label) => `${label.driver} ${label.revision} ${label.status}`),
              ),
            [
              "6 deployed",
              "5 pending-upgrade",
              "4 superseded",
              "3 failed",
              "2 superseded",
              "1 superseded",
            ].map((rest) => `${driver} ${rest}`),
          );
        } finally {
          watch.dispose();
        }
      });

      test("what is uninstalled but kept", async () => {
        await well("uninstall", release, "--keep-history");
        const latest = await own.releases.latest(ref(), signal);
        assert.equal(latest.ok && latest.value?.status, "uninstalled");
        await assertAsHelmSays();
      });

      test("no other release is mistaken for it", async () => {
        const other = await own.history.list({ ...ref(), release: "web" }, signal);
        assert.deepEqual(other, { ok: true, value: { revisions: [], hasHelm2: false } });
      });
    });
  }
}

describe("records of helm 2", () => {
  const on = useCluster("tiller");
  const opened: Cluster[] = [];
  after(() => {
    for (const one of opened) one.dispose();
  });

  test("are recognised where they are, and break nothing", async () => {
    const { status } = await on.as("ann").post(`/api/v1/namespaces/${on.namespace}/configmaps`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "old.v3",
        labels: { OWNER: "TILLER", NAME: "old", STATUS: "DEPLOYED", VERSION: "3" },
      },
      data: { release: "H4sIAAAAAAAC" },
    });
    assert.equal(status, 201);
    const kubeconfig = await on.cluster.kubeconfig("ann", [CONTEXT]);
    const own = openCluster({ kubeconfig, env: {}, clock: systemClock, log: new FakeLog() });
    opened.push(own);
    const ref = { context: CONTEXT, namespace: on.namespace, release: "old" };
    assert.deepEqual(await own.history.list(ref, signal), {
      ok: true,
      value: { revisions: [], hasHelm2: true },
    });
    assert.deepEqual(await own.releases.latest(ref, signal), { ok: true, value: undefined });
  });
});
