/** A kind of object that the sandbox serves, and the rules of its writes that differ between kinds. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly isNamespaced: boolean;
  readonly isInAll: boolean;
  readonly subresources: readonly ("log" | "scale" | "status")[];
  /** Whether a PUT may leave out the resourceVersion, and then always wins. */
  readonly mayUpdateBlindly: boolean;
  /** Whether a PUT to a name that does not exist creates the object. */
  readonly mayCreateByUpdate: boolean;
  /** Whether metadata.generation counts the changes of the spec. */
  readonly hasGeneration: boolean;
}

const NAMESPACED: Omit<Kind, "kind" | "plural" | "singular"> = {
  group: "",
  version: "v1",
  shortNames: [],
  isNamespaced: true,
  isInAll: false,
  subresources: [],
  mayUpdateBlindly: true,
  mayCreateByUpdate: false,
  hasGeneration: false,
};

const APPS = {
  ...NAMESPACED,
  group: "apps",
  isInAll: true,
  hasGeneration: true,
  subresources: ["scale", "status"],
} as const;

export const CONFIG_MAP: Kind = {
  ...NAMESPACED,
  kind: "ConfigMap",
  plural: "configmaps",
  singular: "configmap",
  shortNames: ["cm"],
};

export const EVENT: Kind = {
  ...NAMESPACED,
  kind: "Event",
  plural: "events",
  singular: "event",
  shortNames: ["ev"],
  mayCreateByUpdate: true,
};

export const NAMESPACE: Kind = {
  ...NAMESPACED,
  kind: "Namespace",
  plural: "namespaces",
  singular: "namespace",
  shortNames: ["ns"],
  isNamespaced: false,
  subresources: ["status"],
};

/** There is one, which is told of; that pods run on it needs nobody to read it. */
export const NODE: Kind = {
  ...NAMESPACED,
  kind: "Node",
  plural: "nodes",
  singular: "node",
  shortNames: ["no"],
  isNamespaced: false,
  subresources: ["status"],
};

export const PERSISTENT_VOLUME_CLAIM: Kind = {
  ...NAMESPACED,
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  singular: "persistentvolumeclaim",
  shortNames: ["pvc"],
  subresources: ["status"],
};

export const POD: Kind = {
  ...NAMESPACED,
  kind: "Pod",
  plural: "pods",
  singular: "pod",
  shortNames: ["po"],
  isInAll: true,
  hasGeneration: true,
  subresources: ["log", "status"],
};

/** Only its limits of how many objects there are, and of what containers ask for, are kept to. */
export const RESOURCE_QUOTA: Kind = {
  ...NAMESPACED,
  kind: "ResourceQuota",
  plural: "resourcequotas",
  singular: "resourcequota",
  shortNames: ["quota"],
  subresources: ["status"],
};

export const SECRET: Kind = { ...NAMESPACED, kind: "Secret", plural: "secrets", singular: "secret" };

export const SERVICE_ACCOUNT: Kind = {
  ...NAMESPACED,
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  singular: "serviceaccount",
  shortNames: ["sa"],
};

export const SERVICE: Kind = {
  ...NAMESPACED,
  kind: "Service",
  plural: "services",
  singular: "service",
  shortNames: ["svc"],
  isInAll: true,
  subresources: ["status"],
  mayCreateByUpdate: true,
};

export const DEPLOYMENT: Kind = {
  ...APPS,
  kind: "Deployment",
  plural: "deployments",
  singular: "deployment",
  shortNames: ["deploy"],
};

export const REPLICA_SET: Kind = {
  ...APPS,
  kind: "ReplicaSet",
  plural: "replicasets",
  singular: "replicaset",
  shortNames: ["rs"],
};

export const STATEFUL_SET: Kind = {
  ...APPS,
  kind: "StatefulSet",
  plural: "statefulsets",
  singular: "statefulset",
  shortNames: ["sts"],
};

export const DAEMON_SET: Kind = {
  ...APPS,
  kind: "DaemonSet",
  plural: "daemonsets",
  singular: "daemonset",
  shortNames: ["ds"],
  subresources: ["status"],
};

/** The history of StatefulSets and DaemonSets: templates that were, as patches that bring them back. */
export const CONTROLLER_REVISION: Kind = {
  ...NAMESPACED,
  group: "apps",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
  singular: "controllerrevision",
};

/** Charts run their hooks as Jobs. */
export const JOB: Kind = {
  ...NAMESPACED,
  group: "batch",
  kind: "Job",
  plural: "jobs",
  singular: "job",
  isInAll: true,
  hasGeneration: true,
  subresources: ["status"],
};

export const LEASE: Kind = {
  ...NAMESPACED,
  group: "coordination.k8s.io",
  kind: "Lease",
  plural: "leases",
  singular: "lease",
  mayUpdateBlindly: false,
  mayCreateByUpdate: true,
};

/** Charts often bring one; it is kept, and nothing follows from it. */
export const INGRESS: Kind = {
  ...NAMESPACED,
  group: "networking.k8s.io",
  kind: "Ingress",
  plural: "ingresses",
  singular: "ingress",
  shortNames: ["ing"],
  subresources: ["status"],
  hasGeneration: true,
};

/** Every kind that is served, in the order in which discovery names the groups. */
export const KINDS: readonly Kind[] = [
  CONFIG_MAP,
  EVENT,
  NAMESPACE,
  NODE,
  PERSISTENT_VOLUME_CLAIM,
  POD,
  RESOURCE_QUOTA,
  SECRET,
  SERVICE_ACCOUNT,
  SERVICE,
  CONTROLLER_REVISION,
  DAEMON_SET,
  DEPLOYMENT,
  REPLICA_SET,
  STATEFUL_SET,
  JOB,
  INGRESS,
  LEASE,
];

/** `deployments.apps`, the way the server names a resource in its messages. */
export const resourceName = (kind: Kind): string =>
  kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;

/** `apps/v1`, or `v1` for the core group. */
export const groupVersion = (kind: Pick<Kind, "group" | "version">): string =>
  kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;

export const findKind = (group: string, version: string, plural: string): Kind | undefined =>
  KINDS.find((kind) => kind.group === group && kind.version === version && kind.plural === plural);

/** The kind that an object says it is. */
export const kindOfObject = (apiVersion: string, name: string): Kind | undefined =>
  KINDS.find((kind) => kind.kind === name && groupVersion(kind) === apiVersion);
