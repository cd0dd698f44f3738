import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseBranchName, parseCommitHash, safeBranchName, safeName } from "../../../src/domain/branch.ts";
import { aBranch } from "../../builders/deploy.ts";

const reasonOf = (text: string): string => {
  const parsed = parseBranchName(text);
  return parsed.ok ? "fine" : parsed.error.reason;
};

test("what git allows in a branch name is allowed, shell characters included", () => {
  const names = [
    "x;$(touch$IFS'pwned')",
    "`id`",
    "a&b|c",
    "a,b={c}",
    "1e6",
    "null",
    "0012345",
    "ä/ö",
    "\u202Egnp",
  ];
  assert.deepEqual(
    names.map(reasonOf),
    names.map(() => "fine"),
  );
});

test("what git refuses, and what would read as a flag, is refused", () => {
  assert.deepEqual(
    [
      "",
      "-f",
      "--upload-pack=evil",
      "@",
      "a b",
      "a..b",
      "a~1",
      "a^",
      "a:b",
      "a\\b",
      "x.lock",
      "a/.b",
      "a\n",
    ].map(reasonOf),
    ["empty", "leading-dash", "leading-dash", ...Array<string>(10).fill("not-a-ref")],
  );
});

test("a commit is a whole hash in lower case", () => {
  assert.ok(parseCommitHash("a".repeat(40)).ok);
  assert.ok(parseCommitHash("a".repeat(64)).ok);
  for (const text of ["a".repeat(39), "A".repeat(40), `${"a".repeat(40)}\n`, "HEAD"]) {
    assert.ok(!parseCommitHash(text).ok, text);
  }
});

test("a branch is made safe for names", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["task/Pay_Later", "task-pay-later"],
    ["Ünïcode/ß", "unicode"],
    ["1e6", "1e6"],
    ["null", "null"],
    ["/x".slice(1), "x"],
    ["日本", "branch"],
    ["a".repeat(250), "a".repeat(63)],
  ];
  for (const [name, safe] of rows) assert.equal(safeBranchName(aBranch(name)), safe);
});

test("whatever the text, the safe name is a DNS label", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      assert.match(safeName(text, "x"), /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u);
    }),
  );
});
