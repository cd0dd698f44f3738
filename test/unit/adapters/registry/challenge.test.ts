import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseChallenge } from "../../../../src/adapters/registry/challenge.ts";

const bearer = (realm: string, service: string | undefined): object => ({ kind: "bearer", realm, service });

for (const [header, parsed] of [
  ["", undefined],
  ["Negotiate", undefined],
  ['Basic realm="x"', { kind: "basic" }],
  ["basic", { kind: "basic" }],
  ['Bearer realm="https://a/token",service="s",scope="repository:a:pull"', bearer("https://a/token", "s")],
  ["bearer realm=https://a/token", bearer("https://a/token", undefined)],
  [
    'Basic realm="x", Bearer realm="https://a/t", service="with, comma"',
    bearer("https://a/t", "with, comma"),
  ],
  ['Bearer realm="https://a/\\"t\\""', bearer('https://a/"t"', undefined)],
  ['Bearer service="s"', undefined],
] as const) {
  test(`${header} asks for ${JSON.stringify(parsed)}`, () => {
    assert.deepEqual(parseChallenge(header), parsed);
  });
}

test("no header makes the parser fail or take long", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('Bearer ="\\,realm')), maxLength: 3_000 }),
      (header) => {
        const began = performance.now();
        parseChallenge(header);
        assert.ok(performance.now() - began < 1_000);
      },
    ),
  );
});
