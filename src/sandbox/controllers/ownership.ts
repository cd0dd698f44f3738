import type { Objects, Write } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import type { JsonObject } from "../json.ts";
import { at, textOf } from "../json.ts";
import type { Kind } from "../kinds.ts";
import {
  controlledBy,
  controllerOf,
  isTerminating,
  labelsOf,
  nameOf,
  namespaceOf,
  ownersOf,
  setMetadata,
  uidOf,
} from "../object.ts";
import { isRefusal } from "../refusal.ts";
import { selects } from "../selectors.ts";
import type { Change } from "../store.ts";
import { queueKey } from "./queue.ts";

/** A workload to which other objects belong. */
export interface Owner {
  readonly object: JsonObject;
  readonly kind: Kind;
}

/** What belongs to it, and how that is written. */
export interface Owned {
  readonly kind: Kind;
  readonly write: Write;
  /** Which of the free ones it may make its own; all where it is left out. */
  readonly mayAdopt?: (object: JsonObject) => boolean;
}

/** The objects of a kind that belong to a workload; free ones that it selects, and that it may adopt, become its own. */
export function ownedBy(
  objects: Objects,
  owner: Owner,
  { kind, write, mayAdopt = () => true }: Owned,
): JsonObject[] {
  const selector = at(owner.object, "spec", "selector");
  return objects.store.list(kind, namespaceOf(owner.object)).flatMap((object) => {
    if (controllerOf(object) === uidOf(owner.object)) return [object];
    const isFree = controllerOf(object) === "" && !isTerminating(object) && !isTerminating(owner.object);
    if (!isFree || !selects(selector, labelsOf(object)) || !mayAdopt(object)) return [];
    const adopted = objects.change(
      placeOf(kind, object),
      (live) => {
        setMetadata(live, "ownerReferences", [...ownersOf(live), controlledBy(owner.object, owner.kind)]);
        return live;
      },
      write,
    );
    return isRefusal(adopted) ? [] : [adopted];
  });
}

/**
 * The keys of the workloads that have to look at a changed object: the workload itself, the owner of what belongs to
 * one, or those that select what belongs to nobody.
 */
export function concerned(
  objects: Objects,
  { workload, owned }: { readonly workload: Kind; readonly owned: readonly Kind[] },
  { kind, object }: Pick<Change, "kind" | "object">,
): string[] {
  const namespace = namespaceOf(object);
  if (kind === workload) return [queueKey(namespace, nameOf(object))];
  if (!owned.includes(kind)) return [];
  const owner = ownersOf(object).find((reference) => reference["kind"] === workload.kind);
  if (owner !== undefined) return [queueKey(namespace, textOf(owner["name"]))];
  if (controllerOf(object) !== "") return [];
  return objects.store
    .list(workload, namespace)
    .filter((one) => selects(at(one, "spec", "selector"), labelsOf(object)))
    .map((one) => queueKey(namespace, nameOf(one)));
}
