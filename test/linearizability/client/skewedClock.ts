import type { Clock } from "../../../src/app/ports.ts";
import { systemClock } from "../../../src/adapters/system/clock.ts";

/** How a client's clock differs from the true time. */
export interface Skew {
  /** Milliseconds that its wall clock is ahead. */
  readonly offset: number;
  /** Its seconds for each true second. */
  readonly rate: number;
}

/** A clock that is off and runs at a rate of its own, for its wall and its monotonic time and its timers alike. */
export function skewedClock({ offset, rate }: Skew): Clock {
  const startedAt = Date.now();
  const started = performance.now();
  const passed = (): number => (performance.now() - started) * rate;
  return {
    now: () => Math.round(startedAt + offset + passed()),
    monotonic: passed,
    sleep: (delay, signal) => systemClock.sleep(delay / rate, signal),
    after: (delay, run) => systemClock.after(delay / rate, run),
  };
}
