import type { Liveness, ObjectRef } from "../domain/cluster.ts";
import type { LeaseHome } from "../domain/config.ts";
import type { StoredLock } from "../domain/lock.ts";
import type { OperationRecord } from "../domain/operation.ts";
import type { DurationMs, EpochMs } from "../domain/time.ts";
import type { Waiter } from "../domain/waiting.ts";
import type { Disposable } from "./emitter.ts";
import type { Clock, ClusterWatches, Watch, WatchedLease } from "./ports.ts";

interface Home {
  readonly watch: Watch<WatchedLease>;
  readonly listening: Disposable;
  /** The server's time at a moment of our monotonic clock, which carries it on. */
  anchor: { readonly offset: DurationMs; readonly serverTime: EpochMs; readonly at: DurationMs } | undefined;
  hasListed: boolean;
  wasLive: boolean;
  /** When each operation was last seen to show a sign of life, by our monotonic clock. */
  readonly signs: Map<string, { readonly text: string; readonly at: DurationMs }>;
}

const homeKey = ({ context, namespace }: LeaseHome): string => `${context}\n${namespace}`;

/** The watched Leases of every place that a configuration names, each place once. */
export class LeaseHomes implements Disposable {
  readonly #watches: ClusterWatches;
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #homes = new Map<string, Home>();

  constructor(watches: ClusterWatches, clock: Clock, changed: () => void) {
    this.#watches = watches;
    this.#clock = clock;
    this.#changed = changed;
  }

  follow(homes: readonly LeaseHome[]): void {
    const wanted = new Map(homes.map((home) => [homeKey(home), home]));
    for (const [key, home] of this.#homes) {
      if (!wanted.has(key)) this.#close(key, home);
    }
    for (const [key, home] of wanted) {
      if (!this.#homes.has(key)) this.#open(key, home);
    }
  }

  liveness(home: LeaseHome): Liveness {
    return this.#homes.get(homeKey(home))?.watch.current.liveness ?? { kind: "connecting" };
  }

  /** Whether there is anything that was once known. */
  hasListed(home: LeaseHome): boolean {
    return this.#homes.get(homeKey(home))?.hasListed ?? false;
  }

  /** As last heard of, which the liveness says more about. */
  lock(ref: ObjectRef): StoredLock | undefined {
    return this.#lockLease(ref)?.lock;
  }

  /** Who waits, by the Lease that has a pool's name; none where there is no such Lease. */
  waiters(ref: ObjectRef): readonly Waiter[] {
    return this.#lockLease(ref)?.waiters ?? [];
  }

  /** Work under way; undefined where there is none, where nothing is known, and where it showed no life for its whole length. */
  operation(ref: ObjectRef): OperationRecord | undefined {
    const home = this.#homes.get(homeKey(ref));
    if (home?.watch.current.liveness.kind !== "live") return undefined;
    const lease = home.watch.current.items.get(ref.name);
    if (lease?.kind !== "operation" || lease.operation.record.kind === "idle") return undefined;
    const { record } = lease.operation;
    return record.kind === "working" && this.#fadesIn(home, ref.name, record.lasts) <= 0
      ? undefined
      : shown(record);
  }

  /** Until the next operation has shown no life for its whole length. */
  nextFading(): DurationMs {
    const fadings = [...this.#homes.values()].flatMap((home) =>
      [...home.watch.current.items].flatMap(([name, lease]) =>
        lease.kind === "operation" && lease.operation.record.kind === "working"
          ? [this.#fadesIn(home, name, lease.operation.record.lasts)]
          : [],
      ),
    );
    return Math.min(...fadings.filter((fading) => fading > 0), Infinity);
  }

  serverNow(home: LeaseHome): EpochMs {
    const anchor = this.#homes.get(homeKey(home))?.anchor;
    return anchor === undefined
      ? this.#clock.now()
      : anchor.serverTime + (this.#clock.monotonic() - anchor.at);
  }

  /** The server's clock minus ours; undefined until an answer told it. */
  clockOffset(home: LeaseHome): DurationMs | undefined {
    return this.#homes.get(homeKey(home))?.anchor?.offset;
  }

  relist(): void {
    for (const { watch } of this.#homes.values()) watch.relist();
  }

  dispose(): void {
    for (const [key, home] of this.#homes) this.#close(key, home);
  }

  #open(key: string, { context, namespace }: LeaseHome): void {
    const watch = this.#watches.leases(context, namespace);
    const home: Home = {
      watch,
      listening: watch.onChange(() => {
        this.#learn(home);
        this.#changed();
      }),
      anchor: undefined,
      hasListed: false,
      wasLive: false,
      signs: new Map(),
    };
    this.#homes.set(key, home);
    this.#learn(home);
  }

  #close(key: string, { watch, listening }: Home): void {
    listening.dispose();
    watch.dispose();
    this.#homes.delete(key);
  }

  #lockLease(ref: ObjectRef): (WatchedLease & { readonly kind: "lock" }) | undefined {
    const lease = this.#homes.get(homeKey(ref))?.watch.current.items.get(ref.name);
    return lease?.kind === "lock" ? lease : undefined;
  }

  #learn(home: Home): void {
    const { items, liveness, serverOffset } = home.watch.current;
    const at = this.#clock.monotonic();
    const isLive = liveness.kind === "live";
    // A watch that has just come back has a fresh answer. The monotonic clock may have stood still in between,
    // as it does while some machines sleep, so the time is taken anew even where the offset is what it was.
    const isFresh = isLive && !home.wasLive;
    home.wasLive = isLive;
    if (isLive) home.hasListed = true;
    if (serverOffset !== undefined && (isFresh || serverOffset !== home.anchor?.offset)) {
      home.anchor = { offset: serverOffset, serverTime: this.#clock.now() + serverOffset, at };
    }
    for (const [name, lease] of items) {
      if (lease.kind !== "operation") continue;
      const text = JSON.stringify(lease.operation.record);
      if (home.signs.get(name)?.text !== text) home.signs.set(name, { text, at });
    }
  }

  #fadesIn(home: Home, name: string, lasts: DurationMs): DurationMs {
    const seenAt = home.signs.get(name)?.at ?? this.#clock.monotonic();
    return seenAt + lasts - this.#clock.monotonic();
  }
}

/** The beat is a sign of life, not news: a row does not change because somebody is still at work. */
const shown = (record: OperationRecord): OperationRecord =>
  record.kind === "working" ? { ...record, beat: "" } : record;
