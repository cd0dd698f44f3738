import { basename } from "node:path";
import { controlPlanePath } from "../controlplane/build.ts";

/** Where the contract suite runs, or why it cannot. */
export type ClusterTarget =
  | {
      readonly kind: "control-plane" | "context";
      readonly env: Readonly<Record<string, string>>;
      readonly includes: (file: string) => boolean;
    }
  | { readonly kind: "none"; readonly why: string };

/** On a cluster that a person named, only what stays inside a namespace of its own may run. */
const HARMLESS_ELSEWHERE = /^(?:lockStore|releaseStore)[^/]*\.contract\.test\.ts$/u;

/** The cluster that the person named for tests, else a control plane of our own where it can be built. */
export async function clusterTarget(): Promise<ClusterTarget> {
  const context = process.env["DEVDEPLOY_TEST_CONTEXT"];
  if (context !== undefined && context !== "") {
    return {
      kind: "context",
      env: { DEVDEPLOY_CONTRACT_TARGET: "context" },
      includes: (file) => HARMLESS_ELSEWHERE.test(basename(file)),
    };
  }
  if ((await controlPlanePath()) !== undefined) {
    return {
      kind: "control-plane",
      env: { DEVDEPLOY_CONTRACT_TARGET: "controlplane" },
      includes: () => true,
    };
  }
  return {
    kind: "none",
    why: "no Go 1.25 or newer to build the control plane with. Install it (https://go.dev), or name a cluster for tests in DEVDEPLOY_TEST_CONTEXT.",
  };
}
