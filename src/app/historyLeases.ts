import type { ObjectRef } from "../domain/cluster.ts";
import type { EnvironmentHold } from "../domain/hold.ts";
import type { LeaseHome } from "../domain/config.ts";
import { lockRef } from "../domain/lock.ts";
import { operationIn, type OperationRecord } from "../domain/operation.ts";
import type { DurationMs } from "../domain/time.ts";
import type { Disposable } from "./emitter.ts";
import { LeaseHomes } from "./leaseHomes.ts";
import type { Clock, ClusterWatches } from "./ports.ts";
import type { HoldStore } from "./rollbackPorts.ts";

/** A machine or an environment, with the cluster that it is deployed to. */
export interface LeasedPlace {
  readonly context: string;
  readonly name: string;
  readonly kind: "environment" | "machine";
  readonly locks: LeaseHome;
}

/** Who works at a machine or an environment, and whether it is on hold, by its Leases. */
export class HistoryLeases implements Disposable {
  readonly #homes: LeaseHomes;
  readonly #holds: HoldStore;
  readonly #changed: () => void;
  readonly #closed = new AbortController();
  readonly #operation: ObjectRef;
  /** Only environments can be put on hold. */
  readonly #holdRef: ObjectRef | undefined;
  #hold: EnvironmentHold | undefined;
  /** The version of the Lease that was asked for last. */
  #asked: string | undefined;

  constructor(
    services: { readonly watches: ClusterWatches; readonly holds: HoldStore; readonly clock: Clock },
    place: LeasedPlace,
    changed: () => void,
  ) {
    const { context, name, kind, locks } = place;
    this.#holds = services.holds;
    this.#changed = changed;
    this.#operation = operationIn(context, name, locks);
    this.#holdRef = kind === "environment" ? lockRef(name, locks) : undefined;
    this.#homes = new LeaseHomes(services.watches, services.clock, () => {
      this.#see();
      this.#changed();
    });
  }

  /** Opens the watches, once. */
  open(): void {
    this.#homes.follow([this.#operation, ...(this.#holdRef === undefined ? [] : [this.#holdRef])]);
    this.#see();
  }

  get operation(): OperationRecord | undefined {
    return this.#homes.operation(this.#operation);
  }

  /** As last read; a Lease that cannot be read lifts no hold. */
  get hold(): EnvironmentHold | undefined {
    return this.#hold;
  }

  /** Until the work that is shown has shown no life for its whole length. */
  nextFading(): DurationMs {
    return this.#homes.nextFading();
  }

  relist(): void {
    this.#homes.relist();
    this.again();
  }

  /** Asks for the hold where the watch does not tell of its changes. */
  again(): void {
    const ref = this.#holdRef;
    if (ref !== undefined && this.#homes.liveness(ref).kind !== "live") void this.#read(ref);
  }

  dispose(): void {
    this.#closed.abort();
    this.#homes.dispose();
  }

  /** Reads the hold where the Lease is another than the one that it was read from. */
  #see(): void {
    const ref = this.#holdRef;
    if (ref === undefined) return;
    const { kind } = this.#homes.liveness(ref);
    const version = this.#homes.lock(ref)?.version.resourceVersion;
    if (kind === "live" && version === undefined) this.#hold = undefined;
    const isNew = kind === "live" && version !== undefined && version !== this.#asked;
    // Whoever may not watch may still read.
    const isOnlyWay = kind === "stale" && this.#asked === undefined;
    if (!isNew && !isOnlyWay) return;
    this.#asked = version ?? "";
    void this.#read(ref);
  }

  async #read(ref: ObjectRef): Promise<void> {
    const answer = await this.#holds.read(ref, this.#closed.signal);
    if (this.#closed.signal.aborted) return;
    if (answer.ok) this.#hold = answer.value.value.hold;
    else if (answer.error.reason === "not-found") this.#hold = undefined;
    // Asked again when the watch or the clock gives reason to.
    else this.#asked = undefined;
    this.#changed();
  }
}
