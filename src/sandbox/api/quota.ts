import type { JsonObject } from "../json.ts";
import { at, isObject, objectOf, objectsOf, textOf } from "../json.ts";
import { POD, RESOURCE_QUOTA } from "../kinds.ts";
import { nameOf } from "../object.ts";
import { forbidden, type Refusal } from "../refusal.ts";
import type { Store } from "../store.ts";
import { quantityText, readQuantity } from "./quantity.ts";

/** How much one pod takes of each thing that a quota can limit here; a quota of anything else is not kept to. */
const TAKES: Readonly<Record<string, (pod: JsonObject) => number>> = {
  pods: () => 1,
  "count/pods": () => 1,
  ...resource("cpu"),
  ...resource("memory"),
};

function resource(name: "cpu" | "memory"): Record<string, (pod: JsonObject) => number> {
  const requests = (pod: JsonObject): number => sumOf(pod, "requests", name);
  const limits = (pod: JsonObject): number => sumOf(pod, "limits", name);
  return { [name]: requests, [`requests.${name}`]: requests, [`limits.${name}`]: limits };
}

const sumOf = (pod: JsonObject, kind: string, name: string): number =>
  objectsOf(at(pod, "spec", "containers")).reduce(
    (sum, container) => sum + readQuantity(at(container, "resources", kind, name)),
    0,
  );

const isDone = (pod: JsonObject): boolean =>
  ["Failed", "Succeeded"].includes(textOf(at(pod, "status", "phase")));

/** Pods that are done take nothing, but for their place among the objects. */
const usedOf = (name: string, pods: readonly JsonObject[]): number =>
  pods
    .filter((pod) => name === "count/pods" || !isDone(pod))
    .reduce((sum, pod) => sum + (TAKES[name]?.(pod) ?? 0), 0);

const shown = (name: string, amount: number): string => quantityText(amount, name.endsWith("memory"));

/** Why a namespace's quota has no room for one more pod; undefined where it has. */
export function quotaRefusal(store: Store, namespace: string, pod: JsonObject): Refusal | undefined {
  const pods = store.list(POD, namespace);
  for (const quota of store.list(RESOURCE_QUOTA, namespace)) {
    const why = unspecified(quota, pod) ?? excess(quota, pod, pods);
    if (why !== undefined) return forbidden(POD, nameOf(pod), why);
  }
  return undefined;
}

const limitedBy = (quota: JsonObject): string[] =>
  Object.keys(objectOf(at(quota, "spec", "hard")))
    .filter((name) => TAKES[name] !== undefined)
    .sort();

/** Where a resource is limited, each container has to say how much of it it takes. */
function unspecified(quota: JsonObject, pod: JsonObject): string | undefined {
  const parts = limitedBy(quota).flatMap((name) => {
    if (name === "pods" || name === "count/pods") return [];
    const [kind = "", what = ""] = name.includes(".") ? name.split(".") : ["requests", name];
    const silent = objectsOf(at(pod, "spec", "containers")).filter(
      (container) => at(container, "resources", kind, what) === undefined,
    );
    const names = silent.map((container) => textOf(container["name"])).sort();
    return names.length === 0 ? [] : [`${name} for: ${names.join(",")}`];
  });
  return parts.length === 0 ? undefined : `failed quota: ${nameOf(quota)}: must specify ${parts.join("; ")}`;
}

function excess(quota: JsonObject, pod: JsonObject, pods: readonly JsonObject[]): string | undefined {
  const amounts = limitedBy(quota).map((name) => ({
    name,
    requested: TAKES[name]?.(pod) ?? 0,
    used: usedOf(name, pods),
    limited: readQuantity(at(quota, "spec", "hard", name)),
  }));
  const over = amounts.filter(({ requested, used, limited }) => requested > 0 && used + requested > limited);
  if (over.length === 0) return undefined;
  const list = (field: "limited" | "requested" | "used"): string =>
    `${field}: ${over.map((one) => `${one.name}=${shown(one.name, one[field])}`).join(",")}`;
  return `exceeded quota: ${nameOf(quota)}, ${list("requested")}, ${list("used")}, ${list("limited")}`;
}

/** What a quota says of itself: what it limits, and how much of it is used. */
export function quotaStatus(store: Store, quota: JsonObject, namespace: string): JsonObject {
  const hard = at(quota, "spec", "hard");
  const pods = store.list(POD, namespace);
  const used = limitedBy(quota).map((name) => [name, shown(name, usedOf(name, pods))] as const);
  return isObject(hard) ? { hard, used: Object.fromEntries(used) } : {};
}
