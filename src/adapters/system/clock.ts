import type { Clock } from "../../app/ports.ts";
import type { DurationMs } from "../../domain/time.ts";

/** The longest delay that Node's timers take; a longer one would fire at once. */
const MAX_TIMER_MS: DurationMs = 2 ** 31 - 1;

/** The machine's own time. Its timers keep no process alive: a deploy under way is what holds one, not a countdown. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (delay, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(delay, MAX_TIMER_MS));
      signal.addEventListener("abort", done, { once: true });
    }),
  after: (delay, run) => {
    const timer = setTimeout(run, Math.min(delay, MAX_TIMER_MS));
    timer.unref();
    return {
      dispose: () => {
        clearTimeout(timer);
      },
    };
  },
};
