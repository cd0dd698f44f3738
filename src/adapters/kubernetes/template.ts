import type { Json } from "../../domain/release.ts";
import { isObject, valueAt } from "./json.ts";

/** The pods' template of a workload or of a ReplicaSet. What is null in it says nothing. */
export const podTemplateOf = (object: unknown): Json => jsonOf(valueAt(object, "spec", "template") ?? {});

/** JSON as it was parsed, without members that are null: old API servers write `creationTimestamp: null`. */
function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (isObject(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== null);
    return Object.fromEntries(members.map(([key, member]) => [key, jsonOf(member)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
