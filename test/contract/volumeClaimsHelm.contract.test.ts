import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { toolPath } from "../../scripts/tools/provision.ts";
import { eventually } from "./eventually.ts";
import { at, listAt, textAt } from "./json.ts";
import { runProgram } from "./program.ts";
import { useCluster } from "./useCluster.ts";

const CLAIM = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: uploads }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1024Mi } } }
`;
const SET = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers: [{ name: app, image: "db:{{ .Values.tag }}", resources: { requests: { cpu: 0.1 } } }]
      volumes: [{ name: uploads, persistentVolumeClaim: { claimName: uploads } }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 0.5Gi } } }
`;

for (const tool of ["helm3", "helm4"] as const) {
  describe(`${tool} brings claims`, () => {
    const on = useCluster("claims-helm");
    let home = "";
    before(async () => {
      home = await mkdtemp(join(tmpdir(), "devdeploy-claims-"));
      await writeFile(join(home, "Chart.yaml"), "apiVersion: v2\nname: claims\nversion: 0.1.0\n");
      await mkdir(join(home, "templates"));
      await writeFile(join(home, "templates/claim.yaml"), CLAIM);
      await writeFile(join(home, "templates/set.yaml"), SET);
    });
    after(() => rm(home, { recursive: true, force: true }));

    const helm = async (...args: readonly string[]): Promise<string> => {
      const kubeconfig = await on.cluster.kubeconfig("ann", ["staging"]);
      const where = ["--namespace", on.namespace, "--kube-context", "staging"];
      const { code, stderr } = await runProgram(await toolPath(tool), [...args, ...where], {
        HOME: home,
        KUBECONFIG: kubeconfig,
      });
      return code === 0 ? "done" : stderr;
    };
    // Not every cluster here has somebody who binds claims, which helm waits for.
    const upgrade = (tag: string): Promise<string> =>
      helm(
        ...["upgrade", "--install", "app", home, "--set", `tag=${tag}`],
        ...(on.cluster.kind === "sandbox" ? ["--wait", "--timeout", "20s"] : []),
      );
    const image = async (): Promise<unknown> => {
      const { body } = await on.as("ann").get(`/api/v1/namespaces/${on.namespace}/pods/db-0`);
      const ready = at(body, "status", "containerStatuses", 0, "ready");
      return [at(body, "spec", "containers", 0, "image"), ready];
    };
    const claims = async (): Promise<unknown> => {
      const { body } = await on.as("ann").get(`/api/v1/namespaces/${on.namespace}/persistentvolumeclaims`);
      return listAt(body, "items").map((claim) => [
        textAt(claim, "metadata", "name"),
        at(claim, "spec", "resources", "requests", "storage"),
      ]);
    };

    test("and upgrades what uses them; those of a StatefulSet outlive it", async () => {
      assert.equal(await upgrade("a1"), "done");
      await eventually(image, ["db:a1", true]);
      assert.equal(await upgrade("b2"), "done");
      await eventually(image, ["db:b2", true]);
      assert.deepEqual(await claims(), [
        ["data-db-0", "512Mi"],
        ["uploads", "1Gi"],
      ]);
      assert.equal(await helm("uninstall", "app"), "done");
      await eventually(claims, [["data-db-0", "512Mi"]]);
    });
  });
}
