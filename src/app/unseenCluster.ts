import type { Result } from "../domain/result.ts";
import { SECOND_MS, type DurationMs, type EpochMs } from "../domain/time.ts";
import type { Clock, ReleaseReadError } from "./ports.ts";

/** That a cluster which is asked again and again does not answer. */
export interface Unseen {
  /** When it answered last, or was asked first. */
  readonly since: EpochMs;
  /** Absent as long as an answer is only late. */
  readonly error?: ReleaseReadError;
}

/** A request has a time limit of its own, and is tried twice: that is too long to be silent about it. */
const LATE_MS: DurationMs = 3 * SECOND_MS;
/** Meanwhile time goes on, and whoever waits is to see that. */
const STILL_LATE_MS: DurationMs = SECOND_MS;

/** Keeps count of when a cluster answered last, and tells where it does not. */
export class Answers {
  readonly #clock: Clock;
  #last: EpochMs;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** Asks; `onUnseen` hears of an answer that is late, again and again, and of a failure that is no giving up. */
  async ask<T, E extends ReleaseReadError>(
    read: () => Promise<Result<T, E>>,
    onUnseen: (unseen: Unseen) => void,
  ): Promise<Result<T, E>> {
    const since = this.#last;
    const tellLate = (): void => {
      onUnseen({ since });
      late = this.#clock.after(STILL_LATE_MS, tellLate);
    };
    let late = this.#clock.after(LATE_MS, tellLate);
    try {
      const found = await read();
      if (found.ok) this.#last = this.#clock.now();
      else if (found.error.reason !== "aborted") onUnseen({ since, error: found.error });
      return found;
    } finally {
      late.dispose();
    }
  }
}
