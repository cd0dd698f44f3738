import type { Json, JsonObject } from "../json.ts";
import { isEqual, isObject, listOf, objectOf, objectsOf, textOf } from "../json.ts";
import { listKind, mergeKey } from "./schema.ts";

const ORDER = "$setElementOrder/";
const DELETE_PRIMITIVES = "$deleteFromPrimitiveList/";

/**
 * Applies a strategic merge patch: like a JSON merge patch, but lists of containers, variables, volumes and the
 * like merge item by item, and directives (`$patch`, `$retainKeys`, `$setElementOrder/…`,
 * `$deleteFromPrimitiveList/…`) say what a patch of values cannot.
 */
export function strategicMerge(target: Json | undefined, patch: JsonObject): JsonObject {
  const directive = textOf(patch["$patch"]);
  if (directive === "delete") return {};
  if (directive === "replace") return cleaned(patch);
  const result = retained({ ...objectOf(target) }, patch["$retainKeys"]);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) continue;
    if (value === null) Reflect.deleteProperty(result, key);
    else if (isObject(value)) result[key] = strategicMerge(result[key], value);
    else if (Array.isArray(value)) result[key] = mergedList(key, listOf(result[key]), value);
    else result[key] = value;
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_PRIMITIVES))
      removePrimitives(result, key.slice(DELETE_PRIMITIVES.length), value);
    if (key.startsWith(ORDER)) reorder(result, key.slice(ORDER.length), listOf(value));
  }
  return result;
}

function retained(target: JsonObject, keys: Json | undefined): JsonObject {
  if (!Array.isArray(keys)) return target;
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)));
}

function mergedList(field: string, target: Json[], patch: Json[]): Json[] {
  if (listKind(field, target).kind === "set" || listKind(field, patch).kind === "set") {
    return [...target, ...patch.filter((item) => !target.some((other) => isEqual(other, item)))];
  }
  const plain = objectsOf(patch).filter((item) => item["$patch"] === undefined);
  const key = mergeKey(field, [target, plain]);
  if (key === undefined) return patch.map((item) => (isObject(item) ? cleaned(item) : item));
  if (objectsOf(patch).some((item) => item["$patch"] === "replace")) return plain.map(cleaned);

  const result = objectsOf(target);
  for (const item of objectsOf(patch)) {
    const index = result.findIndex((other) => isEqual(other[key], item[key]));
    if (item["$patch"] === "delete") {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) {
      result[index] = strategicMerge(result[index], item);
    } else {
      result.push(strategicMerge({}, item));
    }
  }
  return inOrder(result, plain, { before: target, key });
}

function removePrimitives(result: JsonObject, field: string, gone: Json): void {
  result[field] = listOf(result[field]).filter((item) => !listOf(gone).some((other) => isEqual(other, item)));
}

function reorder(result: JsonObject, field: string, order: Json[]): void {
  const items = listOf(result[field]);
  const key = mergeKey(field, [items, order]);
  if (items.length > 0) result[field] = inOrder(items, order, { before: items, key });
}

/**
 * Puts items in the wanted order. Those that the order does not name, because somebody else added them, keep
 * their place before the named ones that they stood before.
 */
function inOrder(
  items: readonly Json[],
  order: readonly Json[],
  by: { readonly before: readonly Json[]; readonly key: string | undefined },
): Json[] {
  const place = (list: readonly Json[], item: Json | undefined): number =>
    list.findIndex((other) =>
      by.key === undefined ? isEqual(other, item) : isEqual(objectOf(other)[by.key], objectOf(item)[by.key]),
    );
  const named = items
    .filter((item) => place(order, item) >= 0)
    .sort((left, right) => place(order, left) - place(order, right));
  const others = items.filter((item) => place(order, item) < 0);
  const result: Json[] = [];
  while (named.length > 0 || others.length > 0) {
    const stoodBefore = place(by.before, others[0]) < place(by.before, named[0]);
    const isOther =
      named.length === 0 || (others.length > 0 && place(by.before, named[0]) >= 0 && stoodBefore);
    const next = isOther ? others.shift() : named.shift();
    if (next !== undefined) result.push(next);
  }
  return result;
}

/** What a patch adds where nothing was: without directives and without the nulls that would remove. */
const cleaned = (patch: JsonObject): JsonObject => strategicMerge({}, { ...patch, $patch: null });
