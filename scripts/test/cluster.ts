import { basename } from "node:path";
import { shareControlPlane } from "../controlplane/share.ts";

/** Where the contract suite runs, or why it cannot. */
export type ClusterTarget =
  | {
      readonly kind: "control-plane" | "context";
      readonly env: Readonly<Record<string, string>>;
      readonly includes: (file: string) => boolean;
      /** To be called when no test uses it any more. */
      readonly end: () => Promise<void>;
    }
  | { readonly kind: "none"; readonly why: string };

/** On a cluster that a person named, only what stays inside a namespace of its own may run. */
const HARMLESS_ELSEWHERE = /^(?:leases|lockStore|operationStore|releaseStore)[^/]*\.contract\.test\.ts$/u;

/** The cluster that the person named for tests, else a control plane of our own, running, where it can be built. */
export async function clusterTarget(): Promise<ClusterTarget> {
  const context = process.env["DEVDEPLOY_TEST_CONTEXT"];
  if (context !== undefined && context !== "") {
    return {
      kind: "context",
      env: { DEVDEPLOY_CONTRACT_TARGET: "context" },
      includes: (file) => HARMLESS_ELSEWHERE.test(basename(file)),
      end: () => Promise.resolve(),
    };
  }
  const plane = await shareControlPlane();
  if (plane !== undefined) {
    return { kind: "control-plane", env: plane.env, includes: () => true, end: plane.stop };
  }
  return {
    kind: "none",
    why: "no Go 1.25 or newer to build the control plane with. Install it (https://go.dev), or name a cluster for tests in DEVDEPLOY_TEST_CONTEXT.",
  };
}
