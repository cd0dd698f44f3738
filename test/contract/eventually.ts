import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

const LIMIT_MS = 20_000;

/**
 * Looks until what it sees is what is expected; after 20 s fails with the difference that was left. For what a
 * cluster does in its own time.
 */
export async function eventually(look: () => Promise<unknown>, expected: unknown): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const seen = await look();
    try {
      assert.deepEqual(seen, expected);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(30);
  }
}
