import type { Json, JsonObject } from "../json.ts";
import { at, isEqual, objectOf, objectsOf, textOf, without } from "../json.ts";
import { timeText } from "../object.ts";
import type { Fields } from "./fields.ts";
import { changedFields, removedFields, subtract, union } from "./fields.ts";

/** Who writes, by which verb, and through which subresource. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
}

/** What one manager owns. */
export interface Ownership {
  readonly manager: Manager;
  readonly time: string;
  readonly fields: Fields;
}

const isSame = (left: Manager, right: Manager): boolean =>
  left.name === right.name &&
  left.operation === right.operation &&
  left.apiVersion === right.apiVersion &&
  left.subresource === right.subresource;

/** Reads metadata.managedFields. */
export const ownershipsOf = (object: JsonObject): Ownership[] =>
  objectsOf(at(object, "metadata", "managedFields")).map((entry) => ({
    manager: {
      name: textOf(entry["manager"]),
      operation: entry["operation"] === "Apply" ? "Apply" : "Update",
      apiVersion: textOf(entry["apiVersion"]),
      subresource: textOf(entry["subresource"]),
    },
    time: textOf(entry["time"]),
    fields: objectOf(entry["fieldsV1"]) as Fields,
  }));

/** Writes metadata.managedFields, the appliers first, as the server orders them. */
export function managedFields(ownerships: readonly Ownership[]): Json[] {
  // "Apply" happens to come before "Update".
  const order = ({ manager, time }: Ownership): string => `${manager.operation} ${time} ${manager.name}`;
  return [...ownerships]
    .filter(({ fields }) => Object.keys(fields).length > 0)
    .sort((left, right) => order(left).localeCompare(order(right)))
    .map(({ manager, time, fields }) => ({
      manager: manager.name,
      operation: manager.operation,
      apiVersion: manager.apiVersion,
      time,
      fieldsType: "FieldsV1",
      fieldsV1: sorted(fields),
      ...(manager.subresource === "" ? {} : { subresource: manager.subresource }),
    }));
}

const sorted = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((element): [string, Fields] => [element, sorted(fields[element] ?? {})]),
  );

const SERVERS_OWN = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "name",
  "namespace",
  "resourceVersion",
  "selfLink",
  "uid",
];

/** The part of an object that can have owners. */
export const ownable = (object: JsonObject): JsonObject => {
  const metadata = without(objectOf(object["metadata"]), ...SERVERS_OWN);
  const rest = without(object, "apiVersion", "kind", "metadata");
  return Object.keys(metadata).length === 0 ? rest : { ...rest, metadata };
};

/** What everybody owns after an ordinary write: the writer gets what they changed, everybody else loses it. */
export function afterUpdate(
  before: JsonObject | undefined,
  after: JsonObject,
  by: { readonly manager: Manager; readonly now: number },
): Ownership[] {
  const old = before === undefined ? {} : ownable(before);
  const present = ownable(after);
  const changed = changedFields(before === undefined ? undefined : old, present) ?? {};
  const top = subtract(changed, { ".": {} });
  const gone = union(top, removedFields(old, present) ?? {});
  const ownerships = before === undefined ? [] : ownershipsOf(before);
  if (Object.keys(gone).length === 0) return ownerships;
  return withOwnership(
    ownerships.map((entry) => ({ ...entry, fields: subtract(entry.fields, gone) })),
    by,
    (own) => union(own, top),
  );
}

/** Replaces what one manager owns; its time changes only when its fields do. */
export function withOwnership(
  ownerships: readonly Ownership[],
  by: { readonly manager: Manager; readonly now: number },
  change: (own: Fields) => Fields,
): Ownership[] {
  const own = ownerships.find(({ manager }) => isSame(manager, by.manager));
  const fields = change(own?.fields ?? {});
  const isUnchanged = own !== undefined && isEqual(own.fields, fields);
  const entry: Ownership = { manager: by.manager, time: isUnchanged ? own.time : timeText(by.now), fields };
  return [...ownerships.filter((other) => other !== own), entry];
}
