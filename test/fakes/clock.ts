import type { Clock } from "../../src/app/ports.ts";
import type { DurationMs, EpochMs } from "../../src/domain/time.ts";

interface Timer {
  readonly due: DurationMs;
  readonly run: () => void;
}

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #wall: EpochMs;
  #monotonic: DurationMs = 1_000;
  readonly #timers = new Set<Timer>();
  /** How many wait in `sleep` at this moment. */
  sleepers = 0;

  constructor(wall: EpochMs = Date.UTC(2026, 10, 23, 8)) {
    this.#wall = wall;
  }

  now(): EpochMs {
    return this.#wall;
  }

  monotonic(): DurationMs {
    return this.#monotonic;
  }

  sleep(delay: DurationMs, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      this.sleepers += 1;
      const done = (): void => {
        timer.dispose();
        signal.removeEventListener("abort", done);
        this.sleepers -= 1;
        resolve();
      };
      const timer = this.after(delay, done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  after(delay: DurationMs, run: () => void): { dispose(): void } {
    const timer: Timer = { due: this.#monotonic + delay, run };
    this.#timers.add(timer);
    return { dispose: () => this.#timers.delete(timer) };
  }

  /** How long until the next timer; undefined where nobody waits. */
  get nextTimer(): DurationMs | undefined {
    const due = [...this.#timers].map((timer) => timer.due - this.#monotonic);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Moves both clocks, runs every timer at its moment, and lets what it starts go as far as it can. */
  async advance(duration: DurationMs): Promise<void> {
    const end = this.#monotonic + duration;
    for (;;) {
      await settled();
      const next = [...this.#timers].sort((a, b) => a.due - b.due)[0];
      if (next === undefined || next.due > end) break;
      this.#move(Math.max(0, next.due - this.#monotonic));
      this.#timers.delete(next);
      next.run();
    }
    this.#move(end - this.#monotonic);
    await settled();
  }

  /** The machine slept: only the wall clock went on. */
  sleepMachine(duration: DurationMs): void {
    this.#wall += duration;
  }

  #move(duration: DurationMs): void {
    this.#monotonic += duration;
    this.#wall += duration;
  }
}

/** A clock whose waits are over at once and cost no time, for flows that are not about time. */
export class ImpatientClock extends ManualClock {
  override sleep(): Promise<void> {
    return Promise.resolve();
  }
}

/** Lets promises that need nothing from outside run to where they wait. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
