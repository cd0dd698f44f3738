import assert from "node:assert/strict";
import { test } from "node:test";
import { sayMilliseconds, spreadOf } from "../../../bench/statistics.ts";

test("median and p95 are measured values, by nearest rank, in whatever order they came", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(
    [spreadOf(hundred), spreadOf([3, 1, 2]), spreadOf([7])],
    [
      { count: 100, median: 50, p95: 95, max: 100 },
      { count: 3, median: 2, p95: 3, max: 3 },
      { count: 1, median: 7, p95: 7, max: 7 },
    ],
  );
});

test("a spread is said with its unit and how much was measured", () => {
  assert.equal(sayMilliseconds(spreadOf([1, 2, 3.25])), "median 2.0 ms, p95 3.3 ms, max 3.3 ms (3 measured)");
});
