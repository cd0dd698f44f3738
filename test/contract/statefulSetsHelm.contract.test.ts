import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { toolPath } from "../../scripts/tools/provision.ts";
import { eventually } from "./eventually.ts";
import { at, fieldsOf, listAt, textAt } from "./json.ts";
import { runProgram } from "./program.ts";
import { useCluster } from "./useCluster.ts";

const template = (kind: string, more: string): string => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: "{{ .Release.Name }}-${kind.toLowerCase()}" }
spec:
  ${more}
  selector: { matchLabels: { app: "{{ .Release.Name }}-${kind.toLowerCase()}" } }
  template:
    metadata: { labels: { app: "{{ .Release.Name }}-${kind.toLowerCase()}" } }
    spec: { containers: [{ name: app, image: "app:{{ .Values.tag }}" }] }
`;

/** Who set what of the specs that helm writes. */
function ownersOf(object: unknown): readonly unknown[] {
  return listAt(object, "metadata", "managedFields").map((entry) => [
    textAt(entry, "manager"),
    textAt(entry, "operation"),
    at(entry, "subresource"),
    Object.keys(fieldsOf(at(entry, "fieldsV1", "f:spec"))).sort(),
  ]);
}

for (const tool of ["helm3", "helm4"] as const) {
  describe(`${tool} waits for StatefulSets and DaemonSets`, () => {
    const on = useCluster("wait");
    let home = "";
    let helm: (tag: string) => Promise<string>;

    before(async () => {
      home = await mkdtemp(join(tmpdir(), "devdeploy-wait-"));
      await writeFile(join(home, "Chart.yaml"), "apiVersion: v2\nname: sets\nversion: 0.1.0\n");

      await mkdir(join(home, "templates"));
      await writeFile(join(home, "templates/statefulset.yaml"), template("StatefulSet", "replicas: 2"));
      await writeFile(join(home, "templates/daemonset.yaml"), template("DaemonSet", "minReadySeconds: 0"));
      const path = await toolPath(tool);
      const kubeconfig = await on.cluster.kubeconfig("ann", ["staging"]);
      const where = ["--namespace", on.namespace, "--kube-context", "staging"];
      helm = async (tag) => {
        const time = tag === "missing" ? "4s" : "20s";
        const args = [
          "upgrade",
          "--install",
          "app",
          home,
          "--set",
          `tag=${tag}`,
          "--wait",
          "--timeout",
          time,
        ];
        const { code, stderr } = await runProgram(path, [...args, ...where], {
          HOME: home,
          KUBECONFIG: kubeconfig,
        });
        return code === 0 ? "deployed" : stderr;
      };
    });
    after(() => rm(home, { recursive: true, force: true }));

    test("until they run what was asked for, and no longer than its time", async () => {
      assert.equal(await helm("a1"), "deployed");
      assert.equal(await helm("b2"), "deployed");
      const pods = async (): Promise<unknown> =>
        listAt((await on.as("ann").get(`/api/v1/namespaces/${on.namespace}/pods`)).body, "items").map(
          (pod) => [
            at(pod, "spec", "containers", 0, "image"),
            at(pod, "status", "containerStatuses", 0, "ready"),
          ],
        );
      await eventually(
        pods,
        [1, 2, 3].map(() => ["app:b2", true]),
      );
      assert.match(await helm("missing"), /deadline|timed out/u);
    });

    test("and its fields are its own", async () => {
      const apps = `/apis/apps/v1/namespaces/${on.namespace}`;
      const set = (await on.as("ann").get(`${apps}/statefulsets/app-statefulset`)).body;
      const daemon = (await on.as("ann").get(`${apps}/daemonsets/app-daemonset`)).body;
      const mine = (object: unknown): unknown => ownersOf(object).find((entry) => at(entry, 0) === "helm");
      const applied = ["f:replicas", "f:selector", "f:template"];
      const defaults = [
        ...["f:persistentVolumeClaimRetentionPolicy", "f:podManagementPolicy", "f:replicas"],
        ...["f:revisionHistoryLimit", "f:selector", "f:template", "f:updateStrategy"],
      ];
      assert.deepEqual(
        [mine(set), mine(daemon)],
        tool === "helm4"
          ? [
              ["helm", "Apply", undefined, applied],
              ["helm", "Apply", undefined, ["f:minReadySeconds", "f:selector", "f:template"]],
            ]
          : [
              ["helm", "Update", undefined, defaults],
              [
                "helm",
                "Update",
                undefined,
                ["f:revisionHistoryLimit", "f:selector", "f:template", "f:updateStrategy"],
              ],
            ],
      );
    });
  });
}
