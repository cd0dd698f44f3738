import { KubernetesClient } from "./adapters/kubernetes/client.ts";
import { Connections } from "./adapters/kubernetes/connection.ts";
import { ApiDocumentReader } from "./adapters/kubernetes/documents.ts";
import { ApiEvidenceReader } from "./adapters/kubernetes/evidence.ts";
import { LeaseHoldStore } from "./adapters/kubernetes/holds.ts";
import { ReviewedIdentity } from "./adapters/kubernetes/identity.ts";
import type { KubernetesApi } from "./adapters/kubernetes/api.ts";
import { KubeconfigSource } from "./adapters/kubernetes/kubeconfig.ts";
import { ApiLiveObjects } from "./adapters/kubernetes/liveObjects.ts";
import { pinned } from "./adapters/kubernetes/pinnedApi.ts";
import { ApiRolloutStore } from "./adapters/kubernetes/rollouts.ts";
import { LeaseLockStore, LeaseOperationStore, LeaseWaitingStore } from "./adapters/kubernetes/leases.ts";
import { SharedWatches } from "./adapters/kubernetes/watches.ts";
import { ApiWorkloadReader } from "./adapters/kubernetes/workloads.ts";
import { manifestYaml } from "./adapters/helm/manifestYaml.ts";
import { RecordCache } from "./adapters/helm/recordCache.ts";
import { RecordDecoder } from "./adapters/helm/recordDecoder.ts";
import { ApiReleaseStore, type RecordReading } from "./adapters/helm/releaseStore.ts";
import { DockerRegistry, type RegistrySurroundings } from "./adapters/registry/dockerRegistry.ts";
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
import type { EvidenceReader } from "./app/diagnosePorts.ts";
import type {
  HoldStore,
  ImageRegistry,
  LiveObjects,
  Manifests,
  ReleaseHistoryStore,
} from "./app/rollbackPorts.ts";
import type { DocumentReader, RolloutStore, WorkloadWatches } from "./app/rolloutPorts.ts";

/** Beside this bundle. From the source there is none, and records are decoded in this thread. */
const DECODER = new URL("./decoder.cjs", import.meta.url);

export interface ClusterOptions {
  /** The setting `devdeploy.kubeconfig`; without it KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
  /** The program of the thread that decodes records; by default the one that was built with this. */
  readonly decoder?: URL;
}

/** What one reads and writes in clusters. */
export interface ClusterStores {
  readonly locks: LockStore;
  readonly waiting: WaitingStore;
  readonly operations: OperationStore;
  readonly holds: HoldStore;
  readonly identity: ClusterIdentity;
  readonly workloads: WorkloadReader;
  readonly evidence: EvidenceReader;
  readonly live: LiveObjects;
  readonly releases: ReleaseStore;
  readonly history: ReleaseHistoryStore;
  readonly rollouts: RolloutStore;
  readonly documents: DocumentReader;
}

/** Everything that needs the Kubernetes API, and what is needed beside it and only then. */
export interface Cluster extends ClusterStores {
  readonly manifests: Manifests;
  registry(surroundings: RegistrySurroundings): ImageRegistry;
  readonly watches: ClusterWatches & WorkloadWatches;
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
  const { decoder: script = DECODER } = options;
  const records = { decoder: new RecordDecoder({ script, clock, log }), cache: new RecordCache() };
  return {
    ...storesOf(client, clock, records),
    manifests: manifestYaml,
    registry: (surroundings) => new DockerRegistry(surroundings),
    watches,
    pinned: () => storesOf(pinned(client), clock, records),
    dispose: () => {
      watches.dispose();
      records.decoder.dispose();
      client.dispose();
    },
  };
}

function storesOf(api: KubernetesApi, clock: Clock, records: RecordReading): ClusterStores {
  const releases = new ApiReleaseStore(api, records);
  return {
    locks: new LeaseLockStore(api),
    waiting: new LeaseWaitingStore(api),
    operations: new LeaseOperationStore(api, clock),
    holds: new LeaseHoldStore(api),
    identity: new ReviewedIdentity(api),
    workloads: new ApiWorkloadReader(api),
    evidence: new ApiEvidenceReader(api),
    live: new ApiLiveObjects(api),
    releases,
    history: releases,
    rollouts: new ApiRolloutStore(api),
    documents: new ApiDocumentReader(api),
  };
}
