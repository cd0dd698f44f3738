import type { Json, JsonObject } from "../json.ts";
import { at, childOf, isObject, objectOf, objectsOf, setDefault, textOf, textsOf } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { nameOf } from "../object.ts";
import { canonicalAmounts } from "./amounts.ts";
import { defaultClaim } from "./claims.ts";
import { defaultPod, defaultPodSpec } from "./podDefaults.ts";
import { WORKLOAD_DEFAULTS } from "./workloadDefaults.ts";

const DEFAULTS: Readonly<Record<string, (object: JsonObject) => void>> = {
  Namespace: defaultNamespace,
  Secret: defaultSecret,
  Service: defaultService,
  ...WORKLOAD_DEFAULTS,
  Pod: (pod) => {
    defaultPodSpec(childOf(pod, "spec"));
    defaultPod(pod);
  },
  Lease: defaultLease,
  PersistentVolumeClaim: defaultClaim,
};

/** Fills in what the API server fills in, so that clients read back what the real one would say. In place. */
export function applyDefaults(kind: Kind, object: JsonObject): void {
  dropNulls(object);
  dropEmpty(objectOf(object["metadata"]), ["labels", "annotations", "ownerReferences", "finalizers"]);
  dropEmpty(object, ["data", "binaryData"]);
  canonicalAmounts(kind, object);
  DEFAULTS[kind.kind]?.(object);
}

/** A null is the same as nothing to typed Go structs. */
function dropNulls(value: Json): void {
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(item);
  } else if (isObject(value)) {
    for (const [key, child] of Object.entries(value)) {
      if (child === null) Reflect.deleteProperty(value, key);
      else dropNulls(child);
    }
  }
}

/** Empty labels and the like are not kept. */
function dropEmpty(value: JsonObject, keys: readonly string[]): void {
  for (const key of keys) {
    const child = value[key];
    const isEmpty = Array.isArray(child)
      ? child.length === 0
      : isObject(child) && Object.keys(child).length === 0;
    if (isEmpty) Reflect.deleteProperty(value, key);
  }
}

function defaultNamespace(namespace: JsonObject): void {
  childOf(childOf(namespace, "metadata"), "labels")["kubernetes.io/metadata.name"] = nameOf(namespace);
  setDefault(childOf(namespace, "spec"), "finalizers", ["kubernetes"]);
  setDefault(childOf(namespace, "status"), "phase", "Active");
}

function defaultSecret(secret: JsonObject): void {
  const plain = textsOf(secret["stringData"]);
  for (const [key, value] of Object.entries(plain)) {
    childOf(secret, "data")[key] = Buffer.from(value).toString("base64");
  }
  Reflect.deleteProperty(secret, "stringData");
  setDefault(secret, "type", "Opaque");
}

/** Unknown fields are dropped; those of coordinated leader election too, which is switched off by default. */
const LEASE_FIELDS = new Set([
  "acquireTime",
  "holderIdentity",
  "leaseDurationSeconds",
  "leaseTransitions",
  "renewTime",
]);

/** Times are answered in UTC, whatever zone they were written in. */
function defaultLease(lease: JsonObject): void {
  const spec = childOf(lease, "spec");
  for (const field of Object.keys(spec)) if (!LEASE_FIELDS.has(field)) Reflect.deleteProperty(spec, field);
  for (const field of ["acquireTime", "renewTime"]) {
    const time = spec[field];
    if (typeof time === "string") spec[field] = inUtc(time);
  }
}

function inUtc(time: string): string {
  const [, fraction = "", zone] = /(\.\d+)(Z|[+-]\d\d:\d\d)$/u.exec(time) ?? [];
  return zone === "Z" ? time : new Date(time).toISOString().replace(/\.\d+Z$/u, `${fraction}Z`);
}

function defaultService(service: JsonObject): void {
  const spec = childOf(service, "spec");
  for (const port of objectsOf(spec["ports"])) {
    setDefault(port, "protocol", "TCP");
    setDefault(port, "targetPort", port["port"] ?? 0);
  }
  setDefault(spec, "sessionAffinity", "None");
  setDefault(spec, "type", "ClusterIP");
  if (spec["type"] !== "ExternalName") {
    setDefault(spec, "ipFamilies", ["IPv4"]);
    setDefault(spec, "ipFamilyPolicy", "SingleStack");
    setDefault(spec, "internalTrafficPolicy", "Cluster");
  }
  setDefault(childOf(service, "status"), "loadBalancer", {});
}

/** Gives a Service an address inside the cluster that none of the others has. */
export function giveClusterAddress(service: JsonObject, others: readonly JsonObject[]): void {
  const spec = objectOf(service["spec"]);
  if (spec["type"] === "ExternalName") return;
  const taken = new Set(others.map((other) => textOf(at(other, "spec", "clusterIP"))));
  let address = textOf(spec["clusterIP"]);
  for (let last = 1; address === ""; last += 1) {
    const candidate = `10.0.${Math.floor(last / 250)}.${(last % 250) + 1}`;
    if (!taken.has(candidate)) address = candidate;
  }
  spec["clusterIP"] = address;
  spec["clusterIPs"] = [address];
}
