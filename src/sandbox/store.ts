import { type JsonObject, objectOf } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { KINDS } from "./kinds.ts";
import { nameOf, namespaceOf } from "./object.ts";

/** One change of one object, in the order of revisions. Deleted objects carry the revision of their deletion. */
export interface Change {
  readonly kind: Kind;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly object: JsonObject;
  readonly previous: JsonObject | undefined;
}

interface Table {
  readonly objects: Map<string, JsonObject>;
  /** Keys in order; undefined after an insertion or a removal. */
  order: string[] | undefined;
  readonly history: Change[];
  /** The revision up to which changes are forgotten. */
  forgotten: number;
}

/** As in a real cluster, which has written something before anybody can ask. Nothing before it is remembered. */
const FIRST_REVISION = 100;

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

/** The order in which the real server writes metadata. */
const METADATA_ORDER = [
  "name",
  "generateName",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "ownerReferences",
  "finalizers",
  "managedFields",
];

function inOrder(metadata: JsonObject): JsonObject {
  const known = METADATA_ORDER.flatMap((key) => {
    const value = metadata[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...Object.fromEntries(known), ...metadata };
}

/**
 * The objects, in memory, with one counter of revisions for all kinds as etcd has it, and a window of past
 * changes so that watches can begin in the past. Knows nothing of the rules of any kind.
 */
export class Store {
  readonly #tables = new Map<Kind, Table>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #window: number;
  #revision = FIRST_REVISION;

  /** `window` is how many past changes are remembered for each kind. */
  constructor(window = 1000) {
    this.#window = window;
    for (const kind of KINDS) {
      this.#tables.set(kind, {
        objects: new Map(),
        order: undefined,
        history: [],
        forgotten: FIRST_REVISION,
      });
    }
  }

  get revision(): number {
    return this.#revision;
  }

  get(kind: Kind, namespace: string, name: string): JsonObject | undefined {
    return this.#table(kind).objects.get(keyOf(namespace, name));
  }

  /** All objects of a kind, of one namespace or of all (empty text), ordered by namespace and name. */
  list(kind: Kind, namespace = ""): JsonObject[] {
    const table = this.#table(kind);
    table.order ??= [...table.objects.keys()].sort();
    const prefix = namespace === "" ? "" : `${namespace}/`;
    const found: JsonObject[] = [];
    for (const key of table.order) {
      const object = key.startsWith(prefix) ? table.objects.get(key) : undefined;
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  /** Stores an object, new or changed, under the next revision, and returns it with that revision. */
  put(kind: Kind, object: JsonObject): JsonObject {
    const table = this.#table(kind);
    const key = keyOf(namespaceOf(object), nameOf(object));
    const previous = table.objects.get(key);
    const stored = this.#stamped(object);
    table.objects.set(key, stored);
    if (previous === undefined) table.order = undefined;
    this.#record(kind, previous === undefined ? "ADDED" : "MODIFIED", stored, previous);
    return stored;
  }

  /** Removes an object; its last state, under the revision of the removal, is returned. */
  remove(kind: Kind, namespace: string, name: string): JsonObject | undefined {
    const table = this.#table(kind);
    const key = keyOf(namespace, name);
    const previous = table.objects.get(key);
    if (previous === undefined) return undefined;
    table.objects.delete(key);
    table.order = undefined;
    const last = this.#stamped(previous);
    this.#record(kind, "DELETED", last, previous);
    return last;
  }

  /** The changes of a kind after a revision, or undefined when some of them are forgotten. */
  since(kind: Kind, revision: number): Change[] | undefined {
    const table = this.#table(kind);
    if (revision < table.forgotten) return undefined;
    return table.history.filter((change) => change.revision > revision);
  }

  /** The oldest revision from which the changes of a kind are still known. */
  oldest(kind: Kind): number {
    return this.#table(kind).forgotten;
  }

  /** Forgets all past changes, as etcd's compaction does. */
  compact(): void {
    for (const table of this.#tables.values()) {
      table.history.length = 0;
      table.forgotten = this.#revision;
    }
  }

  /** Calls back for every change, at once and in order; returns how to end it. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #table(kind: Kind): Table {
    const table = this.#tables.get(kind);
    if (table === undefined) throw new Error(`no table for ${kind.kind}`);
    return table;
  }

  #stamped(object: JsonObject): JsonObject {
    this.#revision += 1;
    const metadata = { ...objectOf(object["metadata"]), resourceVersion: String(this.#revision) };
    return { ...object, metadata: inOrder(metadata) };
  }

  #record(kind: Kind, type: Change["type"], object: JsonObject, previous: JsonObject | undefined): void {
    const change: Change = { kind, type, revision: this.#revision, object, previous };
    const table = this.#table(kind);
    table.history.push(change);
    if (table.history.length > this.#window)
      table.forgotten = table.history.shift()?.revision ?? table.forgotten;
    for (const listener of [...this.#listeners]) listener(change);
  }
}
