import { KubernetesClient } from "./adapters/kubernetes/client.ts";
import { Connections } from "./adapters/kubernetes/connection.ts";
import { ReviewedIdentity } from "./adapters/kubernetes/identity.ts";
import { KubeconfigSource } from "./adapters/kubernetes/kubeconfig.ts";
import { LeaseLockStore, LeaseOperationStore } from "./adapters/kubernetes/leases.ts";
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
  WorkloadReader,
} from "./app/ports.ts";

export interface ClusterOptions {
  /** The setting `devdeploy.kubeconfig`; without it KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
}

/** Everything that needs the Kubernetes API. */
export interface Cluster {
  readonly locks: LockStore;
  readonly operations: OperationStore;
  readonly watches: ClusterWatches;
  readonly identity: ClusterIdentity;
  readonly workloads: WorkloadReader;
  readonly releases: ReleaseStore;
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
    locks: new LeaseLockStore(client),
    operations: new LeaseOperationStore(client, clock),
    watches,
    identity: new ReviewedIdentity(client),
    workloads: new ApiWorkloadReader(client),
    releases: new SecretReleaseStore(client),
    dispose: () => {
      watches.dispose();
      client.dispose();
    },
  };
}
