import type { Objects } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import { PLAIN_REMOVAL, removeObject } from "../api/removal.ts";
import type { JsonObject } from "../json.ts";
import { textOf } from "../json.ts";
import { type Kind, KINDS, NAMESPACE } from "../kinds.ts";
import { finalizersOf, isTerminating, nameOf, ownersOf, setMetadata, uidOf } from "../object.ts";
import type { Change } from "../store.ts";
import { queueKey, WorkQueue } from "./queue.ts";
import { CORE_WRITE } from "./writes.ts";

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

/** Something that hangs on an owner or lies in a namespace. */
interface Found {
  readonly kind: Kind;
  readonly object: JsonObject;
}

/**
 * Removes what belongs to objects that are gone: dependents of their owners, the content of namespaces. Does the
 * work of the finalizers for deletion in the foreground and for orphans.
 */
export class GarbageCollector {
  readonly #objects: Objects;
  readonly #queue = new WorkQueue((uid) => {
    this.#collect(uid);
  });
  readonly #terminating = new Map<string, Found>();
  readonly #namespaces = new WorkQueue((key) => {
    this.#emptyNamespace(key.slice(1));
  });

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  stop(): void {
    this.#queue.stop();
    this.#namespaces.stop();
  }

  /** Takes notice of a change. */
  notice({ kind, type, object }: Change): void {
    if (kind === NAMESPACE && isTerminating(object)) this.#namespaces.add(queueKey("", nameOf(object)));
    if (type === "DELETED") {
      this.#terminating.delete(uidOf(object));
      this.#queue.add(uidOf(object));
      for (const owner of ownersOf(object)) this.#queue.add(textOf(owner["uid"]));
      this.#noticeNamespaceOf(object);
    } else if (isTerminating(object) && kind !== NAMESPACE) {
      this.#terminating.set(uidOf(object), { kind, object });
      this.#queue.add(uidOf(object));
    } else if (type === "ADDED") {
      // An owner that never was, or went meanwhile, is as good as gone.
      for (const owner of ownersOf(object)) this.#queue.add(textOf(owner["uid"]));
    }
  }

  #noticeNamespaceOf(object: JsonObject): void {
    const namespace = textOf((object["metadata"] as JsonObject)["namespace"]);
    const found = this.#objects.store.get(NAMESPACE, "", namespace);
    if (found !== undefined && isTerminating(found)) this.#namespaces.add(queueKey("", namespace));
  }

  #collect(uid: string): void {
    const terminating = this.#terminating.get(uid);
    if (terminating === undefined) {
      if (!this.#exists(uid)) for (const found of this.#dependentsOf(uid)) this.#release(found, uid);
      return;
    }
    const finalizers = finalizersOf(terminating.object);
    const dependents = this.#dependentsOf(uid);
    if (finalizers.includes(ORPHAN)) {
      for (const found of dependents) this.#dropOwner(found, uid);
      this.#dropFinalizer(terminating, ORPHAN);
    } else if (finalizers.includes(FOREGROUND)) {
      for (const found of dependents) {
        if (!isTerminating(found.object)) {
          removeObject(this.#objects, placeOf(found.kind, found.object), {
            ...PLAIN_REMOVAL,
            propagation: "Foreground",
          });
        }
      }
      if (this.#dependentsOf(uid).length === 0) this.#dropFinalizer(terminating, FOREGROUND);
    }
  }

  /** A dependent with another owner that still is there only loses the reference. */
  #release(found: Found, uid: string): void {
    const others = ownersOf(found.object).filter((owner) => owner["uid"] !== uid);
    if (others.some((owner) => this.#exists(textOf(owner["uid"])))) this.#dropOwner(found, uid);
    else removeObject(this.#objects, placeOf(found.kind, found.object), PLAIN_REMOVAL);
  }

  #dropOwner({ kind, object }: Found, uid: string): void {
    this.#objects.change(
      placeOf(kind, object),
      (live) => {
        const rest = ownersOf(live).filter((owner) => owner["uid"] !== uid);
        if (rest.length > 0) setMetadata(live, "ownerReferences", rest);
        else Reflect.deleteProperty(live["metadata"] as JsonObject, "ownerReferences");
        return live;
      },
      CORE_WRITE,
    );
  }

  #dropFinalizer({ kind, object }: Found, name: string): void {
    this.#objects.change(
      placeOf(kind, object),
      (live) => {
        const rest = finalizersOf(live).filter((finalizer) => finalizer !== name);
        if (rest.length > 0) setMetadata(live, "finalizers", rest);
        else Reflect.deleteProperty(live["metadata"] as JsonObject, "finalizers");
        return live;
      },
      CORE_WRITE,
    );
  }

  #dependentsOf(uid: string): Found[] {
    return this.#all().filter(({ object }) => ownersOf(object).some((owner) => owner["uid"] === uid));
  }

  #exists(uid: string): boolean {
    return this.#all().some(({ object }) => uidOf(object) === uid);
  }

  #all(namespace = ""): Found[] {
    return KINDS.flatMap((kind) =>
      kind.isNamespaced || namespace === ""
        ? this.#objects.store.list(kind, namespace).map((object) => ({ kind, object }))
        : [],
    );
  }

  #emptyNamespace(namespace: string): void {
    const found = this.#objects.store.get(NAMESPACE, "", namespace);
    if (found === undefined || !isTerminating(found)) return;
    for (const { kind, object } of this.#all(namespace)) {
      if (!isTerminating(object)) removeObject(this.#objects, placeOf(kind, object), PLAIN_REMOVAL);
    }
    if (this.#all(namespace).length === 0)
      this.#objects.erase({ kind: NAMESPACE, namespace: "", name: namespace });
  }
}
