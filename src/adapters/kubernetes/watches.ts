import type { ClusterWatches, Watch, WatchedLease, WatchEvent } from "../../app/ports.ts";
import type { ReleaseStatus, RevisionLabel } from "../../domain/release.ts";
import { textAt, textsAt, type JsonObject } from "./json.ts";
import { leasesPath } from "./leaseObjects.ts";
import { readWatchedLease } from "./leases.ts";
import { WatchLoop, type WatchSource, type WatchTools } from "./watchLoop.ts";

/** One watch for each kind of a namespace, shared by all who ask for it and ended with the last of them. */
export class SharedWatches implements ClusterWatches {
  readonly #tools: WatchTools;
  readonly #leases = new Pool<WatchedLease>();
  readonly #releases = new Pool<readonly RevisionLabel[]>();

  constructor(tools: WatchTools) {
    this.#tools = tools;
  }

  leases(context: string, namespace: string): Watch<WatchedLease> {
    const source: WatchSource<WatchedLease, WatchedLease> = {
      context,
      path: leasesPath(namespace),
      read: readWatchedLease,
      view: (leases) => leases,
    };
    return this.#leases.share(`${context}\n${namespace}`, (fire) => new WatchLoop(source, this.#tools, fire));
  }

  releases(context: string, namespace: string): Watch<readonly RevisionLabel[]> {
    const source = releaseSource(context, namespace);
    return this.#releases.share(
      `${context}\n${namespace}`,
      (fire) => new WatchLoop(source, this.#tools, fire),
    );
  }

  dispose(): void {
    this.#leases.dispose();
    this.#releases.dispose();
  }
}

interface Loop<T> {
  readonly current: WatchEvent<T>;
  start(): void;
  relist(): void;
  dispose(): void;
}

interface Shared<T> {
  readonly loop: Loop<T>;
  readonly listeners: Set<(event: WatchEvent<T>) => void>;
  users: number;
}

class Pool<T> {
  readonly #shared = new Map<string, Shared<T>>();

  share(key: string, open: (fire: (event: WatchEvent<T>) => void) => Loop<T>): Watch<T> {
    const shared = this.#shared.get(key) ?? this.#open(key, open);
    shared.users += 1;
    return this.#handle(key, shared);
  }

  dispose(): void {
    for (const { loop, listeners } of this.#shared.values()) {
      listeners.clear();
      loop.dispose();
    }
    this.#shared.clear();
  }

  #open(key: string, open: (fire: (event: WatchEvent<T>) => void) => Loop<T>): Shared<T> {
    const listeners = new Set<(event: WatchEvent<T>) => void>();
    const loop = open((event) => {
      for (const listener of [...listeners]) listener(event);
    });
    const shared: Shared<T> = { loop, listeners, users: 0 };
    this.#shared.set(key, shared);
    loop.start();
    return shared;
  }

  #handle(key: string, shared: Shared<T>): Watch<T> {
    const own = new Set<(event: WatchEvent<T>) => void>();
    let isOpen = true;
    return {
      get current() {
        return shared.loop.current;
      },
      onChange: (listener) => {
        // A wrapper for each call, so that a function can listen twice and stop once.
        const entry = (event: WatchEvent<T>): void => {
          listener(event);
        };
        own.add(entry);
        shared.listeners.add(entry);
        return {
          dispose: () => {
            own.delete(entry);
            shared.listeners.delete(entry);
          },
        };
      },
      relist: () => {
        shared.loop.relist();
      },
      dispose: () => {
        if (!isOpen) return;
        isOpen = false;
        for (const entry of own) shared.listeners.delete(entry);
        shared.users -= 1;
        if (shared.users > 0) return;
        shared.loop.dispose();
        if (this.#shared.get(key) === shared) this.#shared.delete(key);
      },
    };
  }
}

interface RevisionObject {
  readonly release: string;
  readonly label: RevisionLabel;
}

/** helm's records by their metadata alone: the payloads are large, and a thousand of them would be gigabytes. */
function releaseSource(
  context: string,
  namespace: string,
): WatchSource<RevisionObject | undefined, readonly RevisionLabel[]> {
  const partial = (kind: string): string => `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;
  return {
    context,
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`,
    query: { labelSelector: "owner=helm" },
    listAccept: partial("PartialObjectMetadataList"),
    watchAccept: partial("PartialObjectMetadata"),
    read: readRevisionObject,
    view: byRelease,
  };
}

const STATUSES: readonly ReleaseStatus[] = [
  "deployed",
  "uninstalled",
  "superseded",
  "failed",
  "uninstalling",
  "pending-install",
  "pending-upgrade",
  "pending-rollback",
];

/** By labels, never by the object's name: a release may itself be called `web.v2`. */
function readRevisionObject(secret: JsonObject): RevisionObject | undefined {
  const labels = textsAt(secret, "metadata", "labels");
  const release = labels["name"];
  const revision = Number(labels["version"]);
  if (release === undefined || !Number.isInteger(revision) || revision < 1) return undefined;
  const status = STATUSES.find((known) => known === labels["status"]) ?? "unknown";
  // helm's createdAt label can be inherited from an earlier revision; the object's own date cannot.
  const createdAt = Date.parse(textAt(secret, "metadata", "creationTimestamp") ?? "");
  return {
    release,
    label: {
      revision,
      status,
      createdAt: Number.isFinite(createdAt) ? createdAt : 0,
      driver: "secret",
      version: {
        uid: textAt(secret, "metadata", "uid") ?? "",
        resourceVersion: textAt(secret, "metadata", "resourceVersion") ?? "",
      },
    },
  };
}

function byRelease(
  objects: ReadonlyMap<string, RevisionObject | undefined>,
): ReadonlyMap<string, readonly RevisionLabel[]> {
  const releases = new Map<string, RevisionLabel[]>();
  for (const object of objects.values()) {
    if (object === undefined) continue;
    const revisions = releases.get(object.release);
    if (revisions === undefined) releases.set(object.release, [object.label]);
    else revisions.push(object.label);
  }
  for (const revisions of releases.values()) revisions.sort((a, b) => b.revision - a.revision);
  return releases;
}
