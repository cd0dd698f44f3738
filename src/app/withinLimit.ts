import type { DurationMs } from "../domain/time.ts";
import type { Clock } from "./ports.ts";

/** Something that may take longer than anybody wants to wait. */
export interface Limited<T> {
  readonly limit: DurationMs;
  readonly run: (signal: AbortSignal) => Promise<T>;
  /** What is said instead once the time is over, or the person gave up. */
  readonly otherwise: () => T;
}

/** Runs it to its end, or for as long as the limit says; then it is aborted and nobody waits for it any more. */
export async function withinLimit<T>(
  clock: Clock,
  { limit, run, otherwise }: Limited<T>,
  signal: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  try {
    return await Promise.race([run(stop), clock.sleep(limit, stop).then(otherwise)]);
  } finally {
    over.abort();
  }
}
