import assert from "node:assert/strict";
import { test } from "node:test";
import { Steps } from "../../../src/app/steps.ts";
import { ManualClock } from "../../fakes/clock.ts";

/** Steps, and the moments at which something was done, from the beginning on. */
function counted(): { readonly clock: ManualClock; readonly steps: Steps; readonly done: number[] } {
  const clock = new ManualClock();
  const began = clock.monotonic();
  const done: number[] = [];
  const steps = new Steps(clock, () => done.push(clock.monotonic() - began));
  return { clock, steps, done };
}

test("what is asked for often is done at once, then once in a hundred milliseconds, and a last time", async () => {
  const { clock, steps, done } = counted();
  for (let asked = 0; asked < 25; asked += 1) {
    steps.soon();
    await clock.advance(10);
  }
  await clock.advance(1_000);
  assert.deepEqual(done, [0, 100, 200, 300]);
});

test("what cannot wait is done at once, and what waited with it", async () => {
  const { clock, steps, done } = counted();
  steps.soon();
  steps.soon();
  await clock.advance(40);
  steps.now();
  await clock.advance(1_000);
  assert.deepEqual([done, clock.nextTimer], [[0, 40], undefined]);
});

test("once it is ended nothing is done any more", async () => {
  const { clock, steps, done } = counted();
  steps.now();
  steps.soon();
  steps.dispose();
  steps.now();
  steps.soon();
  await clock.advance(1_000);
  assert.deepEqual([done, clock.nextTimer], [[0], undefined]);
});
