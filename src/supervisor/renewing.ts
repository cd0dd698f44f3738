import { systemClock as clock } from "../adapters/system/clock.ts";
import type { Log } from "../app/ports.ts";
import { RenewedOperation } from "../app/renewedOperation.ts";
import type { SupervisedOperation } from "../domain/supervision.ts";

const MAX_REMARKS = 20;

interface Renewed {
  readonly operation: RenewedOperation;
  dispose(): void;
}

/**
 * Renews the operation Lease while the program runs. The cluster's client is a bundle of its own that loads
 * meanwhile; that it could not be loaded or reach anything ends nothing.
 */
export class Renewing {
  readonly #order: SupervisedOperation;
  readonly #onTaken: (by: string) => void;
  readonly #remarks: string[] = [];
  readonly #ending = new AbortController();
  readonly #renewed: Promise<Renewed | undefined>;

  constructor(order: SupervisedOperation, onTaken: (by: string) => void) {
    this.#order = order;
    this.#onTaken = onTaken;
    this.#renewed = this.#start().catch((error: unknown) => {
      this.#remark(error instanceof Error ? error.message : String(error));
      return undefined;
    });
  }

  get remarks(): readonly string[] {
    return this.#remarks;
  }

  /** The Lease is left to the process that began the run while that is there, and given back where it is gone. */
  async end(): Promise<void> {
    this.#ending.abort();
    const renewed = await this.#renewed;
    if (renewed === undefined) return;
    if (isThere(this.#order.hostPid)) await renewed.operation.leave();
    else await renewed.operation.release();
    renewed.dispose();
  }

  async #start(): Promise<Renewed | undefined> {
    // Loading the client takes as much of the machine as the program's own start, and nothing is due before that.
    await clock.sleep(this.#order.every / 2, this.#ending.signal);
    if (this.#ending.signal.aborted && isThere(this.#order.hostPid)) return undefined;
    const { openCluster } = await import("../cluster.ts");
    const remark = (message: string): void => {
      this.#remark(message);
    };
    const log: Log = { info: () => undefined, warn: remark, error: remark };
    const cluster = openCluster({ env: process.env, clock, log });
    const operation = new RenewedOperation({ ...cluster.pinned(), clock, log }, this.#order);
    operation.takenOver.addEventListener("abort", () => {
      if (!this.#ending.signal.aborted) this.#onTaken(operation.takenBy ?? "");
    });
    operation.start();
    return {
      operation,
      dispose: () => {
        cluster.dispose();
      },
    };
  }

  #remark(message: string): void {
    this.#remarks.push(message);
    this.#remarks.splice(0, this.#remarks.length - MAX_REMARKS);
  }
}

/** Ids are given anew: a stranger with this id costs no more than that the Lease ends by itself. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
