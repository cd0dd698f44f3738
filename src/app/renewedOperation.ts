import type { ObjectRef } from "../domain/cluster.ts";
import type { OperationRecord, StoredOperation } from "../domain/operation.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { Clock, Log, OperationStore } from "./ports.ts";
import { NEVER_ABORTED } from "./writing.ts";

/** An operation Lease that is ours and is being renewed. */
export interface RunningOperation {
  /** Fires once another holder was *read* in the Lease; never because a renewal failed. */
  readonly takenOver: AbortSignal;
  /** Who took it over, once `takenOver` fired. */
  readonly takenBy: string | undefined;
  /** Gives the Lease back; never rejects. */
  release(): Promise<void>;
}

interface Services {
  readonly operations: OperationStore;
  readonly clock: Clock;
  readonly log: Log;
}

type Working = OperationRecord & { readonly kind: "working" };

const RELEASE_TRIES = 3;
const RELEASE_PAUSE_MS: DurationMs = SECOND_MS / 2;

/** Renews an operation Lease. Unreachable is not lost: only a reading that names somebody else ends it (decisions.md, 8). */
export class RenewedOperation implements RunningOperation {
  readonly #services: Services;
  readonly #ref: ObjectRef;
  readonly #record: Working;
  readonly #ended = new AbortController();
  readonly #takenOver = new AbortController();
  #stored: StoredOperation;
  #takenBy: string | undefined;
  #renewing: Promise<void> = Promise.resolve();

  constructor(services: Services, ref: ObjectRef, mine: StoredOperation) {
    if (mine.record.kind !== "working") throw new Error("Only an operation under way can be renewed.");
    this.#services = services;
    this.#ref = ref;
    this.#stored = mine;
    this.#record = mine.record;
  }

  get takenOver(): AbortSignal {
    return this.#takenOver.signal;
  }

  get takenBy(): string | undefined {
    return this.#takenBy;
  }

  start(every: DurationMs): void {
    this.#renewing = this.#renewUntilEnded(every);
  }

  async release(): Promise<void> {
    this.#ended.abort();
    await this.#renewing;
    const idle: OperationRecord = { kind: "idle", transitions: this.#record.transitions };
    for (let tries = 1; tries <= RELEASE_TRIES && this.#takenBy === undefined; tries += 1) {
      const { version } = this.#stored;
      const written = await this.#services.operations.write(this.#ref, version, idle, NEVER_ABORTED);
      if (written.ok || (await this.#lookAgain()) === "not-ours") return;
      await this.#services.clock.sleep(RELEASE_PAUSE_MS, NEVER_ABORTED);
    }
    // Left alone, the Lease ends by itself.
  }

  async #renewUntilEnded(every: DurationMs): Promise<void> {
    const { clock } = this.#services;
    for (;;) {
      await clock.sleep(every, this.#ended.signal);
      if (this.#ended.signal.aborted || this.#takenBy !== undefined) return;
      await this.#renewOnce();
    }
  }

  async #renewOnce(): Promise<void> {
    const { operations, log } = this.#services;
    const written = await operations.write(this.#ref, this.#stored.version, this.#record, NEVER_ABORTED);
    if (written.ok) {
      this.#stored = written.value.value;
      return;
    }
    log.warn(`Renewing ${this.#ref.name}: ${JSON.stringify(written.error)}`);
    await this.#lookAgain();
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
