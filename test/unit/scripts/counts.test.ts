import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { add, closingLine, isAccepted, NOTHING } from "../../../scripts/test/suites.ts";

const counts = (passed: number, failed = 0, skipped = 0) => ({ passed, failed, skipped });

test("the closing line names what was skipped only when something was", () => {
  assert.deepEqual([counts(0), counts(12), counts(12, 1), counts(12, 0, 2)].map(closingLine), [
    "0 passed, 0 failed",
    "12 passed, 0 failed",
    "12 passed, 1 failed",
    "12 passed, 0 failed, 2 skipped",
  ]);
});

test("counts add up", () => {
  assert.deepEqual(add(counts(1, 2, 3), counts(10, 20, 30)), counts(11, 22, 33));
});

describe("whether a run is accepted", () => {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env["CI"];
  });
  afterEach(() => {
    if (before === undefined) delete process.env["CI"];
    else process.env["CI"] = before;
  });

  const judged = () => [NOTHING, counts(1), counts(1, 1), counts(1, 0, 1)].map(isAccepted);

  test("a skipped test is no failure at a person's desk", () => {
    delete process.env["CI"];
    assert.deepEqual(judged(), [true, true, false, true]);
  });

  test("on CI a skipped test is a failure", () => {
    process.env["CI"] = "true";
    assert.deepEqual(judged(), [true, true, false, false]);
  });
});
