import type { ClusterWatches, Watch, WatchedLease, WatchEvent } from "../../app/ports.ts";
import type { WorkloadAddress, WorkloadWatches } from "../../app/rolloutPorts.ts";
import type { RevisionLabel } from "../../domain/release.ts";
import type { WorkloadSight } from "../../domain/rollouts.ts";
import { leasesPath } from "./leaseObjects.ts";
import { readWatchedLease } from "./leases.ts";
import { ReleaseLoop } from "./releaseWatch.ts";
import { WatchLoop, type WatchSource, type WatchTools } from "./watchLoop.ts";
import { WorkloadLoop } from "./workloadWatch.ts";

/** One watch for each thing that is watched, shared by all who ask for it and ended with the last of them. */
export class SharedWatches implements ClusterWatches, WorkloadWatches {
  readonly #tools: WatchTools;
  readonly #leases = new Pool<WatchedLease>();
  readonly #releases = new Pool<readonly RevisionLabel[]>();
  readonly #workloads = new Pool<WorkloadSight>();

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
    const place = { context, namespace };
    return this.#releases.share(
      `${context}\n${namespace}`,
      (fire) => new ReleaseLoop(place, this.#tools, fire),
    );
  }

  workload(of: WorkloadAddress): Watch<WorkloadSight> {
    const key = [of.context, of.namespace, of.kind, of.name].join("\n");
    return this.#workloads.share(key, (fire) => new WorkloadLoop(of, this.#tools, fire));
  }

  dispose(): void {
    this.#leases.dispose();
    this.#releases.dispose();
    this.#workloads.dispose();
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
