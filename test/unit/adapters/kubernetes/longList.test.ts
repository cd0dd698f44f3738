import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseLongList } from "../../../../src/adapters/kubernetes/longList.ts";

const list = (items: readonly unknown[], metadata: object = { resourceVersion: "7" }): string =>
  JSON.stringify({ kind: "SecretList", apiVersion: "v1", metadata, items });

test("a list is what it is when it is parsed at once", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))), async (items) => {
      const text = list(items);
      assert.deepEqual(await parseLongList(text), JSON.parse(text));
    }),
  ));

test("brackets and quotes within texts mislead nobody", async () => {
  const items = [{ a: '}],"items":[{"' }, { "}": "\\", b: '\\"' }, { items: [{ items: [] }] }];
  assert.deepEqual(await parseLongList(list(items)), JSON.parse(list(items)));
});

test("others get their turn between the objects of a long list", async () => {
  let turns = 0;
  const count = (): void => {
    turns += 1;
    ticking = setImmediate(count);
  };
  let ticking = setImmediate(count);
  const parsed = await parseLongList(list(Array.from({ length: 5_000 }, (_, index) => ({ index }))));
  clearImmediate(ticking);
  assert.ok(Array.isArray(parsed?.["items"]) && parsed["items"].length === 5_000);
  assert.ok(turns >= 20, `${turns} turns`);
});

test("what is not written as a list is left to be parsed at once", async () => {
  const others = [
    "",
    "not JSON",
    "[]",
    '{"kind":"Secret","data":{}}',
    '{"items":[1,2]}',
    '{"items":[{"a":1} ,{"b":2}]}',
    '{"items":[{"a":1}',
    '{"items":[{"a":1},{"b":',
    '{"metadata":{"items":[{"a":1}]},"items":[{"b":2}]}',
  ];
  for (const text of others) assert.equal(await parseLongList(text), undefined, text);
});

test("a text cut off anywhere is no list", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.string())), fc.nat(), async (items, at) => {
      const text = list(items);
      assert.equal(await parseLongList(text.slice(0, at % text.length)), undefined);
    }),
  ));
