import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { toolPath } from "../../scripts/tools/provision.ts";
import { at, listAt } from "./json.ts";
import { runProgram, type Ended } from "./program.ts";
import { useCluster } from "./useCluster.ts";

describe("kubectl, unmodified", () => {
  const on = useCluster("kubectl");
  let home = "";
  let kubectl: (...args: readonly string[]) => Promise<Ended>;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), "devdeploy-kubectl-"));
    const path = await toolPath("kubectl");
    const kubeconfig = await on.cluster.kubeconfig("ann", ["staging"]);
    kubectl = (...args) =>
      runProgram(path, [...args, "--namespace", on.namespace, "--context", "staging"], {
        HOME: home,
        KUBECONFIG: kubeconfig,
      });
  });
  after(() => rm(home, { recursive: true, force: true }));

  const create = async (name: string): Promise<void> => {
    const path = `/apis/apps/v1/namespaces/${on.namespace}/deployments`;
    const template = {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "web", image: "web:a1" }] },
    };
    await on.as("ann").post(path, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name },
      spec: { replicas: 1, selector: { matchLabels: { app: name } }, template },
    });
    await succeed(kubectl("rollout", "status", `deployment/${name}`, "--timeout", "20s"));
  };

  /** What a command wrote; throws with what it complained of when it failed. */
  const succeed = async (running: Promise<Ended>): Promise<string> => {
    const { code, stdout, stderr } = await running;
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };

  /** The cells of a table. */
  const rows = (table: string): string[][] =>
    table
      .trimEnd()
      .split("\n")
      .map((row) => row.split(/\s+/));

  test("gets deployments and pods by their short names, with the columns that were asked for", async () => {
    await create("table");
    const deployments = await succeed(
      kubectl(
        "get",
        "deploy",
        "table",
        "-o",
        "custom-columns=NAME:.metadata.name,READY:.status.readyReplicas",
      ),
    );
    const pods = await succeed(
      kubectl("get", "po", "-l", "app=table", "-o", "custom-columns=PHASE:.status.phase,NODE:.spec.nodeName"),
    );
    assert.deepEqual(
      [rows(deployments), rows(pods)[0], rows(pods)[1]?.[0]],
      [
        [
          ["NAME", "READY"],
          ["table", "1"],
        ],
        ["PHASE", "NODE"],
        "Running",
      ],
    );
  });

  test("names what it lists in the first column", async () => {
    await create("listed");
    // The other columns are the server's choice.
    const table = await succeed(kubectl("get", "deploy", "--field-selector", "metadata.name=listed"));
    assert.deepEqual(
      rows(table).map((row) => row[0]),
      ["NAME", "listed"],
    );
  });

  test("gets objects as JSON", async () => {
    await create("json");
    const output: unknown = JSON.parse(await succeed(kubectl("get", "deploy", "json", "-o", "json")));
    const list: unknown = JSON.parse(await succeed(kubectl("get", "rs", "-l", "app=json", "-o", "json")));
    assert.deepEqual(
      [at(output, "kind"), at(output, "metadata", "name"), at(list, "kind"), listAt(list, "items").length],
      ["Deployment", "json", "List", 1],
    );
  });

  test("says in the server's words what is absent", async () => {
    const { code, stderr } = await kubectl("get", "deploy", "absent");
    assert.deepEqual(
      [code, stderr.trim()],
      [1, 'Error from server (NotFound): deployments.apps "absent" not found'],
    );
  });

  test("sets an image, and follows the rollout to its end", async () => {
    await create("image");
    const set = await succeed(kubectl("set", "image", "deployment/image", "web=web:b2"));
    const status = await succeed(kubectl("rollout", "status", "deployment/image", "--timeout", "20s"));
    assert.deepEqual(
      [set, status.trimEnd().split("\n").at(-1)],
      ["deployment.apps/image image updated\n", 'deployment "image" successfully rolled out'],
    );
  });

  test("gives up on a rollout that does not end", async () => {
    await create("stuck");
    await succeed(kubectl("set", "image", "deployment/stuck", "web=web:missing"));
    const { code, stderr } = await kubectl("rollout", "status", "deployment/stuck", "--timeout", "1s");
    assert.deepEqual([code, stderr.trim()], [1, "error: timed out waiting for the condition"]);
  });

  test("lists the revisions of a rollout, and goes back to one", async () => {
    await create("undo");
    await succeed(kubectl("set", "image", "deployment/undo", "web=web:b2"));
    await succeed(kubectl("rollout", "status", "deployment/undo", "--timeout", "20s"));
    const before = await succeed(kubectl("rollout", "history", "deployment/undo"));
    const undone = await succeed(kubectl("rollout", "undo", "deployment/undo", "--to-revision", "1"));
    await succeed(kubectl("rollout", "status", "deployment/undo", "--timeout", "20s"));
    const after = await succeed(kubectl("rollout", "history", "deployment/undo"));
    const image = await succeed(
      kubectl("get", "deploy", "undo", "-o", "jsonpath={.spec.template.spec.containers[0].image}"),
    );
    const revisions = (text: string): string[] => text.match(/^\d+/gm) ?? [];
    assert.deepEqual(
      [revisions(before), undone, revisions(after), image],
      [["1", "2"], "deployment.apps/undo rolled back\n", ["2", "3"], "web:a1"],
    );
  });

  test("scales, and deletes", async () => {
    await create("scaled");
    await succeed(kubectl("scale", "deployment/scaled", "--replicas", "2"));
    await succeed(kubectl("rollout", "status", "deployment/scaled", "--timeout", "20s"));
    const replicas = await succeed(
      kubectl("get", "deploy", "scaled", "-o", "jsonpath={.status.readyReplicas}"),
    );
    await succeed(kubectl("delete", "deployment", "scaled", "--timeout", "20s"));
    const gone = await kubectl("get", "deploy", "scaled");
    assert.deepEqual([replicas, gone.code], ["2", 1]);
  });

  test("applies a manifest, changes it, and says when nothing changed", async () => {
    const file = join(home, "map.json");
    const write = async (value: string): Promise<string> => {
      const body = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "applied" },
        data: { key: value },
      };
      await writeFile(file, JSON.stringify(body));
      return succeed(kubectl("apply", "-f", file));
    };
    assert.deepEqual(
      [await write("1"), await write("2"), await write("2")],
      ["configmap/applied created\n", "configmap/applied configured\n", "configmap/applied unchanged\n"],
    );
  });
});
