import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonPatch } from "../../../src/sandbox/patch/jsonPatch.ts";
import { refused } from "./objects.ts";

test("operations are done in their order, and indices count in what is there by then", () => {
  const before = { list: ["a", "b"], old: { x: 1 } };
  const after = jsonPatch(before, [
    { op: "add", path: "/list/-", value: "c" },
    { op: "remove", path: "/list/0" },
    { op: "replace", path: "/list/0", value: "B" },
    { op: "copy", from: "/list/0", path: "/copied" },
    { op: "move", from: "/old", path: "/new" },
  ]);
  assert.deepEqual(after, { list: ["B", "c"], copied: "B", new: { x: 1 } });
  assert.deepEqual(before, { list: ["a", "b"], old: { x: 1 } });
});

test("keys with slashes and tildes are written with ~1 and ~0", () => {
  assert.deepEqual(jsonPatch({ "a/b~c": 1 }, [{ op: "replace", path: "/a~1b~0c", value: 2 }]), {
    "a/b~c": 2,
  });
});

test("the whole document can be replaced", () => {
  assert.deepEqual(jsonPatch({ a: 1 }, [{ op: "replace", path: "", value: { b: 2 } }]), { b: 2 });
});

test("a test that does not hold makes the whole patch a 422", () => {
  const patch = [
    { op: "replace", path: "/holder", value: "ben" },
    { op: "test", path: "/holder", value: "ann" },
  ];
  assert.deepEqual(refused(jsonPatch({ holder: "ann" }, patch)), [
    422,
    "Invalid",
    "the server rejected our request due to an error in our request",
  ]);
});

test("a test of what is absent holds for null", () => {
  assert.deepEqual(jsonPatch({ a: 1 }, [{ op: "test", path: "/b", value: null }]), { a: 1 });
});

test("removing what is absent, an index beyond the end and an unknown operation are refused", () => {
  const codes = [
    { op: "remove", path: "/b" },
    { op: "add", path: "/list/5", value: 1 },
    { op: "replace", path: "/list/5", value: 1 },
    { op: "add", path: "/b/c", value: 1 },
    { op: "frob", path: "/list" },
  ].map((operation) => refused(jsonPatch({ list: [1] }, [operation]))[0]);
  assert.deepEqual(codes, [422, 422, 422, 422, 422]);
});

test("a patch that is no list is a bad request", () => {
  assert.deepEqual(refused(jsonPatch({}, { op: "add" })).slice(0, 2), [400, "BadRequest"]);
});
