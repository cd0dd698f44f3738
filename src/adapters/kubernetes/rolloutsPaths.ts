import type { WorkloadKind } from "../../domain/rollouts.ts";

/** Where a kind of workload and its revisions are found: names of resources of `apps/v1`. */
export const RESOURCES = {
  Deployment: { workloads: "deployments", revisions: "replicasets" },
  StatefulSet: { workloads: "statefulsets", revisions: "controllerrevisions" },
  DaemonSet: { workloads: "daemonsets", revisions: "controllerrevisions" },
} as const satisfies Record<WorkloadKind, { readonly workloads: string; readonly revisions: string }>;

const inNamespace = (group: string, namespace: string, resource: string): string =>
  `${group}/namespaces/${encodeURIComponent(namespace)}/${resource}`;

export const appsPath = (namespace: string, resource: string): string =>
  inNamespace("/apis/apps/v1", namespace, resource);

export const podsPath = (namespace: string): string => inNamespace("/api/v1", namespace, "pods");
