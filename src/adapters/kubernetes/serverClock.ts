import { SECOND_MS, type DurationMs, type EpochMs } from "../../domain/time.ts";

/** One answer's `Date` header, and when by our wall clock its request left and its headers came. */
export interface DateSample {
  readonly serverTime: EpochMs | undefined;
  readonly sentAt: EpochMs;
  readonly receivedAt: EpochMs;
}

/**
 * How far the API server's clock is ahead of ours. The header is cut to whole seconds, so that one answer
 * leaves more than a second of doubt; what several answers allow together is much less.
 */
export class ServerClock {
  #atLeast: DurationMs = -Infinity;
  #atMost: DurationMs = Infinity;

  /** The least that the answers allow, so that nothing seems to have ended before it has; undefined before the first. */
  get offset(): DurationMs | undefined {
    return Number.isFinite(this.#atLeast) ? this.#atLeast : undefined;
  }

  learn({ serverTime, sentAt, receivedAt }: DateSample): void {
    if (serverTime === undefined) return;
    const atLeast = serverTime - receivedAt;
    const atMost = serverTime + SECOND_MS - sentAt;
    const isContradiction = atLeast > this.#atMost || atMost < this.#atLeast;
    // One of the clocks was set: only what is newest counts.
    this.#atLeast = isContradiction ? atLeast : Math.max(this.#atLeast, atLeast);
    this.#atMost = isContradiction ? atMost : Math.min(this.#atMost, atMost);
  }
}
