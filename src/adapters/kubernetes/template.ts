import type { Json } from "../../domain/release.ts";
import { isObject, valueAt } from "./json.ts";

/** The pods' template of a workload or of a ReplicaSet. What is null in it says nothing. */
export const podTemplateOf = (object: unknown): Json => jsonOf(valueAt(object, "spec", "template") ?? {});

/** JSON as it was parsed. What is null says nothing: old API servers write `creationTimestamp: null`. */
export function jsonOf(value: unknown): Json {
  // Nearly all are like this, and a hundred templates are quickly read where none has to be copied.
  if (isWithoutNull(value)) return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  if (!isObject(value)) return null;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, jsonOf(member)]));
}

function isWithoutNull(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every(isWithoutNull);
  if (isObject(value)) return Object.keys(value).every((key) => isWithoutNull(value[key]));
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
