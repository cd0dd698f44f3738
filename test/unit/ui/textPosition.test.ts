import assert from "node:assert/strict";
import { test } from "node:test";
import { positionAt } from "../../../src/ui/textPosition.ts";

test("an offset is found in its line, whatever ends the lines", () => {
  const places = ["a\nbc", "a\r\nbc", "a\rbc"].map((text) => positionAt(text, text.indexOf("c")));
  assert.deepEqual(places, Array(3).fill({ line: 1, character: 1 }));
});

test("a byte order mark moves nothing", () => {
  assert.deepEqual(positionAt("\ufeff{x", 2), { line: 0, character: 1 });
});

test("before the beginning and after the end stand the beginning and the end", () => {
  assert.deepEqual(
    [positionAt("ab", -1), positionAt("ab", 9)],
    [
      { line: 0, character: 0 },
      { line: 0, character: 2 },
    ],
  );
});
