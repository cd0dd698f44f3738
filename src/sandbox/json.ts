import { isDeepStrictEqual } from "node:util";

/** What JSON can say. Kubernetes objects are handled as such, since a server of many kinds knows few of them. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object. Objects in the store are never changed in place: a write makes a new one. */
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value if it is an object, else an empty one. */
export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** The value if it is a list, else an empty one. */
export const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** The objects among the items of a list. */
export const objectsOf = (value: Json | undefined): JsonObject[] => listOf(value).filter(isObject);

/** The value if it is a text, else an empty one. */
export const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** The value if it is a number, else the fallback. */
export const numberOf = (value: Json | undefined, fallback = 0): number =>
  typeof value === "number" ? value : fallback;

/** The texts of an object of texts, such as labels. */
export const textsOf = (value: Json | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(objectOf(value)).flatMap(([key, item]): [string, string][] =>
      typeof item === "string" ? [[key, item]] : [],
    ),
  );

/** What is found at a path of keys, if all the objects on the way are there. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here = value;
  for (const key of path) {
    if (!isObject(here)) return undefined;
    here = here[key];
  }
  return here;
}

/** The object under a key, made empty if there is none; for changing a private copy in place. */
export function childOf(parent: JsonObject, key: string): JsonObject {
  const child = parent[key];
  if (isObject(child)) return child;
  const made: JsonObject = {};
  parent[key] = made;
  return made;
}

/** Sets a key that has no value, or null, yet. */
export function setDefault(target: JsonObject, key: string, value: Json): void {
  target[key] ??= value;
}

/** A copy that lacks some keys. */
export const without = (value: JsonObject, ...keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));

export const copyOf = <T extends Json>(value: T): T => structuredClone(value);

export const isEqual = (left: Json | undefined, right: Json | undefined): boolean =>
  isDeepStrictEqual(left, right);

/** Reads JSON text; undefined when it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
