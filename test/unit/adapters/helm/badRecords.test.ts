import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { decodeRelease, type Decoded } from "../../../../src/adapters/helm/decode.ts";
import { manifestImages } from "../../../../src/adapters/helm/manifest.ts";
import { packed } from "../../../builders/records.ts";

// Whatever a Secret holds, reading it ends soon, and with an answer.

const secretOf = (bytes: Buffer): string => Buffer.from(bytes.toString("base64")).toString("base64");
const bytesOf = (data: string): Buffer =>
  Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");

const recorded = ["helm3", "helm4"].flatMap((tool) => {
  const path = new URL(`../../../fixtures/helm/${tool}.json`, import.meta.url);
  const { items } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly items: readonly { readonly data: { readonly release: string } }[];
  };
  return items.map(({ data }) => data.release);
});
const aReal = fc.constantFrom(...recorded);

/** Either a record, or why it is none: a text that says nothing of what is in it. */
function assertAnswer(decoded: Decoded): void {
  if (decoded.ok) {
    assert.ok(decoded.value.revision >= 1 && decoded.value.name !== "");
    return;
  }
  assert.equal(decoded.error.reason, "unreadable");
  assert.match(decoded.error.detail, /^its? [\w ]{5,80}$/u);
}

const answers = (arbitrary: fc.Arbitrary<string>, runs: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(arbitrary, fc.constantFrom("secret", "configmap"), async (data, driver) => {
      assertAnswer(await decodeRelease(data, driver));
    }),
    { numRuns: runs },
  );

test("any text", () => answers(fc.oneof(fc.string({ unit: "binary" }), fc.base64String()), 500));

test("any bytes, packed as helm packs", () =>
  answers(
    fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }).map((bytes) => secretOf(Buffer.from(bytes))),
      fc.uint8Array({ maxLength: 2_000 }).map((bytes) => secretOf(gzipSync(bytes))),
    ),
    500,
  ));

test("any JSON", () =>
  answers(
    fc.json({ maxDepth: 6 }).map((json) => secretOf(gzipSync(json))),
    500,
  ));

test("a real record cut off at any byte", () =>
  fc.assert(
    fc.asyncProperty(aReal, fc.double({ min: 0, max: 1, noNaN: true }), async (data, share) => {
      const bytes = bytesOf(data);
      const cut = bytes.subarray(0, Math.floor(share * (bytes.length - 1)));
      assert.equal((await decodeRelease(secretOf(cut))).ok, false);
      assertAnswer(await decodeRelease(data.slice(0, Math.floor(share * data.length))));
      const json = gunzipSync(bytes);
      const cutJson = json.subarray(0, Math.floor(share * (json.length - 1)));
      assert.equal((await decodeRelease(secretOf(gzipSync(cutJson)))).ok, false);
    }),
    { numRuns: 300 },
  ));

test("a real record with bits flipped, in its packing and in its JSON", () =>
  fc.assert(
    fc.asyncProperty(
      aReal,
      fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (data, places, isInJson) => {
        const bytes = isInJson ? gunzipSync(bytesOf(data)) : bytesOf(data);
        for (const place of places) {
          const at = Math.floor(place / 8) % bytes.length;
          bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (place % 8)), at);
        }
        assertAnswer(await decodeRelease(secretOf(isInJson ? gzipSync(bytes) : bytes)));
      },
    ),
    { numRuns: 500 },
  ));

test("a record of which any member is anything", () => {
  const whole = {
    name: "dev1",
    version: 1,
    info: { status: "deployed" },
    chart: {},
    config: {},
    manifest: "",
  };
  const members = fc.constantFrom(
    "name",
    "version",
    "info",
    "chart",
    "config",
    "manifest",
    "hooks",
    "labels",
  );
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.record({ status: fc.jsonValue(), last_deployed: fc.jsonValue(), rollback_revision: fc.jsonValue() }),
    fc.record({ metadata: fc.jsonValue() }),
    fc.array(fc.record({ kind: fc.jsonValue(), events: fc.jsonValue(), manifest: fc.jsonValue() })),
  );
  return answers(
    fc.dictionary(members, anything).map((change) => packed({ ...whole, ...change })),
    500,
  );
});

const MIB = 1024 * 1024;
const record = (rest: object): Buffer =>
  Buffer.from(JSON.stringify({ name: "dev1", version: 1, info: { status: "deployed" }, ...rest }));
const member = (json: string): Buffer =>
  Buffer.from(`{"name":"dev1","version":1,"info":{"status":"deployed"},"config":${json}}`);

const BOMBS: readonly (readonly [what: string, plain: Buffer, detail: string | undefined])[] = [
  ["more than it may become", Buffer.alloc(33 * MIB, " "), "it is larger than 32 MiB"],
  ["nothing but spaces", Buffer.alloc(31 * MIB, " "), "it is not JSON"],
  ["nothing but quotes", Buffer.alloc(4 * MIB, '"'), "it is not JSON"],
  ["nothing but backslashes", Buffer.from(`"${"\\".repeat(4 * MIB)}"`), "it is not an object"],
  ["very many lists", member(`{"a":[${"[],".repeat(600_000)}1]}`), "it has too many parts"],
  ["very many members", member(`{${'"a":1,'.repeat(600_000)}"b":1}`), "it has too many parts"],
  ["lists in lists", Buffer.from("[".repeat(499_000)), "it is not JSON"],
  [
    "values nested without end",
    member(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`),
    "its values are nested deeper than 100 levels",
  ],
  ["a huge manifest", record({ manifest: "a".repeat(9 * MIB) }), "its manifest and values are too large"],
  ["huge values", record({ config: { a: "b".repeat(2 * MIB) } }), "its manifest and values are too large"],
  ["a large chart, which is not kept", record({ chart: { files: ["a".repeat(20 * MIB)] } }), undefined],
];

for (const [what, plain, detail] of BOMBS) {
  test(`a record that unpacks to ${what}`, async () => {
    const small = secretOf(gzipSync(plain));
    const before = process.memoryUsage().rss;
    const decoded = await decodeRelease(small);
    assert.equal(decoded.ok ? undefined : decoded.error.detail, detail);
    assert.ok(process.memoryUsage().rss - before < 400 * MIB);
  });
}

test("a record that is larger than a Secret can be", async () => {
  const decoded = await decodeRelease("a".repeat(3 * MIB));
  assert.equal(!decoded.ok && decoded.error.detail, "it is larger than a record can be");
});

test("any text as a manifest", () => {
  const line = fc.oneof(
    fc.constantFrom("kind: Pod", "---", "metadata: { name: a }", "spec:", "image: x", "? ", "- ", "  - *a"),
    fc.constantFrom("a: &a", "<<: *a", "|", ">-", "%YAML 1.1", "!!binary x", '"', "kind: List", "items:"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 6 }), line), { maxLength: 40 }), (lines) => {
      const manifest = lines.map(([indent, rest]) => " ".repeat(indent) + rest).join("\n");
      assert.ok(Array.isArray(manifestImages(`${manifest}\nimage: x`)));
    }),
    { numRuns: 1_000 },
  );
});
