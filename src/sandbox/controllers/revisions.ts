import type { Objects, Write } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import { PLAIN_REMOVAL, removeObject } from "../api/removal.ts";
import type { Json, JsonObject } from "../json.ts";
import { at, copyOf, isEqual, isObject, numberOf, objectOf, textOf, without } from "../json.ts";
import { CONTROLLER_REVISION, type Kind } from "../kinds.ts";
import {
  annotationsOf,
  controlledBy,
  controllerOf,
  isTerminating,
  labelsOf,
  nameOf,
  namespaceOf,
  ownersOf,
  setMetadata,
} from "../object.ts";
import { isRefusal } from "../refusal.ts";
import { selects } from "../selectors.ts";
import { templateHash } from "./templates.ts";

const WRITE: Write = {
  manager: { name: "controller-manager", operation: "Update", apiVersion: "apps/v1", subresource: "" },
};

/** The number of a revision: the higher, the later its template was wanted. */
export const numberOfRevision = (revision: JsonObject): number => numberOf(revision["revision"]);

/** The revisions of a StatefulSet or a DaemonSet, the oldest first; those that are free become its own. */
export function revisionsOf(objects: Objects, owner: JsonObject, kind: Kind): JsonObject[] {
  const namespace = namespaceOf(owner);
  const isOwn = (revision: JsonObject): boolean =>
    controllerOf(revision) === textOf(at(owner, "metadata", "uid"));
  const isFree = (revision: JsonObject): boolean =>
    controllerOf(revision) === "" &&
    !isTerminating(revision) &&
    !isTerminating(owner) &&
    selects(at(owner, "spec", "selector"), labelsOf(revision));
  const found = objects.store.list(CONTROLLER_REVISION, namespace).flatMap((revision) => {
    if (isOwn(revision)) return [revision];
    return isFree(revision) ? adopted(objects, revision, controlledBy(owner, kind)) : [];
  });
  const order = (revision: JsonObject): string =>
    textOf(at(revision, "metadata", "creationTimestamp")) + nameOf(revision);
  return found.sort(
    (left, right) =>
      numberOfRevision(left) - numberOfRevision(right) || order(left).localeCompare(order(right)),
  );
}

function adopted(objects: Objects, revision: JsonObject, owner: JsonObject): JsonObject[] {
  const changed = objects.change(
    placeOf(CONTROLLER_REVISION, revision),
    (live) => {
      setMetadata(live, "ownerReferences", [...ownersOf(live), owner]);
      return live;
    },
    WRITE,
  );
  return isRefusal(changed) ? [] : [changed];
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
  owner: JsonObject,
  { kind, number, hashLabel }: { readonly kind: Kind; readonly number: number; readonly hashLabel: string },
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
    WRITE,
  );
  return isRefusal(created) ? undefined : created;
}

/** Gives a template that is wanted again the newest number. */
export function renumber(objects: Objects, revision: JsonObject, number: number): JsonObject {
  const changed = objects.change(
    placeOf(CONTROLLER_REVISION, revision),
    (live) => ({ ...live, revision: number }),
    WRITE,
  );
  return isRefusal(changed) ? revision : changed;
}

/** Forgets the oldest of the revisions that nobody runs, down to the limit of their owner. */
export function forgetRevisions(objects: Objects, idle: readonly JsonObject[], limit: number): void {
  if (limit < 0) return;
  for (const revision of idle.slice(0, Math.max(0, idle.length - limit)))
    removeObject(objects, placeOf(CONTROLLER_REVISION, revision), PLAIN_REMOVAL);
}
