import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { toolPath } from "../../scripts/tools/provision.ts";
import { at, listAt } from "./json.ts";
import { runProgram, type Ended } from "./program.ts";
import { useCluster } from "./useCluster.ts";

const CHART = fileURLToPath(new URL("../fixtures/chart", import.meta.url));
const IMAGE = "registry.example.com/shop/web";
const MARK = "Devdeploy main 1111111 by Ann";

for (const tool of ["helm3", "helm4"] as const) {
  // Each test has a release of its own, and helm spends most of its time asleep between two looks.
  describe(`${tool}, unmodified`, { concurrency: 4 }, () => {
    const on = useCluster(tool);
    let home = "";
    let helm: (...args: readonly string[]) => Promise<Ended>;

    before(async () => {
      home = await mkdtemp(join(tmpdir(), "devdeploy-helm-"));
      const path = await toolPath(tool);
      const kubeconfig = await on.cluster.kubeconfig("ann", ["staging"]);
      helm = (...args) =>
        runProgram(path, [...args, "--namespace", on.namespace, "--kube-context", "staging"], {
          HOME: home,
          KUBECONFIG: kubeconfig,
        });
    });
    after(() => rm(home, { recursive: true, force: true }));

    const upgrade = (release: string, tag: string, ...more: readonly string[]): Promise<Ended> =>
      helm(
        "upgrade",
        "--install",
        release,
        CHART,
        "--set",
        `image.tag=${tag}`,
        "--wait",
        "--timeout",
        "20s",
        ...more,
      );

    /** The end of a command that has to succeed, with what it said where it did not. */
    const well = ({ code, stderr }: Ended): unknown => (code === 0 ? 0 : stderr);

    const deployment = async (release: string): Promise<unknown> => {
      const path = `/apis/apps/v1/namespaces/${on.namespace}/deployments/${release}`;
      return (await on.as("ann").get(path)).body;
    };
    const image = async (release: string): Promise<unknown> =>
      at(await deployment(release), "spec", "template", "spec", "containers", 0, "image");

    const history = async (release: string): Promise<unknown> => {
      const { stdout } = await helm("history", release, "--output", "json");
      const parsed: unknown = JSON.parse(stdout);
      return listAt({ parsed }, "parsed").map((entry) => [
        at(entry, "revision"),
        at(entry, "status"),
        at(entry, "description"),
      ]);
    };

    test("installs and waits until it runs", async () => {
      const ended = await upgrade("first", "a1", "--description", MARK, "--labels", "devdeploy-revision=1");
      const status = at(await deployment("first"), "status");
      assert.deepEqual(
        [well(ended), await image("first"), at(status, "readyReplicas"), await history("first")],
        [0, `${IMAGE}:a1`, 1, [[1, "deployed", MARK]]],
      );
    });

    test("makes the service and the config map of the chart, and marks them as its own", async () => {
      await upgrade("objects", "a1", "--set", "greeting=hi");
      const core = `/api/v1/namespaces/${on.namespace}`;
      const configMap = await on.as("ann").get(`${core}/configmaps/objects`);
      const service = await on.as("ann").get(`${core}/services/objects`);
      assert.deepEqual(
        [
          at(configMap.body, "data"),
          at(configMap.body, "metadata", "labels", "app.kubernetes.io/managed-by"),
          at(configMap.body, "metadata", "annotations", "meta.helm.sh/release-name"),
          listAt(service.body, "spec", "ports"),
        ],
        [
          { greeting: "hi" },
          "Helm",
          "objects",
          [{ name: "http", protocol: "TCP", port: 80, targetPort: "http" }],
        ],
      );
    });

    test("upgrades, and keeps a record of each revision with the labels that were asked for", async () => {
      await upgrade("upgraded", "a1");
      const ended = await upgrade(
        "upgraded",
        "b2",
        "--description",
        MARK,
        "--labels",
        "devdeploy-revision=2",
      );
      const selector = "labelSelector=owner%3Dhelm%2Cname%3Dupgraded";
      const { body } = await on.as("ann").get(`/api/v1/namespaces/${on.namespace}/secrets?${selector}`);
      const records = listAt(body, "items").map((secret) => [
        at(secret, "metadata", "name"),
        at(secret, "type"),
        at(secret, "metadata", "labels", "status"),
        at(secret, "metadata", "labels", "devdeploy-revision"),
      ]);
      assert.deepEqual(
        [well(ended), await image("upgraded"), records],
        [
          0,
          `${IMAGE}:b2`,
          [
            ["sh.helm.release.v1.upgraded.v1", "helm.sh/release.v1", "superseded", undefined],
            ["sh.helm.release.v1.upgraded.v2", "helm.sh/release.v1", "deployed", "2"],
          ],
        ],
      );
    });

    test("fails when the image is missing, and leaves the new image in the cluster", async () => {
      await upgrade("failing", "a1");
      const ended = await upgrade("failing", "missing-b2", "--timeout", "2s");
      const statuses = listAt({ history: await history("failing") }, "history").map((entry) => at(entry, 1));
      assert.deepEqual(
        [ended.code, await image("failing"), statuses],
        [1, `${IMAGE}:missing-b2`, ["deployed", "failed"]],
      );
      assert.match(ended.stderr, /UPGRADE FAILED/);
    });

    test("rolls back and waits until the old image runs again", async () => {
      await upgrade("back", "a1");
      await upgrade("back", "b2");
      const ended = await helm("rollback", "back", "1", "--wait", "--timeout", "20s");
      const status = at(await deployment("back"), "status");
      assert.deepEqual(
        [well(ended), await image("back"), at(status, "updatedReplicas"), await history("back")],
        [
          0,
          `${IMAGE}:a1`,
          1,
          [
            [1, "superseded", "Install complete"],
            [2, "superseded", "Upgrade complete"],
            [3, "deployed", "Rollback to 1"],
          ],
        ],
      );
    });

    test("recovers from a failed upgrade by a rollback", async () => {
      await upgrade("recovered", "a1");
      await upgrade("recovered", "missing-b2", "--timeout", "2s");
      const ended = await helm("rollback", "recovered", "1", "--wait", "--timeout", "20s");
      const status = at(await deployment("recovered"), "status");
      assert.deepEqual(
        [
          well(ended),
          await image("recovered"),
          at(status, "readyReplicas"),
          at(status, "unavailableReplicas"),
        ],
        [0, `${IMAGE}:a1`, 1, undefined],
      );
    });

    test("takes away what the chart does not make any more, and scales down", async () => {
      await upgrade("values", "a1", "--set", "replicas=2");
      const ended = await upgrade("values", "a1", "--set", "replicas=1,greeting=");
      const configMap = await on.as("ann").get(`/api/v1/namespaces/${on.namespace}/configmaps/values`);
      const status = at(await deployment("values"), "status");
      assert.deepEqual([well(ended), configMap.status, at(status, "replicas")], [0, 404, 1]);
    });

    test("lists its releases", async () => {
      await upgrade("listed", "a1");
      const { stdout } = await helm("list", "--output", "json", "--filter", "^listed$");
      const parsed: unknown = JSON.parse(stdout);
      assert.deepEqual(
        listAt({ parsed }, "parsed").map((entry) =>
          ["name", "revision", "status", "chart"].map((key) => at(entry, key)),
        ),
        [["listed", "1", "deployed", "web-1.0.0"]],
      );
    });

    test("uninstalls all that it made", async () => {
      await upgrade("removed", "a1");
      const ended = await helm("uninstall", "removed", "--wait", "--timeout", "20s");
      const again = await helm("history", "removed");
      const answers = await Promise.all(
        ["apps/v1 deployments", "v1 services", "v1 configmaps"].map((each) => {
          const [version = "", plural = ""] = each.split(" ");
          const group = version === "v1" ? "/api/v1" : `/apis/${version}`;
          return on.as("ann").get(`${group}/namespaces/${on.namespace}/${plural}/removed`);
        }),
      );
      assert.deepEqual(
        [well(ended), again.code, answers.map((answer) => answer.status)],
        [0, 1, [404, 404, 404]],
      );
    });

    test("is refused where the person has no rights", async () => {
      const kubeconfig = await on.cluster.kubeconfig("eve", ["staging"]);
      const args = ["list", "--namespace", on.namespace, "--kube-context", "staging"];
      const ended = await runProgram(await toolPath(tool), args, { HOME: home, KUBECONFIG: kubeconfig });
      assert.equal(ended.code, 1);
      assert.match(ended.stderr, /secrets is forbidden: User "eve" cannot list resource "secrets"/);
    });
  });
}
