import assert from "node:assert/strict";
import { test } from "node:test";
import { commandLine, oneLine, visible } from "../../../src/domain/plainText.ts";

test("hidden and turning characters become visible", () => {
  assert.equal(visible("a\u202Eb\u200Bc\u0007"), "a\\u{202e}b\\u{200b}c\\u{7}");
});

test("one line has no line ends, no controls, and at most as many characters as asked for", () => {
  assert.equal(oneLine(" a\n b\u001B[31m ", 20), "a b[31m");
  assert.equal(oneLine("😀😀😀😀", 3), "😀😀…");
});

test("a command is shown so that a shell would take each argument as it is", () => {
  const line = commandLine(["/usr/bin/helm", "--values=/a b/v.json", "it's", "$(touch pwned)", ""]);
  assert.equal(line, `/usr/bin/helm '--values=/a b/v.json' 'it'\\''s' '$(touch pwned)' ''`);
});
