import type { Objects } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import { PLAIN_REMOVAL, removeObject } from "../api/removal.ts";
import type { Json, JsonObject } from "../json.ts";
import { at, copyOf, isEqual, isObject, numberOf, objectOf, without } from "../json.ts";
import { CONTROLLER_REVISION } from "../kinds.ts";
import { annotationsOf, controlledBy, createdAt, labelsOf, nameOf, namespaceOf } from "../object.ts";
import { isRefusal } from "../refusal.ts";
import { ownedBy, type Owner } from "./ownership.ts";
import { templateHash } from "./templates.ts";
import { APPS_WRITE } from "./writes.ts";

/** The number of a revision: the higher, the later its template was wanted. */
export const numberOfRevision = (revision: JsonObject): number => numberOf(revision["revision"]);

/** The revisions of a StatefulSet or a DaemonSet, the oldest first; those that are free become its own. */
export function revisionsOf(objects: Objects, owner: Owner): JsonObject[] {
  const found = ownedBy(objects, owner, { kind: CONTROLLER_REVISION, write: APPS_WRITE });
  const order = (revision: JsonObject): string => createdAt(revision) + nameOf(revision);
  return found.sort(
    (left, right) =>
      numberOfRevision(left) - numberOfRevision(right) || order(left).localeCompare(order(right)),
  );
}

/** The strategic merge patch that brings a template back. Its keys are sorted: clients compare it byte by byte. */
export const templatePatch = (owner: JsonObject): JsonObject =>
  objectOf(
    inOrder({ spec: { template: { ...objectOf(at(owner, "spec", "template")), $patch: "replace" } } }),
  );

function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, inOrder(child)]));
}

/** The template that a revision keeps. */
export const templateIn = (revision: JsonObject): JsonObject =>
  copyOf(without(objectOf(at(revision, "data", "spec", "template")), "$patch"));

/** Whether a revision keeps the present template of its owner. */
export const keepsTemplateOf = (revision: JsonObject, owner: JsonObject): boolean =>
  isEqual(revision["data"], templatePatch(owner));

/** Keeps the present template under a number. Its hash is told by a label, whose name differs between the kinds. */
export function makeRevision(
  objects: Objects,
  { object: owner, kind }: Owner,
  { number, hashLabel }: { readonly number: number; readonly hashLabel: string },
): JsonObject | undefined {
  const template = objectOf(at(owner, "spec", "template"));
  const hash = templateHash(template);
  const created = objects.create(
    CONTROLLER_REVISION,
    namespaceOf(owner),
    {
      kind: CONTROLLER_REVISION.kind,
      apiVersion: "apps/v1",
      metadata: {
        name: `${nameOf(owner)}-${hash}`,
        labels: { ...labelsOf(template), [hashLabel]: hash },
        annotations: annotationsOf(owner),
        ownerReferences: [controlledBy(owner, kind)],
      },
      data: templatePatch(owner),
      revision: number,
    },
    APPS_WRITE,
  );
  return isRefusal(created) ? undefined : created;
}

/** Gives a template that is wanted again the newest number. */
export function renumber(objects: Objects, revision: JsonObject, number: number): JsonObject {
  const changed = objects.change(
    placeOf(CONTROLLER_REVISION, revision),
    (live) => ({ ...live, revision: number }),
    APPS_WRITE,
  );
  return isRefusal(changed) ? revision : changed;
}

/** Forgets the oldest of the revisions that nobody runs, down to the limit of their owner. */
export function forgetRevisions(objects: Objects, idle: readonly JsonObject[], limit: number): void {
  if (limit < 0) return;
  for (const revision of idle.slice(0, Math.max(0, idle.length - limit)))
    removeObject(objects, placeOf(CONTROLLER_REVISION, revision), PLAIN_REMOVAL);
}
