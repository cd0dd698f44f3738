import type { WatchEvent } from "../../app/ports.ts";
import type { Liveness } from "../../domain/cluster.ts";
import type { RecordDriver, RevisionLabel } from "../../domain/release.ts";
import { newestFirst, readRecordLabels } from "../../domain/recordLabels.ts";
import { textAt, textsAt, type JsonObject } from "./json.ts";
import { WatchLoop, type WatchSource, type WatchTools } from "./watchLoop.ts";

interface RecordMetadata {
  readonly release: string;
  readonly label: RevisionLabel;
}

type Revisions = readonly RevisionLabel[];
type Half = WatchLoop<RecordMetadata | undefined, Revisions>;

/**
 * helm's records of a namespace, in Secrets and in ConfigMaps, as one. Who may not read the one kind sees the other:
 * few teams keep records in ConfigMaps, and fewer grant them for that.
 */
export class ReleaseLoop {
  readonly #secrets: Half;
  readonly #configMaps: Half;
  readonly #fire: (event: WatchEvent<Revisions>) => void;
  #joined: { readonly of: readonly object[]; readonly items: ReadonlyMap<string, Revisions> } | undefined;

  constructor(
    place: { readonly context: string; readonly namespace: string },
    tools: WatchTools,
    fire: (event: WatchEvent<Revisions>) => void,
  ) {
    const changed = (): void => {
      this.#fire(this.current);
    };
    this.#fire = fire;
    this.#secrets = new WatchLoop(recordSource(place, "secret"), tools, changed);
    this.#configMaps = new WatchLoop(recordSource(place, "configmap"), tools, changed);
  }

  get current(): WatchEvent<Revisions> {
    const halves = this.#counting().map((half) => half.current);
    return {
      items: this.#join(halves.map(({ items }) => items)),
      liveness: worst(halves.map(({ liveness }) => liveness)),
      serverOffset: halves.find(({ serverOffset }) => serverOffset !== undefined)?.serverOffset,
    };
  }

  start(): void {
    this.#secrets.start();
    this.#configMaps.start();
  }

  relist(): void {
    this.#secrets.relist();
    this.#configMaps.relist();
  }

  dispose(): void {
    this.#secrets.dispose();
    this.#configMaps.dispose();
  }

  /** Those whose word counts: a kind that may not be read says nothing, unless that is all that is known. */
  #counting(): readonly Half[] {
    if (isForbidden(this.#configMaps)) return [this.#secrets];
    const isElsewhere = isForbidden(this.#secrets) && this.#configMaps.current.items.size > 0;
    return isElsewhere ? [this.#configMaps] : [this.#secrets, this.#configMaps];
  }

  #join(parts: readonly ReadonlyMap<string, Revisions>[]): ReadonlyMap<string, Revisions> {
    const joined = this.#joined;
    if (joined?.of.length === parts.length && parts.every((part, index) => part === joined.of[index])) {
      return joined.items;
    }
    const items = new Map<string, Revisions>();
    for (const part of parts) {
      for (const [release, revisions] of part) {
        const others = items.get(release);
        items.set(release, others === undefined ? revisions : newestFirst([...others, ...revisions]));
      }
    }
    this.#joined = { of: parts, items };
    return items;
  }
}

function isForbidden(half: Half): boolean {
  const { liveness } = half.current;
  return liveness.kind === "stale" && liveness.error.reason === "forbidden";
}

/** What is known of several is as old as what is known least of. */
export function worst(all: readonly Liveness[]): Liveness {
  const [first, ...others] = all;
  if (first === undefined) return { kind: "connecting" };
  return others.reduce((found, next) => (isWorse(next, found) ? next : found), first);
}

const RANK = { stale: 0, connecting: 1, live: 2 } as const;

function isWorse(one: Liveness, other: Liveness): boolean {
  if (one.kind === "live" && other.kind === "live") return one.verifiedAt < other.verifiedAt;
  if (one.kind === "stale" && other.kind === "stale") return one.since < other.since;
  return RANK[one.kind] < RANK[other.kind];
}

/** By metadata alone: the payloads are large, and a thousand of them would be gigabytes. */
function recordSource(
  { context, namespace }: { readonly context: string; readonly namespace: string },
  driver: RecordDriver,
): WatchSource<RecordMetadata | undefined, Revisions> {
  const partial = (kind: string): string => `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;
  return {
    context,
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/${driver}s`,
    query: { labelSelector: "owner=helm" },
    listAccept: partial("PartialObjectMetadataList"),
    watchAccept: partial("PartialObjectMetadata"),
    read: (object) => readRecord(object, driver),
    view: byRelease,
  };
}

function readRecord(object: JsonObject, driver: RecordDriver): RecordMetadata | undefined {
  const labels = readRecordLabels(textsAt(object, "metadata", "labels"));
  if (labels === undefined) return undefined;
  const { release, revision, status } = labels;
  // helm's createdAt label can be inherited from an earlier revision; the object's own date cannot.
  const createdAt = Date.parse(textAt(object, "metadata", "creationTimestamp") ?? "");
  return {
    release,
    label: {
      revision,
      status,
      createdAt: Number.isFinite(createdAt) ? createdAt : 0,
      driver,
      version: {
        uid: textAt(object, "metadata", "uid") ?? "",
        resourceVersion: textAt(object, "metadata", "resourceVersion") ?? "",
      },
    },
  };
}

function byRelease(
  objects: ReadonlyMap<string, RecordMetadata | undefined>,
): ReadonlyMap<string, readonly RevisionLabel[]> {
  const releases = new Map<string, RevisionLabel[]>();
  for (const object of objects.values()) {
    if (object === undefined) continue;
    const revisions = releases.get(object.release);
    if (revisions === undefined) releases.set(object.release, [object.label]);
    else revisions.push(object.label);
  }
  return new Map([...releases].map(([release, revisions]) => [release, newestFirst(revisions)]));
}
