import type { JsonObject } from "../json.ts";
import { at, isObject, objectOf, objectsOf } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { canonicalQuantity, quantityProblem } from "./quantity.ts";

/** Where the pods of each kind are described. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  ...Object.fromEntries(
    ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"].map((kind) => [
      kind,
      ["spec", "template", "spec"],
    ]),
  ),
};

/** Where else amounts stand, by kind: objects in which each value is one. */
const LISTS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ResourceQuota: [
    ["spec", "hard"],
    ["status", "hard"],
    ["status", "used"],
  ],
  Node: [
    ["status", "allocatable"],
    ["status", "capacity"],
  ],
  PersistentVolumeClaim: [["status", "capacity"]],
};

const RESOURCES = [
  ["resources", "requests"],
  ["resources", "limits"],
] as const;

/** Writes every amount of an object as the server answers it. In place. */
export function canonicalAmounts(kind: Kind, object: JsonObject): void {
  for (const amounts of amountsIn(kind, object)) {
    for (const [name, amount] of Object.entries(amounts)) amounts[name] = canonicalQuantity(amount);
  }
}

/** What is wrong with the first amount that is none; undefined where all are. */
export function amountProblem(kind: Kind, object: JsonObject): string | undefined {
  return amountsIn(kind, object)
    .flatMap((amounts) => Object.values(amounts))
    .map(quantityProblem)
    .find((problem) => problem !== undefined);
}

function claimsIn(kind: Kind, object: JsonObject): JsonObject[] {
  if (kind.kind === "PersistentVolumeClaim") return [object];
  return kind.kind === "StatefulSet" ? objectsOf(at(object, "spec", "volumeClaimTemplates")) : [];
}

function amountsIn(kind: Kind, object: JsonObject): JsonObject[] {
  const path = POD_SPECS[kind.kind];
  const pods = path === undefined ? undefined : at(object, ...path);
  const holders = [
    ...["containers", "initContainers"].flatMap((list) => objectsOf(at(pods, list))),
    ...claimsIn(kind, object).map((claim) => objectOf(claim["spec"])),
  ];
  return [
    ...holders.flatMap((holder) => RESOURCES.map((list) => at(holder, ...list))),
    ...(LISTS[kind.kind] ?? []).map((list) => at(object, ...list)),
  ].filter(isObject);
}
