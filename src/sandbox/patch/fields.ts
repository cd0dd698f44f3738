import type { Json, JsonObject } from "../json.ts";
import { isEqual, isObject } from "../json.ts";
import { isAtomicObject, keysOfItem, listKind } from "./schema.ts";

/**
 * A set of fields in the form of metadata.managedFields (FieldsV1): `f:` a field, `k:` an item by its keys, `v:`
 * an item by its value, `.` the thing itself. A field without anything below it is owned as a whole.
 */
export interface Fields {
  [element: string]: Fields;
}

/** A part of a value that can have an owner of its own. */
interface Part {
  readonly element: string;
  readonly field: string;
  readonly value: Json;
}

/** The parts of a value, or undefined when it is owned as a whole: scalars, atomic ones, empty ones. */
export function partsOf(value: Json | undefined, field: string): Part[] | undefined {
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0 || isAtomicObject(field, value)) return undefined;
    return entries.map(([key, child]) => ({ element: `f:${key}`, field: key, value: child }));
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const found = listKind(field, value);
  if (found.kind === "atomic") return undefined;
  return value.map((item) => ({
    element:
      found.kind === "map" && isObject(item)
        ? `k:${JSON.stringify(keysOfItem(item, found.keys))}`
        : `v:${JSON.stringify(item)}`,
    // A reference to an owner is owned as a whole.
    field: field === "ownerReferences" ? "ownerReference" : "",
    value: item,
  }));
}

/** Whether two values merge part by part; an empty one merges too, though it has no parts. */
export function isMergeable(left: Json | undefined, right: Json, field: string): boolean {
  if (isObject(left) && isObject(right)) return !isAtomicObject(field, right);
  if (!Array.isArray(left) || !Array.isArray(right)) return false;
  return left.length > 0 && listKind(field, left).kind !== "atomic";
}

/** All fields that a value sets. Items of lists count themselves too. */
export function fieldsOf(value: Json, field = ""): Fields {
  const fields: Fields = {};
  for (const part of partsOf(value, field) ?? []) {
    const below = fieldsOf(part.value, part.field);
    fields[part.element] = part.element.startsWith("k:") ? { ".": {}, ...below } : below;
  }
  return fields;
}

/** Parts of Go structs that are always written: they are never owned themselves. */
const NEVER_OWNED = new Set([
  ...["containers", "metadata", "spec", "status", "strategy", "template", "updateStrategy"],
]);

function newFields(value: Json, field: string): Fields {
  const parts = partsOf(value, field);
  if (parts === undefined) return {};
  const fields: Fields = NEVER_OWNED.has(field) ? {} : { ".": {} };
  for (const part of parts) {
    const isStruct = NEVER_OWNED.has(part.field) && isObject(part.value);
    if (!isStruct || partsOf(part.value, part.field) !== undefined)
      fields[part.element] = newFields(part.value, part.field);
  }
  return fields;
}

/** The fields that a write added or changed; undefined when there are none. */
export function changedFields(before: Json | undefined, after: Json, field = ""): Fields | undefined {
  if (before === undefined) return newFields(after, field);
  if (isEqual(before, after)) return undefined;
  const old = partsOf(before, field);
  const present = partsOf(after, field);
  if (old === undefined || present === undefined) return newFields(after, field);
  const was = new Map(old.map((part) => [part.element, part.value]));
  const fields: Fields = {};
  for (const part of present) {
    const below = changedFields(was.get(part.element), part.value, part.field);
    if (below !== undefined) fields[part.element] = below;
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/** The fields that a write removed; undefined when there are none. */
export function removedFields(before: Json, after: Json | undefined, field = ""): Fields | undefined {
  if (after === undefined) return {};
  const old = partsOf(before, field);
  if (old === undefined) return undefined;
  const now = new Map((partsOf(after, field) ?? []).map((part) => [part.element, part.value]));
  const fields: Fields = {};
  for (const part of old) {
    const below = removedFields(part.value, now.get(part.element), part.field);
    if (below !== undefined) fields[part.element] = below;
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
}

const isLeaf = (fields: Fields): boolean => Object.keys(fields).every((element) => element === ".");

/** Everything in either set. */
export function union(left: Fields, right: Fields): Fields {
  const result: Fields = { ...left };
  for (const [element, below] of Object.entries(right)) {
    const other = result[element];
    result[element] = other === undefined ? below : union(other, below);
  }
  return result;
}

/** What is left of a set without another; a whole that goes takes along all that is below it. */
export function subtract(from: Fields, gone: Fields): Fields {
  const result: Fields = { ...from };
  for (const [element, below] of Object.entries(gone)) {
    const present = result[element];
    if (present === undefined) continue;
    const rest = isLeaf(below) ? {} : subtract(present, below);
    if (Object.keys(rest).length === 0) Reflect.deleteProperty(result, element);
    else result[element] = rest;
  }
  return result;
}

/** Takes out of a value what is in `fields` and has no owner in `owned` any more. Changes the value in place. */
export function prune(value: Json | undefined, fields: Fields, owned: Fields, field = ""): void {
  for (const part of partsOf(value, field) ?? []) {
    const below = fields[part.element];
    if (below === undefined) continue;
    const owners = owned[part.element];
    if (owners === undefined) removePart(value, part);
    else prune(part.value, below, owners, part.field);
  }
}

function removePart(value: Json | undefined, part: Part): void {
  if (isObject(value)) Reflect.deleteProperty(value, part.field);
  else if (Array.isArray(value)) value.splice(value.indexOf(part.value), 1);
}

/** A field that two values set differently, as `.spec.containers[name="web"].image`. */
export function differences(
  left: Json,
  right: Json,
  within: Fields,
  place = { path: "", field: "" },
): string[] {
  const others = new Map((partsOf(right, place.field) ?? []).map((part) => [part.element, part.value]));
  return (partsOf(left, place.field) ?? []).flatMap((part) => {
    const owned = within[part.element];
    const other = others.get(part.element);
    if (owned === undefined || other === undefined || isEqual(part.value, other)) return [];
    const path = place.path + pathOf(part.element);
    if (!isMergeable(other, part.value, part.field)) return [path];
    return differences(part.value, other, owned, { path, field: part.field });
  });
}

function pathOf(element: string): string {
  const text = element.slice(2);
  if (element.startsWith("f:")) return `.${text}`;
  if (element.startsWith("v:")) return `[=${text}]`;
  const keys = Object.entries(JSON.parse(text) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
}
