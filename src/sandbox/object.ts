import type { Json, JsonObject } from "./json.ts";
import { at, childOf, objectOf, objectsOf, textOf, textsOf } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { groupVersion } from "./kinds.ts";

/** Readers of what every Kubernetes object has. */
export const metadataOf = (object: JsonObject): JsonObject => objectOf(object["metadata"]);
export const nameOf = (object: JsonObject): string => textOf(at(object, "metadata", "name"));
export const namespaceOf = (object: JsonObject): string => textOf(at(object, "metadata", "namespace"));
export const uidOf = (object: JsonObject): string => textOf(at(object, "metadata", "uid"));
export const versionOf = (object: JsonObject): string => textOf(at(object, "metadata", "resourceVersion"));
export const labelsOf = (object: JsonObject): Record<string, string> =>
  textsOf(at(object, "metadata", "labels"));
export const annotationsOf = (object: JsonObject): Record<string, string> =>
  textsOf(at(object, "metadata", "annotations"));
/** When it was made, as text that sorts by time. */
export const createdAt = (object: JsonObject): string => textOf(at(object, "metadata", "creationTimestamp"));
export const isTerminating = (object: JsonObject): boolean =>
  at(object, "metadata", "deletionTimestamp") !== undefined;

/** The finalizers, which keep a deleted object until each has done its part. */
export const finalizersOf = (object: JsonObject): string[] => {
  const found = at(object, "metadata", "finalizers");
  return Array.isArray(found) ? found.map(textOf) : [];
};

export const ownersOf = (object: JsonObject): JsonObject[] =>
  objectsOf(at(object, "metadata", "ownerReferences"));

/** The uid of the one owner that manages the object, or an empty text. */
export const controllerOf = (object: JsonObject): string =>
  textOf(ownersOf(object).find((owner) => owner["controller"] === true)?.["uid"]);

/** A reference by which an object names the owner that manages it. */
export const controlledBy = (owner: JsonObject, kind: Kind): JsonObject => ({
  apiVersion: groupVersion(kind),
  kind: kind.kind,
  name: nameOf(owner),
  uid: uidOf(owner),
  controller: true,
  blockOwnerDeletion: true,
});

/** A moment the way metadata.Time is written: UTC, whole seconds. */
export const timeText = (epochMs: number): string => new Date(epochMs).toISOString().replace(/\.\d+Z$/u, "Z");

/** Sets a key below metadata of a private copy. */
export function setMetadata(object: JsonObject, key: string, value: Json): void {
  childOf(object, "metadata")[key] = value;
}
