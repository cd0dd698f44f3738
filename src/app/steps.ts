import type { DurationMs } from "../domain/time.ts";
import type { Disposable } from "./emitter.ts";
import type { Clock } from "./ports.ts";

/** What many events bring one after the other is shown in as many steps as one can follow. */
const STEP_MS: DurationMs = 100;

/** Does something whenever it is asked to, or in steps: at most once each 100 ms, however often it is asked to. */
export class Steps implements Disposable {
  readonly #clock: Clock;
  readonly #act: () => void;
  #actedAt: DurationMs | undefined;
  #next: Disposable | undefined;
  #isClosed = false;

  constructor(clock: Clock, act: () => void) {
    this.#clock = clock;
    this.#act = act;
  }

  /** At once, and with it what was to come in the next step. */
  now(): void {
    if (this.#isClosed) return;
    this.#next?.dispose();
    this.#next = undefined;
    this.#actedAt = this.#clock.monotonic();
    this.#act();
  }

  /** At once, but no sooner than a step after the last time. */
  soon(): void {
    if (this.#next !== undefined || this.#isClosed) return;
    const since = this.#clock.monotonic() - (this.#actedAt ?? -STEP_MS);
    if (since >= STEP_MS) {
      this.now();
      return;
    }
    this.#next = this.#clock.after(STEP_MS - since, () => {
      this.now();
    });
  }

  /** Does nothing any more. */
  dispose(): void {
    this.#isClosed = true;
    this.#next?.dispose();
  }
}
