import { KubernetesClient } from "./adapters/kubernetes/client.ts";
import { Connections } from "./adapters/kubernetes/connection.ts";
import { ReviewedIdentity } from "./adapters/kubernetes/identity.ts";
import type { KubernetesApi } from "./adapters/kubernetes/api.ts";
import { KubeconfigSource } from "./adapters/kubernetes/kubeconfig.ts";
import { pinned } from "./adapters/kubernetes/pinnedApi.ts";
import { LeaseLockStore, LeaseOperationStore, LeaseWaitingStore } from "./adapters/kubernetes/leases.ts";
import { SharedWatches } from "./adapters/kubernetes/watches.ts";
import { ApiWorkloadReader } from "./adapters/kubernetes/workloads.ts";
import { SecretReleaseStore } from "./adapters/helm/releaseStore.ts";
import type {
  Clock,
  ClusterIdentity,
  ClusterWatches,
  LockStore,
  Log,
  OperationStore,
  ReleaseStore,
  WaitingStore,
  WorkloadReader,
} from "./app/ports.ts";

export interface ClusterOptions {
  /** The setting `devdeploy.kubeconfig`; without it KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
}

/** What one reads and writes in clusters. */
export interface ClusterStores {
  readonly locks: LockStore;
  readonly waiting: WaitingStore;
  readonly operations: OperationStore;
  readonly identity: ClusterIdentity;
  readonly workloads: WorkloadReader;
  readonly releases: ReleaseStore;
}

/** Everything that needs the Kubernetes API. */
export interface Cluster extends ClusterStores {
  readonly watches: ClusterWatches;
  /** For one operation: whoever edits the kubeconfig meanwhile does not lead it to another cluster. */
  pinned(): ClusterStores;
  /** Ends all watches and connections. */
  dispose(): void;
}

/** Puts the cluster's side together. Nothing is read and no connection is made before something is asked. */
export function openCluster(options: ClusterOptions): Cluster {
  const { kubeconfig, env, clock, log } = options;
  const source = new KubeconfigSource({
    env,
    clock,
    ...(kubeconfig === undefined ? {} : { path: kubeconfig }),
  });
  const client = new KubernetesClient(new Connections(source), clock);
  const watches = new SharedWatches({ client, clock, random: Math.random, log });
  return {
    ...storesOf(client, clock),
    watches,
    pinned: () => storesOf(pinned(client), clock),
    dispose: () => {
      watches.dispose();
      client.dispose();
    },
  };
}

const storesOf = (api: KubernetesApi, clock: Clock): ClusterStores => ({
  locks: new LeaseLockStore(api),
  waiting: new LeaseWaitingStore(api),
  operations: new LeaseOperationStore(api, clock),
  identity: new ReviewedIdentity(api),
  workloads: new ApiWorkloadReader(api),
  releases: new SecretReleaseStore(api),
});
