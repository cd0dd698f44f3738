import type { Access } from "./apiClient.ts";
import { startContextCluster } from "./contextCluster.ts";
import { startControlPlaneCluster } from "./controlPlaneCluster.ts";
import { startSandboxCluster } from "./sandboxCluster.ts";

/**
 * A cluster that the contract tests run on, whichever it is. `admin` may do everything; `ann` and `ben` everything
 * in the namespace `devdeploy` and in those of `namespace()`; `eve` is known and may do nothing.
 * On a cluster that a person named (`context`) all of them are the person of the kubeconfig.
 */
export interface TestCluster {
  readonly kind: "sandbox" | "controlplane" | "context";
  readonly server: string;
  /** PEM; empty where the system's certificates are to be used. */
  readonly ca: string;
  /** Throws on `context`, whose person may have no token. */
  token(person: string): string;
  /** How `ApiClient` comes in as this person. */
  access(person: string): Promise<Access>;
  /** Writes a kubeconfig with one context per name, the first being current, and returns its path. */
  kubeconfig(person: string, contexts: readonly string[]): Promise<string>;
  /** Makes a fresh namespace whose name begins with the prefix. */
  namespace(prefix: string): Promise<string>;
  /** Ends or leaves the cluster and takes away what was made for this test. */
  stop(): Promise<void>;
}

/**
 * The cluster named by `DEVDEPLOY_CONTRACT_TARGET`: `sandbox` (the default), `controlplane` (the one that
 * `DEVDEPLOY_CONTROLPLANE_JSON` describes, else one of its own), or `context` (the one that `DEVDEPLOY_TEST_CONTEXT`
 * names in the person's own kubeconfig).
 */
export function startTestCluster(): Promise<TestCluster> {
  const target = process.env["DEVDEPLOY_CONTRACT_TARGET"] ?? "sandbox";
  switch (target) {
    case "sandbox":
      return startSandboxCluster();
    case "controlplane":
      return startControlPlaneCluster();
    case "context":
      return startContextCluster();
    default:
      throw new Error(`DEVDEPLOY_CONTRACT_TARGET is ${target}, and may be sandbox, controlplane or context`);
  }
}
