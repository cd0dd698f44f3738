import { KubeConfig } from "@kubernetes/client-node";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient, type Access } from "./apiClient.ts";
import type { TestCluster } from "./cluster.ts";
import { createNamespace, freshName } from "./tokenCluster.ts";

/**
 * The cluster that `DEVDEPLOY_TEST_CONTEXT` names in the person's own kubeconfig. Only namespaces that were made
 * here are written to, and they are deleted in the end.
 */
export async function startContextCluster(): Promise<TestCluster> {
  const name = process.env["DEVDEPLOY_TEST_CONTEXT"];
  if (name === undefined || name === "") {
    throw new Error("name the cluster for tests in DEVDEPLOY_TEST_CONTEXT; no other is ever touched");
  }
  const config = new KubeConfig();
  config.loadFromDefault();
  if (config.getContextObject(name) === null) throw new Error(`the kubeconfig has no context ${name}`);
  config.setCurrentContext(name);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`the context ${name} has no cluster`);

  const folder = await mkdtemp(join(tmpdir(), "devdeploy-contract-"));
  const made: string[] = [];
  let files = 0;
  const access = async (): Promise<Access> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const { headers, ...rest } = options;
    // The library sets them as an object; the type allows more.
    const named = typeof headers === "object" && !Array.isArray(headers) ? Object.entries(headers) : [];
    return { server: cluster.server, options: rest, headers: Object.fromEntries(named) };
  };
  const api = new ApiClient(await access());
  return {
    kind: "context",
    server: cluster.server,
    ca: cluster.caData === undefined ? "" : Buffer.from(cluster.caData, "base64").toString("utf8"),
    token: () => {
      throw new Error("the person of a named context may have no token");
    },
    access,
    kubeconfig: async (_person, contexts) => {
      const path = join(folder, `${files++}.kubeconfig`);
      await writeFile(path, renamed(config, contexts), { mode: 0o600 });
      return path;
    },
    namespace: async (prefix) => {
      const namespace = freshName(prefix);
      await createNamespace(api, namespace);
      made.push(namespace);
      return namespace;
    },
    stop: async () => {
      for (const namespace of made) await api.delete(`/api/v1/namespaces/${namespace}`);
      api.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The person's cluster and user under the names that a test asks for. */
function renamed(config: KubeConfig, contexts: readonly string[]): string {
  const context = config.getContextObject(config.currentContext);
  const alone = new KubeConfig();
  alone.loadFromOptions({
    clusters: config.clusters.filter((cluster) => cluster.name === context?.cluster),
    users: config.users.filter((user) => user.name === context?.user),
    contexts: contexts.map((name) => ({ ...context, name })),
    currentContext: contexts[0] ?? "",
  });
  return alone.exportConfig();
}
