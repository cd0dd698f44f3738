import { setTimeout as delay } from "node:timers/promises";

/**
 * Waits for something of another process; throws with the description when it does not come. For the boundary
 * of a system only: what is ours tells by itself when it is done.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${limitMs} ms`);
    await delay(20);
  }
}
