import type { ObjectVersion } from "../../domain/cluster.ts";
import type { Revision } from "../../domain/release.ts";

/** All revisions that a team looks at in a day; one of usual size is a hundred kilobytes. */
const MAX_RECORDS = 512;
const MAX_CHARACTERS = 32 * 1024 * 1024;

interface Kept {
  readonly revision: Revision;
  readonly characters: number;
}

/**
 * Records that were decoded, by what names the very state of an object: uid and resourceVersion. Those that were not
 * asked for longest go first.
 */
export class RecordCache {
  readonly #kept = new Map<string, Kept>();
  #characters = 0;

  get(context: string, version: ObjectVersion): Revision | undefined {
    const key = keyOf(context, version);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.revision;
  }

  put(context: string, revision: Revision): void {
    const key = keyOf(context, revision.version);
    this.#remove(key);
    const characters = sizeOf(revision);
    this.#kept.set(key, { revision, characters });
    this.#characters += characters;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_RECORDS && this.#characters <= MAX_CHARACTERS) return;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#kept.clear();
    this.#characters = 0;
  }

  #remove(key: string): void {
    this.#characters -= this.#kept.get(key)?.characters ?? 0;
    this.#kept.delete(key);
  }
}

/** A restored copy of a cluster has the same uids, so that the context belongs to it. */
const keyOf = (context: string, { uid, resourceVersion }: ObjectVersion): string =>
  JSON.stringify([context, uid, resourceVersion]);

const sizeOf = ({ manifest, values, hooks, description }: Revision): number =>
  [manifest, description, JSON.stringify(values), ...hooks.map((hook) => hook.manifest)].reduce(
    (sum, { length }) => sum + length,
    0,
  );
