import assert from "node:assert/strict";
import { test } from "node:test";
import { readHold } from "../../../../src/adapters/kubernetes/holds.ts";
import { aCommit } from "../../../builders/deploy.ts";
import { aHold } from "../../../builders/hold.ts";

const lease = (text: string): Parameters<typeof readHold>[0] => ({
  metadata: { annotations: { "devdeploy.dev/hold": text } },
});
const note = {
  by: "ben <ben@example.com>",
  name: "Ben Ode",
  at: "2026-11-23T08:00:00.000Z",
  until: "2026-11-24T08:00:00.000Z",
  reason: "rolled back from bad0bad to 4f1c0de",
  undone: [aCommit("bad0bad")],
  nonce: "hold-1",
};
const read = (change: object): unknown => readHold(lease(JSON.stringify({ ...note, ...change })));

test("a hold is read as it is written for people", () => {
  assert.deepEqual(read({}), aHold());
});

test("what is not of our form is none", () => {
  for (const text of ["", "null", "[]", "{", "true", `"${"x".repeat(20_000)}"`]) {
    assert.equal(readHold(lease(text)), undefined, text.slice(0, 20));
  }
  for (const change of [
    { by: "" },
    { by: "x".repeat(501) },
    { nonce: undefined },
    { nonce: "x".repeat(101) },
    { at: "yesterday" },
    { until: 5 },
  ]) {
    assert.equal(read(change), undefined, JSON.stringify(change).slice(0, 40));
  }
  assert.equal(readHold({}), undefined);
});

test("texts of others are one line, bounded, and hold nothing hidden; commits are whole hashes, not too many", () => {
  const many = Array.from({ length: 100 }, (_, index) => aCommit(index.toString(16).padStart(4, "0")));
  assert.deepEqual(
    read({
      name: "",
      reason: `a\n\u202Eb${"c".repeat(300)}`,
      undone: ["; rm -rf /", 5, "4f1c0de", ...many],
    }),
    aHold({ name: "ben@example.com", reason: `a b${"c".repeat(196)}…`, undone: many.slice(0, 60) }),
  );
});
