import { Emitter } from "../../src/app/emitter.ts";
import type { ClusterWatches, Watch, WatchedLease, WatchEvent } from "../../src/app/ports.ts";
import type { LockRecord } from "../../src/domain/lock.ts";
import type { OperationRecord } from "../../src/domain/operation.ts";
import type { Waiter } from "../../src/domain/waiting.ts";
import type { RevisionLabel } from "../../src/domain/release.ts";

/** A watch that a test tells what it sees. */
export class FakeWatch<T> implements Watch<T> {
  readonly #events = new Emitter<WatchEvent<T>>();
  current: WatchEvent<T> = { items: new Map(), liveness: { kind: "connecting" }, serverOffset: undefined };
  readonly onChange = this.#events.event;
  relists = 0;
  isOpen = true;

  tell(event: Partial<WatchEvent<T>>): void {
    this.current = { ...this.current, ...event };
    this.#events.fire(this.current);
  }

  relist(): void {
    this.relists += 1;
  }

  dispose(): void {
    this.isOpen = false;
  }
}

/** Watches of any place, opened when first asked for. */
export class FakeWatches implements ClusterWatches {
  readonly leaseWatches = new Map<string, FakeWatch<WatchedLease>>();
  readonly releaseWatches = new Map<string, FakeWatch<readonly RevisionLabel[]>>();

  leases(context: string, namespace: string): FakeWatch<WatchedLease> {
    return open(this.leaseWatches, `${context}/${namespace}`);
  }

  releases(context: string, namespace: string): FakeWatch<readonly RevisionLabel[]> {
    return open(this.releaseWatches, `${context}/${namespace}`);
  }
}

function open<T>(watches: Map<string, FakeWatch<T>>, key: string): FakeWatch<T> {
  const known = watches.get(key);
  if (known?.isOpen === true) return known;
  const watch = new FakeWatch<T>();
  watches.set(key, watch);
  return watch;
}

export const watchedLock = (record: LockRecord, waiters: readonly Waiter[] = []): WatchedLease => ({
  kind: "lock",
  lock: { record, version: { uid: "u", resourceVersion: "1" } },
  waiters,
});

export const watchedOperation = (record: OperationRecord): WatchedLease => ({
  kind: "operation",
  operation: { record, version: { uid: "u", resourceVersion: "1" } },
});
