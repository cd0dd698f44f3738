import type { Json, JsonObject } from "../json.ts";
import { copyOf, isObject, listOf } from "../json.ts";
import { setMetadata, timeText } from "../object.ts";
import { Refusal } from "../refusal.ts";
import {
  differences,
  type Fields,
  fieldsOf,
  isMergeable,
  partsOf,
  prune,
  subtract,
  union,
} from "./fields.ts";
import type { Manager, Ownership } from "./managers.ts";
import { managedFields, ownable, ownershipsOf, withOwnership } from "./managers.ts";

/** One server-side apply. */
export interface Application {
  readonly manager: Manager;
  readonly isForced: boolean;
  readonly now: number;
}

/**
 * Server-side apply: what is applied is merged in and owned by the manager; what the manager applied before and
 * leaves out now goes, unless others own it too; a value that another manager set differently is a conflict.
 * The result carries the new managedFields.
 */
export function apply(live: JsonObject, applied: JsonObject, application: Application): JsonObject | Refusal {
  const wanted = ownable(applied);
  const fields = fieldsOf(wanted);
  const isOwn = ({ manager }: Ownership): boolean =>
    manager.operation === "Apply" &&
    manager.name === application.manager.name &&
    manager.subresource === application.manager.subresource;
  const ownerships = accountOf(live, application);
  const others = ownerships.filter((entry) => !isOwn(entry));

  const conflicts = others.map((entry): [Ownership, string[]] => [
    entry,
    differences(wanted, ownable(live), entry.fields),
  ]);
  if (!application.isForced && conflicts.some(([, paths]) => paths.length > 0)) {
    return applyConflict(conflicts.filter(([, paths]) => paths.length > 0));
  }

  const rest = others.map((entry) => ({
    ...entry,
    fields: subtract(entry.fields, takenFrom(entry.fields, wanted, ownable(live))),
  }));
  const merged = mergeApplied(copyOf(live), withoutServersOwn(applied), "") as JsonObject;
  const before = ownerships.filter(isOwn).reduce<Fields>((all, entry) => union(all, entry.fields), {});
  const owned = rest.reduce<Fields>((all, entry) => union(all, entry.fields), fields);
  prune(merged, before, owned);
  const own = ownerships.filter(isOwn);
  setMetadata(
    merged,
    "managedFields",
    managedFields(withOwnership([...rest, ...own], application, () => fields)),
  );
  return merged;
}

/** Who owns what so far; an object without any account is owned by whoever was there before. */
function accountOf(live: JsonObject, { manager, now }: Application): Ownership[] {
  const ownerships = ownershipsOf(live);
  const fields = fieldsOf(ownable(live));
  if (ownerships.length > 0 || Object.keys(fields).length === 0) return ownerships;
  const before: Manager = { ...manager, name: "before-first-apply", operation: "Update", subresource: "" };
  return [{ manager: before, time: timeText(now), fields }];
}

/** Metadata that a client cannot set stays out of the merge; resourceVersion and uid are checked elsewhere. */
const withoutServersOwn = (applied: JsonObject): JsonObject => ({
  ...applied,
  metadata: ownable(applied)["metadata"] ?? {},
});

/** The fields that another manager owns and that a forced apply sets to another value. */
function takenFrom(owned: Fields, wanted: Json, live: Json, field = ""): Fields {
  const present = new Map((partsOf(live, field) ?? []).map((part) => [part.element, part.value]));
  const taken: Fields = {};
  for (const part of partsOf(wanted, field) ?? []) {
    const below = owned[part.element];
    const other = present.get(part.element);
    if (below === undefined || other === undefined) continue;
    const isWhole = !isMergeable(other, part.value, part.field);
    const deeper = isWhole ? {} : takenFrom(below, part.value, other, part.field);
    const isChanged = isWhole && JSON.stringify(part.value) !== JSON.stringify(other);
    if (isChanged || Object.keys(deeper).length > 0) taken[part.element] = deeper;
  }
  return taken;
}

function mergeApplied(live: Json | undefined, applied: Json, field: string): Json {
  if (!isMergeable(live, applied, field)) return copyOf(applied);
  if (isObject(live) && isObject(applied)) {
    for (const [key, value] of Object.entries(applied)) {
      if (value === null) Reflect.deleteProperty(live, key);
      else live[key] = mergeApplied(live[key], value, key);
    }
    return live;
  }
  return mergeLists(listOf(live), listOf(applied), field);
}

/** Items keep the applied order; those of others follow. */
function mergeLists(live: Json[], applied: Json[], field: string): Json[] {
  const present = new Map((partsOf(live, field) ?? []).map((part) => [part.element, part.value]));
  const wanted = partsOf(applied, field) ?? [];
  const merged = wanted.map((part) => mergeApplied(present.get(part.element), part.value, part.field));
  const named = new Set(wanted.map((part) => part.element));
  const rest = [...present].filter(([element]) => !named.has(element)).map(([, value]) => value);
  return [...merged, ...rest];
}

function applyConflict(conflicts: readonly [Ownership, string[]][]): Refusal {
  const causes = conflicts.flatMap(([{ manager }, paths]) => {
    const via = manager.subresource === "" ? "" : ` with subresource "${manager.subresource}"`;
    // Appliers are named without the version they wrote through.
    const using = manager.operation === "Apply" ? "" : ` using ${manager.apiVersion}`;
    return paths.map((field) => ({
      reason: "FieldManagerConflict",
      message: `conflict with "${manager.name}"${via}${using}`,
      field,
    }));
  });
  const one = causes[0];
  const count = `Apply failed with ${causes.length} conflict${causes.length === 1 ? "" : "s"}`;
  const text =
    causes.length === 1 && one !== undefined
      ? `${count}: ${one.message}: ${one.field}`
      : `${count}: ${grouped(causes)}`;
  return new Refusal(409, "Conflict", text, { causes });
}

function grouped(causes: readonly { readonly message: string; readonly field: string }[]): string {
  const messages = [...new Set(causes.map(({ message }) => message))];
  return `conflicts ${messages
    .map((message) => {
      const fields = causes.filter((cause) => cause.message === message).map(({ field }) => `- ${field}`);
      return `${message.replace(/^conflict /u, "")}:\n${fields.join("\n")}`;
    })
    .join("\nconflicts ")}`;
}
