import { after, before } from "node:test";
import { ApiClient } from "./apiClient.ts";
import { startTestCluster, type TestCluster } from "./cluster.ts";

/** The cluster of a suite, there once its tests run. */
export interface ClusterOfSuite {
  readonly cluster: TestCluster;
  /** A namespace that nobody else uses. */
  readonly namespace: string;
  /** The client of a person; the same one each time. */
  as(person: string): ApiClient;
}

/** To be called inside `describe`: starts the cluster before the suite's tests and stops it after them. */
export function useCluster(prefix: string): ClusterOfSuite {
  let running: { readonly cluster: TestCluster; readonly namespace: string } | undefined;
  const clients = new Map<string, ApiClient>();
  const started = (): { readonly cluster: TestCluster; readonly namespace: string } => {
    if (running === undefined) throw new Error("the cluster is there only while tests run");
    return running;
  };
  before(async () => {
    const cluster = await startTestCluster();
    running = { cluster, namespace: await cluster.namespace(prefix) };
    for (const person of ["admin", "ann", "ben", "eve"]) {
      clients.set(person, new ApiClient(await cluster.access(person)));
    }
  });
  after(async () => {
    for (const client of clients.values()) client.close();
    await running?.cluster.stop();
  });
  return {
    get cluster() {
      return started().cluster;
    },
    get namespace() {
      return started().namespace;
    },
    as: (person) => {
      const client = clients.get(person);
      if (client === undefined) throw new Error(`no client for ${person}`);
      return client;
    },
  };
}
