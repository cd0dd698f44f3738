import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../../src/sandbox/json.ts";
import { mergePatch } from "../../../src/sandbox/patch/mergePatch.ts";
import { strategicMerge } from "../../../src/sandbox/patch/strategicMerge.ts";

test("a merge patch merges objects, removes by null and replaces lists", () => {
  const before = { a: { b: 1, c: 2 }, list: [1, 2], gone: true };
  assert.deepEqual(mergePatch(before, { a: { c: null, d: 3 }, list: [3], gone: null }), {
    a: { b: 1, d: 3 },
    list: [3],
  });
});

const spec = (...containers: JsonObject[]): JsonObject => ({ containers });

test("a strategic patch finds containers, their variables and ports by name", () => {
  const before = spec(
    {
      name: "web",
      image: "x:1",
      env: [{ name: "A", value: "1" }],
      ports: [{ containerPort: 80, name: "http" }],
    },
    { name: "side", image: "y:1" },
  );
  const change = {
    containers: [
      {
        name: "web",
        image: "x:2",
        env: [{ name: "B", value: "2" }],
        ports: [{ containerPort: 80, name: "www" }],
      },
    ],
  };
  assert.deepEqual(
    strategicMerge(before, { ...change, "$setElementOrder/containers": [{ name: "web" }, { name: "side" }] }),
    spec(
      {
        name: "web",
        image: "x:2",
        env: [
          { name: "B", value: "2" },
          { name: "A", value: "1" },
        ],
        ports: [{ containerPort: 80, name: "www" }],
      },
      { name: "side", image: "y:1" },
    ),
  );
});

test("what is new comes before what the patch does not name, as the real server merges", () => {
  const before = spec({ name: "web", image: "x:1" });
  assert.deepEqual(
    strategicMerge(before, { containers: [{ name: "side", image: "y:1" }] }),
    spec({ name: "side", image: "y:1" }, { name: "web", image: "x:1" }),
  );
});

test("$patch: delete removes an item, and $setElementOrder orders the rest", () => {
  const before = { env: [{ name: "A" }, { name: "B" }, { name: "C" }] };
  const change = {
    env: [{ name: "A", $patch: "delete" }],
    "$setElementOrder/env": [{ name: "C" }, { name: "B" }],
  };
  assert.deepEqual(strategicMerge(before, change), { env: [{ name: "C" }, { name: "B" }] });
});

test("$patch: replace takes the patch alone, for objects and for lists", () => {
  assert.deepEqual(strategicMerge({ a: { b: 1 } }, { a: { $patch: "replace", c: 2 } }), { a: { c: 2 } });
  assert.deepEqual(
    strategicMerge({ env: [{ name: "A" }] }, { env: [{ $patch: "replace" }, { name: "B" }] }),
    {
      env: [{ name: "B" }],
    },
  );
});

test("$retainKeys drops the keys that are not named", () => {
  const before = { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } };
  assert.deepEqual(strategicMerge(before, { strategy: { $retainKeys: ["type"], type: "Recreate" } }), {
    strategy: { type: "Recreate" },
  });
});

test("finalizers merge as a set, and can be taken out one by one", () => {
  assert.deepEqual(strategicMerge({ finalizers: ["a", "b"] }, { finalizers: ["b", "c"] }), {
    finalizers: ["a", "b", "c"],
  });
  assert.deepEqual(
    strategicMerge({ finalizers: ["a", "b"] }, { "$deleteFromPrimitiveList/finalizers": ["a"] }),
    {
      finalizers: ["b"],
    },
  );
});

test("arguments and commands are replaced, and nulls are not stored", () => {
  assert.deepEqual(strategicMerge({ args: ["a", "b"] }, { args: ["c"], probe: { path: null, port: 1 } }), {
    args: ["c"],
    probe: { port: 1 },
  });
});
