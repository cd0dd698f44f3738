import type { ObjectRef } from "../domain/cluster.ts";
import type { HeldOperation, OperationRecord, StoredOperation } from "../domain/operation.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { Clock, Log, OperationStore } from "./ports.ts";
import { NEVER_ABORTED } from "./writing.ts";

/** An operation Lease that is ours and is being renewed. */
export interface RunningOperation {
  /** Fires once another holder was *read* in the Lease; never because a renewal failed. */
  readonly takenOver: AbortSignal;
  /** Who took it over, once `takenOver` fired. */
  readonly takenBy: string | undefined;
  /** What another process needs to renew it as well. */
  readonly held: HeldOperation;
  /** From now on another process renews: here it is only looked at, and renewed where that one gives no sign of life. */
  standBy(): void;
  /** Renews by itself again. */
  resume(): void;
  /** Ends the renewing and leaves the Lease as it is: to another process of this run, or to its own end. */
  leave(): Promise<void>;
  /** Gives the Lease back, unless it was left; never rejects. */
  release(): Promise<void>;
}

export interface RenewServices {
  readonly operations: OperationStore;
  readonly clock: Clock;
  readonly log: Log;
}

type Working = OperationRecord & { readonly kind: "working" };

const RELEASE_TRIES = 3;
const RELEASE_PAUSE_MS: DurationMs = SECOND_MS / 2;
/** Two rhythms that are not in step show no sign of life in one look now and then. */
const SILENT_LOOKS = 2;

/** Renews an operation Lease. Unreachable is not lost: only a reading that names somebody else ends it. */
export class RenewedOperation implements RunningOperation {
  readonly #services: RenewServices;
  readonly #ref: ObjectRef;
  readonly #every: DurationMs;
  readonly #record: Working;
  readonly #ended = new AbortController();
  readonly #takenOver = new AbortController();
  #stored: StoredOperation;
  #takenBy: string | undefined;
  #isLeft = false;
  #mode: "renews" | "stands-by" = "renews";
  #silentLooks = 0;
  #renewing: Promise<void> = Promise.resolve();

  constructor(services: RenewServices, { ref, stored, every }: HeldOperation) {
    if (stored.record.kind !== "working") throw new Error("Only an operation under way can be renewed.");
    this.#services = services;
    this.#ref = ref;
    this.#every = every;
    this.#stored = stored;
    this.#record = stored.record;
  }

  get takenOver(): AbortSignal {
    return this.#takenOver.signal;
  }

  get takenBy(): string | undefined {
    return this.#takenBy;
  }

  get held(): HeldOperation {
    return { ref: this.#ref, stored: { ...this.#stored, record: this.#record }, every: this.#every };
  }

  start(): void {
    this.#renewing = this.#renewUntilEnded();
  }

  standBy(): void {
    this.#mode = "stands-by";
    this.#silentLooks = 0;
  }

  resume(): void {
    this.#mode = "renews";
  }

  async leave(): Promise<void> {
    this.#isLeft = true;
    this.#ended.abort();
    await this.#renewing;
  }

  async release(): Promise<void> {
    if (this.#isLeft) return;
    await this.leave();
    const idle: OperationRecord = { kind: "idle", transitions: this.#record.transitions };
    for (let tries = 1; tries <= RELEASE_TRIES && this.#takenBy === undefined; tries += 1) {
      const { version } = this.#stored;
      const written = await this.#services.operations.write(this.#ref, version, idle, NEVER_ABORTED);
      if (written.ok || (await this.#lookAgain()) === "not-ours") return;
      await this.#services.clock.sleep(RELEASE_PAUSE_MS, NEVER_ABORTED);
    }
    // Left alone, the Lease ends by itself.
  }

  async #renewUntilEnded(): Promise<void> {
    const { clock } = this.#services;
    for (;;) {
      await clock.sleep(this.#every, this.#ended.signal);
      if (this.#ended.signal.aborted || this.#takenBy !== undefined) return;
      if (this.#mode === "renews") await this.#renewOnce();
      else await this.#lookWhetherRenewed();
    }
  }

  async #renewOnce(): Promise<void> {
    const { operations, log } = this.#services;
    const written = await operations.write(this.#ref, this.#stored.version, this.#record, NEVER_ABORTED);
    if (written.ok) {
      this.#stored = written.value.value;
      return;
    }
    // Another process of this run may have been faster: that is no news.
    const isOurs = (await this.#lookAgain()) === "ours" && written.error.reason === "conflict";
    if (!isOurs) log.warn(`Renewing ${this.#ref.name}: ${JSON.stringify(written.error)}`);
  }

  async #lookWhetherRenewed(): Promise<void> {
    const before = beatOf(this.#stored);
    await this.#lookAgain();
    const isSilent = beatOf(this.#stored) === before;
    this.#silentLooks = isSilent ? this.#silentLooks + 1 : 0;
    if (this.#silentLooks >= SILENT_LOOKS && this.#takenBy === undefined) await this.#renewOnce();
  }

  /** Who has it now decides. One that was emptied while we work is taken back by the next renewal. */
  async #lookAgain(): Promise<"ours" | "not-ours" | "unknown"> {
    const read = await this.#services.operations.read(this.#ref, NEVER_ABORTED);
    if (!read.ok) {
      // A Lease that was deleted is not made again silently; whoever makes it will be read as its holder.
      this.#services.log.warn(`Reading ${this.#ref.name}: ${JSON.stringify(read.error)}`);
      return read.error.reason === "not-found" ? "not-ours" : "unknown";
    }
    const { record } = read.value.value;
    this.#stored = read.value.value;
    if (record.kind === "working" && record.run === this.#record.run) return "ours";
    if (record.kind === "idle") return "not-ours";
    this.#takenBy = record.kind === "working" ? record.name : record.holder;
    this.#takenOver.abort();
    return "not-ours";
  }
}

const beatOf = ({ record }: StoredOperation): string => (record.kind === "working" ? record.beat : "");
