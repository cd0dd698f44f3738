import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ServerClock } from "../../../../src/adapters/kubernetes/serverClock.ts";

test("nothing is known before an answer with a date", () => {
  const clock = new ServerClock();
  clock.learn({ serverTime: undefined, sentAt: 0, receivedAt: 10 });
  assert.equal(clock.offset, undefined);
});

test("a clock that was set is followed: what contradicts it is forgotten", () => {
  const clock = new ServerClock();
  clock.learn({ serverTime: 100_000, sentAt: 100_000, receivedAt: 100_050 });
  clock.learn({ serverTime: 3_700_000, sentAt: 100_100, receivedAt: 100_150 });
  assert.equal(clock.offset, 3_599_850);
});

test("what is known is never ahead of the server, and the more answers the closer it comes", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.array(fc.record({ at: fc.nat(1_000_000), took: fc.nat(400) }), { minLength: 1 }),
      (truth, answers) => {
        const clock = new ServerClock();
        let before = -Infinity;
        for (const { at, took } of answers) {
          // The header is written somewhere on the way, and cut to whole seconds.
          const written = at + took / 2 + truth;
          clock.learn({
            serverTime: Math.floor(written / 1_000) * 1_000,
            sentAt: at,
            receivedAt: at + took,
          });
          const known = clock.offset ?? Infinity;
          assert.ok(known <= truth && known >= before && known > truth - 1_000 - took);
          before = known;
        }
      },
    ),
  );
});

for (const rate of [0.5, 2]) {
  test(`a clock that runs too fast or too slow is set right by every answer (rate ${rate})`, () => {
    const clock = new ServerClock();
    for (let server = 0; server <= 3_600_000; server += 300_000) {
      const ours = server * rate;
      clock.learn({ serverTime: server, sentAt: ours - 20, receivedAt: ours + 20 });
      assert.equal(clock.offset, server - ours - 20);
    }
  });
}
