import type { Json, JsonObject } from "../json.ts";
import { isObject } from "../json.ts";

/** How the items of a list are told apart when two lists are merged. */
export type ListKind =
  | { readonly kind: "atomic" }
  | { readonly kind: "set" }
  | { readonly kind: "map"; readonly keys: readonly string[] };

const ATOMIC: ListKind = { kind: "atomic" };
const SET: ListKind = { kind: "set" };
const by = (...keys: string[]): ListKind => ({ kind: "map", keys });

/**
 * The lists of the served kinds that merge item by item (`x-kubernetes-list-type` in the API's own schema), by
 * the name of their field. Only `ports` means two things: those of a container and those of a Service.
 */
const LISTS: Readonly<Record<string, ListKind>> = {
  claims: by("name"),
  conditions: by("type"),
  containers: by("name"),
  env: by("name"),
  ephemeralContainers: by("name"),
  finalizers: SET,
  hostAliases: by("ip"),
  hostIPs: by("ip"),
  imagePullSecrets: by("name"),
  initContainers: by("name"),
  ownerReferences: by("uid"),
  podIPs: by("ip"),
  resourceClaims: by("name"),
  schedulingGates: by("name"),
  secrets: by("name"),
  topologySpreadConstraints: by("topologyKey", "whenUnsatisfiable"),
  volumeDevices: by("devicePath"),
  volumeMounts: by("mountPath"),
  volumes: by("name"),
};

/** Objects that are replaced as one, never merged, by server-side apply. */
const ATOMIC_OBJECTS = new Set([
  "configMapKeyRef",
  "fieldRef",
  "involvedObject",
  "labelSelector",
  "namespaceSelector",
  "nodeSelector",
  "ownerReference",
  "requiredDuringSchedulingIgnoredDuringExecution",
  "resourceFieldRef",
  "secretKeyRef",
  "selector",
  "targetRef",
]);

/** How the list under this field merges. */
export function listKind(field: string, list: readonly Json[]): ListKind {
  if (field === "ports") {
    const isOfContainer = list.some((item) => isObject(item) && item["containerPort"] !== undefined);
    return isOfContainer ? by("containerPort", "protocol") : by("port", "protocol");
  }
  // Names are also keys of free maps: a list that holds no objects cannot be told apart by their keys.
  const found = LISTS[field] ?? ATOMIC;
  return found.kind === "map" && !list.every(isObject) ? ATOMIC : found;
}

/** Whether an object under this field is one; the `data` of a ControllerRevision is, that of a Secret holds texts. */
export const isAtomicObject = (field: string, value: JsonObject): boolean =>
  ATOMIC_OBJECTS.has(field) || (field === "data" && Object.values(value).some(isObject));

/** The key by which strategic merge patch finds items: only the first of several. */
export function mergeKey(field: string, lists: readonly (readonly Json[])[]): string | undefined {
  const found = listKind(field, lists.flat());
  return found.kind === "map" ? found.keys[0] : undefined;
}

/** The values that identify an item, with the default that the API fills in. */
export const keysOfItem = (item: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(keys.map((key) => [key, item[key] ?? (key === "protocol" ? "TCP" : null)]));
