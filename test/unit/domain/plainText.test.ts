import assert from "node:assert/strict";
import { test } from "node:test";
import { commandLine, oneLine, redacted, visible } from "../../../src/domain/plainText.ts";

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

test("what looks like a credential is taken out", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["token xoxb-12-ab", "token [redacted]"],
    ["Authorization: Bearer abc.def", "Authorization: [redacted]"],
    ["https://ann:secret@example.com/x", "https://[redacted]@example.com/x"],
    ["eyJhbGciOi.eyJzdWIi.c2ln", "[redacted]"],
    ["AKIAABCDEFGHIJKLMNOP", "[redacted]"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "[redacted]"],
    ["Error: release dev1 failed", "Error: release dev1 failed"],
  ];
  for (const [text, clean] of rows) assert.equal(redacted(text), clean);
});
