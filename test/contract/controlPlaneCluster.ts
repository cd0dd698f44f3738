import { readFile } from "node:fs/promises";
import { controlPlanePath } from "../../scripts/controlplane/build.ts";
import { admitDevelopers } from "../controlplane/rights.ts";
import { startControlPlane } from "../controlplane/start.ts";
import type { TestCluster } from "./cluster.ts";
import { parseServerAccess } from "./kubeconfig.ts";
import { tokenCluster } from "./tokenCluster.ts";

/** The control plane that another process runs for us, else one of our own that ends with `stop`. */
export async function startControlPlaneCluster(): Promise<TestCluster> {
  const shared = process.env["DEVDEPLOY_CONTROLPLANE_JSON"];
  if (shared !== undefined) {
    return tokenCluster({
      kind: "controlplane",
      at: parseServerAccess(await readFile(shared, "utf8")),
      admit: admitDevelopers,
      end: () => Promise.resolve(),
    });
  }
  const binary = await controlPlanePath();
  if (binary === undefined) throw new Error("there is no control plane: Go is absent or too old");
  const plane = await startControlPlane(binary);
  return tokenCluster({ kind: "controlplane", at: plane, admit: admitDevelopers, end: plane.stop });
}
