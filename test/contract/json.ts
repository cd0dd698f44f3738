/** The value at a path of keys and indexes; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (from, key) => (typeof from === "object" && from !== null ? Reflect.get(from, key) : undefined),
    value,
  );
}

/** The text at a path; throws where there is none, so that a test names what is missing. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== "string") {
    throw new Error(`no text at ${path.join(".")} of ${JSON.stringify(value)}`);
  }
  return found;
}

/** The list at a path; empty where there is none, as the API leaves empty lists out. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The fields of an object; none where it is no object. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};

const VOLATILE: Readonly<Record<string, string>> = {
  uid: "<uid>",
  resourceVersion: "<resourceVersion>",
  creationTimestamp: "<time>",
  deletionTimestamp: "<time>",
  lastTransitionTime: "<time>",
  lastUpdateTime: "<time>",
  startTime: "<time>",
  startedAt: "<time>",
};

/**
 * The same value with what differs from run to run replaced by words. managedFields are left out: they are the
 * server's bookkeeping for apply, and what they lead to is tested by what apply does.
 */
export function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "managedFields")
      .map(([key, inner]) => [
        key,
        typeof inner === "string" && inner !== "" ? (VOLATILE[key] ?? inner) : normalise(inner),
      ]),
  );
}
