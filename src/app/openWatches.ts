import type { WorkloadSight } from "../domain/rollouts.ts";
import type { Disposable } from "./emitter.ts";
import type { Watch, WatchEvent } from "./ports.ts";
import type { WorkloadAddress, WorkloadWatches } from "./rolloutPorts.ts";

interface Open<T> {
  readonly watch: Watch<T>;
  readonly listening: Disposable;
}

/** How the things that are followed are told apart, and how one of them is watched. */
interface Following<W, T> {
  readonly keyOf: (what: W) => string;
  readonly open: (what: W) => Watch<T>;
}

/** Watches of one kind of thing, opened and closed as others name what is to be followed. */
export class OpenWatches<W, T> implements Disposable {
  readonly #following: Following<W, T>;
  readonly #changed: () => void;
  readonly #open = new Map<string, Open<T>>();

  constructor(following: Following<W, T>, changed: () => void) {
    this.#following = following;
    this.#changed = changed;
  }

  /** Opens the watches of these, each once, and closes the others. */
  follow(wanted: readonly W[]): void {
    const { keyOf, open } = this.#following;
    const byKey = new Map(wanted.map((what) => [keyOf(what), what]));
    for (const [key, { watch, listening }] of this.#open) {
      if (byKey.has(key)) continue;
      listening.dispose();
      watch.dispose();
      this.#open.delete(key);
    }
    for (const [key, what] of byKey) {
      if (this.#open.has(key)) continue;
      const watch = open(what);
      this.#open.set(key, { watch, listening: watch.onChange(this.#changed) });
    }
  }

  /** What its watch has said last; undefined for what is not followed. */
  of(what: W): WatchEvent<T> | undefined {
    return this.#open.get(this.#following.keyOf(what))?.watch.current;
  }

  /** Reads everything again at once. */
  relist(): void {
    for (const { watch } of this.#open.values()) watch.relist();
  }

  dispose(): void {
    this.follow([]);
  }
}

/** Of workloads, each a watch of its own. */
export const workloadsToFollow = (
  watches: WorkloadWatches,
  changed: () => void,
): OpenWatches<WorkloadAddress, WorkloadSight> => {
  const keyOf = ({ context, namespace, kind, name }: WorkloadAddress): string =>
    JSON.stringify([context, namespace, kind, name]);
  return new OpenWatches({ keyOf, open: (workload) => watches.workload(workload) }, changed);
};
