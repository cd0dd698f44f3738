/** A JSON object whose members still have to be looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object at a path of keys; an empty one where there is none. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = valueAt(value, ...path);
  return isObject(found) ? found : {};
}

/** The value at a path of keys; undefined where any part of the path is absent. */
export const valueAt = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, key) => (isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined),
    value,
  );

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : undefined;
};

export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = valueAt(value, ...path);
  return typeof found === "number" ? found : undefined;
};

/** The objects of a list; what is not an object is left out. */
export const objectsAt = (value: unknown, ...path: readonly string[]): readonly JsonObject[] => {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
};

/** The members of an object whose values are texts: labels and annotations. */
export const textsAt = (value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectAt(value, ...path)).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
