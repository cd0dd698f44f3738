import type { JsonObject } from "../json.ts";
import { at, isObject, objectOf, objectsOf, textOf } from "../json.ts";
import { type Kind, KINDS, PERSISTENT_VOLUME_CLAIM, POD, RESOURCE_QUOTA, resourceName } from "../kinds.ts";
import { nameOf } from "../object.ts";
import { forbidden, type Refusal } from "../refusal.ts";
import type { Store } from "../store.ts";
import { ONE, type Quantity, quantityText, readQuantity, sumOf } from "./quantity.ts";

/** Something that a quota can limit here; a quota of anything else is not kept to. */
interface Limitable {
  readonly kind: Kind;
  /** How much one object takes. */
  readonly takes: (object: JsonObject) => Quantity;
  /** Whether pods that are done take nothing of it. */
  readonly isOfLiving: boolean;
}

const counted = (kind: Kind): Limitable => ({ kind, takes: () => ONE, isOfLiving: false });

/** Kinds that a quota may also name without `count/` before it. */
const PLAIN = ["configmaps", "persistentvolumeclaims", "resourcequotas", "secrets", "services"];

const LIMITABLE: Readonly<Record<string, Limitable>> = {
  ...Object.fromEntries(
    KINDS.filter(({ isNamespaced }) => isNamespaced).flatMap((kind) => {
      const name = resourceName(kind);
      const names = PLAIN.includes(name) ? [name, `count/${name}`] : [`count/${name}`];
      return names.map((one): [string, Limitable] => [one, counted(kind)]);
    }),
  ),
  pods: { ...counted(POD), isOfLiving: true },
  ...resource("cpu"),
  ...resource("memory"),
  "requests.storage": {
    ...counted(PERSISTENT_VOLUME_CLAIM),
    takes: (claim) => readQuantity(at(claim, "spec", "resources", "requests", "storage")),
  },
};

function resource(name: "cpu" | "memory"): Record<string, Limitable> {
  const taken = (what: "limits" | "requests"): Limitable => ({
    kind: POD,
    takes: (pod) => resourceOf(pod, what, name),
    isOfLiving: true,
  });
  return {
    [name]: taken("requests"),
    [`requests.${name}`]: taken("requests"),
    [`limits.${name}`]: taken("limits"),
  };
}

/** Init containers run one after the other, before the others: the one that takes most may outweigh all these. */
function resourceOf(pod: JsonObject, what: string, name: string): Quantity {
  const amounts = (list: string): Quantity[] =>
    objectsOf(at(pod, "spec", list)).map((container) => readQuantity(at(container, "resources", what, name)));
  return amounts("initContainers").reduce(
    (most, one) => (one.millis > most.millis ? one : most),
    sumOf(amounts("containers")),
  );
}

const isDone = (pod: JsonObject): boolean =>
  ["Failed", "Succeeded"].includes(textOf(at(pod, "status", "phase")));

function usedOf(store: Store, namespace: string, { kind, takes, isOfLiving }: Limitable): Quantity {
  const objects = store.list(kind, namespace).filter((object) => !isOfLiving || !isDone(object));
  return sumOf(objects.map(takes));
}

/** Why a namespace's quota has no room for one more object of a kind; undefined where it has. */
export function quotaRefusal(
  store: Store,
  kind: Kind,
  namespace: string,
  object: JsonObject,
): Refusal | undefined {
  if (!kind.isNamespaced) return undefined;
  for (const quota of store.list(RESOURCE_QUOTA, namespace)) {
    const limits = limitsOf(quota).filter(([, limitable]) => limitable.kind === kind);
    const why = unspecified(quota, limits, object) ?? excess(store, quota, limits, object);
    if (why !== undefined) return forbidden(kind, nameOf(object), why);
  }
  return undefined;
}

type Limits = readonly (readonly [string, Limitable])[];

const limitsOf = (quota: JsonObject): Limits =>
  Object.keys(objectOf(at(quota, "spec", "hard")))
    .sort()
    .flatMap((name) => {
      const limitable = LIMITABLE[name];
      return limitable === undefined ? [] : [[name, limitable] as const];
    });

/** Where a resource is limited, each container has to say how much of it it takes. */
function unspecified(quota: JsonObject, limits: Limits, object: JsonObject): string | undefined {
  const parts = limits.flatMap(([name]) => {
    const found = /^(?:(?<kind>requests|limits)\.)?(?<what>cpu|memory)$/u.exec(name)?.groups;
    if (found === undefined) return [];
    const containers = ["initContainers", "containers"].flatMap((list) =>
      objectsOf(at(object, "spec", list)),
    );
    const silent = containers.filter(
      (container) =>
        at(container, "resources", found["kind"] ?? "requests", found["what"] ?? "") === undefined,
    );
    const names = silent.map((container) => textOf(container["name"])).sort();
    return names.length === 0 ? [] : [`${name} for: ${names.join(",")}`];
  });
  return parts.length === 0 ? undefined : `failed quota: ${nameOf(quota)}: must specify ${parts.join("; ")}`;
}

function excess(store: Store, quota: JsonObject, limits: Limits, object: JsonObject): string | undefined {
  const namespace = textOf(at(quota, "metadata", "namespace"));
  const amounts = limits.map(([name, limitable]) => ({
    name,
    requested: limitable.takes(object),
    used: usedOf(store, namespace, limitable),
    limited: readQuantity(at(quota, "spec", "hard", name)),
  }));
  const over = amounts.filter(
    ({ requested, used, limited }) =>
      requested.millis > 0n && used.millis + requested.millis > limited.millis,
  );
  if (over.length === 0) return undefined;
  const list = (field: "limited" | "requested" | "used"): string =>
    `${field}: ${over.map((one) => `${one.name}=${quantityText(one[field])}`).join(",")}`;
  return `exceeded quota: ${nameOf(quota)}, ${list("requested")}, ${list("used")}, ${list("limited")}`;
}

/** What a quota says of itself: what it limits, and how much of it is used. */
export function quotaStatus(store: Store, quota: JsonObject, namespace: string): JsonObject {
  const hard = at(quota, "spec", "hard");
  const used = limitsOf(quota).map(
    ([name, limitable]) => [name, quantityText(usedOf(store, namespace, limitable))] as const,
  );
  return isObject(hard) ? { hard, used: Object.fromEntries(used) } : {};
}
