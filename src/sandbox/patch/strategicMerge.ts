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
  return result;
}

function removePrimitives(result: JsonObject, field: string, gone: Json): void {
  result[field] = listOf(result[field]).filter((item) => !listOf(gone).some((other) => isEqual(other, item)));
}

/** Items that the order does not name, because somebody else added them, stay behind those that it names. */
function reorder(result: JsonObject, field: string, order: Json[]): void {
  const items = listOf(result[field]);
  const key = mergeKey(field, [items, order]);
  const place = (item: Json): number => {
    const index = order.findIndex((wanted) =>
      key === undefined ? isEqual(wanted, item) : isEqual(objectOf(wanted)[key], objectOf(item)[key]),
    );
    return index < 0 ? order.length : index;
  };
  if (items.length > 0) result[field] = [...items].sort((left, right) => place(left) - place(right));
}

/** What a patch adds where nothing was: without directives and without the nulls that would remove. */
const cleaned = (patch: JsonObject): JsonObject => strategicMerge({}, { ...patch, $patch: null });
