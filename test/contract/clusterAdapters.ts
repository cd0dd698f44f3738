import { after, before } from "node:test";
import { KubernetesClient } from "../../src/adapters/kubernetes/client.ts";
import { Connections } from "../../src/adapters/kubernetes/connection.ts";
import { KubeconfigSource } from "../../src/adapters/kubernetes/kubeconfig.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import { useCluster, type ClusterOfSuite } from "./useCluster.ts";

/** The suite's cluster, and our own client for it; a context's name is a person's. */
export interface ClientOfSuite {
  readonly on: ClusterOfSuite;
  client(person: string): KubernetesClient;
  /** A fresh name in the suite's namespace, as a person sees it. */
  ref(person: string): ObjectRef;
  /** A fresh Lease with an empty spec, as an administrator makes it. */
  emptyLease(person: string, name?: string): Promise<ObjectRef>;
  leasePath(ref: ObjectRef): string;
}

/** To be called inside `describe`. */
export function useClient(prefix: string): ClientOfSuite {
  const on = useCluster(prefix);
  const clients = new Map<string, KubernetesClient>();
  let names = 0;
  before(async () => {
    for (const person of ["ann", "ben", "eve"]) {
      const path = await on.cluster.kubeconfig(person, [person]);
      const source = new KubeconfigSource({ path, env: process.env, clock: systemClock });
      clients.set(person, new KubernetesClient(new Connections(source), systemClock));
    }
  });
  after(() => {
    for (const client of clients.values()) client.dispose();
  });
  const ref = (context: string): ObjectRef => {
    names += 1;
    return { context, namespace: on.namespace, name: `machine-${names}` };
  };
  const folder = (): string => `/apis/coordination.k8s.io/v1/namespaces/${on.namespace}/leases`;
  return {
    on,
    client: (person) => {
      const client = clients.get(person);
      if (client === undefined) throw new Error(`no client for ${person}`);
      return client;
    },
    ref,
    emptyLease: async (person, name) => {
      const fresh = ref(person);
      const lease = { ...fresh, name: name ?? fresh.name };
      const { status } = await on.as("admin").post(folder(), {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: lease.name },
        spec: {},
      });
      if (status !== 201) throw new Error(`no Lease was made: ${status}`);
      return lease;
    },
    leasePath: ({ name }) => `${folder()}/${name}`,
  };
}
