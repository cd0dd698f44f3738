import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { decodeRelease } from "../../../../src/adapters/helm/decode.ts";

const legacy = (text: string): string => Buffer.from(Buffer.from(text).toString("base64")).toString("base64");
const packed = (payload: object): string =>
  Buffer.from(gzipSync(JSON.stringify(payload)).toString("base64")).toString("base64");

const payload = {
  name: "dev1",
  version: 3,
  info: {
    status: "deployed",
    last_deployed: "2026-11-23T10:00:00.123456789+01:00",
    description: "Upgrade complete",
  },
  chart: { metadata: { name: "app", version: "1.2.3", appVersion: "9.9" } },
  manifest: "kind: Deployment\n",
  fieldOfTheFuture: { deep: true },
};

const plain = {
  name: "dev1",
  revision: 3,
  status: "deployed",
  deployedAt: Date.UTC(2026, 10, 23, 9, 0, 0, 123),
  description: "Upgrade complete",
  chart: "app-1.2.3",
  appVersion: "9.9",
  manifest: "kind: Deployment\n",
  images: [],
  unknownStatus: undefined,
  chartAnnotations: {},
  values: {},
  hooks: [],
  rollbackTo: undefined,
  applyMethod: "csa",
};

test("a record is base64 of base64 of gzip of JSON, and unknown fields do no harm", async () => {
  assert.deepEqual(await decodeRelease(packed(payload)), { ok: true, value: plain });
});

test("records of before gzip are plain JSON", async () => {
  assert.deepEqual(await decodeRelease(legacy(JSON.stringify(payload))), { ok: true, value: plain });
});

test("helm 3's empty time, a missing time and Go's zero time are no time", async () => {
  for (const last of ["", undefined, null, "0001-01-01T00:00:00Z", "yesterday", 7]) {
    const decoded = await decodeRelease(
      packed({ ...payload, info: { status: "failed", last_deployed: last } }),
    );
    assert.ok(decoded.ok);
    assert.equal(decoded.value.deployedAt, undefined);
  }
});

test("a status of another time is unknown", async () => {
  const decoded = await decodeRelease(packed({ ...payload, info: { status: "foo" } }));
  assert.ok(decoded.ok);
  assert.deepEqual([decoded.value.status, decoded.value.unknownStatus], ["unknown", "foo"]);
});

const gzip = Buffer.from(packed(payload), "base64").toString("latin1");
const truncated = Buffer.from(gzip.slice(0, gzip.length / 2)).toString("base64");

const unreadable: readonly (readonly [rule: string, data: string, detail: string])[] = [
  ["an empty record", "", "it is empty"],
  ["a truncated record", truncated, "it is damaged"],
  ["a record that is no JSON", legacy("not JSON"), "it is not JSON"],
  ["a list", legacy("[]"), "it is not an object"],
  ["a record without a name", packed({ ...payload, name: 7 }), "it has no name"],
  ["a revision that is a text", packed({ ...payload, version: "3" }), "it has no revision"],
  ["a revision below one", packed({ ...payload, version: 0 }), "it has no revision"],
  ["a record without a status", packed({ ...payload, info: {} }), "it has no status"],
  ["a record whose info is a text", packed({ ...payload, info: "deployed" }), "it has no status"],
];

for (const [rule, data, detail] of unreadable) {
  test(`${rule} is unreadable`, async () => {
    assert.deepEqual(await decodeRelease(data), { ok: false, error: { reason: "unreadable", detail } });
  });
}

test("a small record that unpacks to more than memory should give is refused", async () => {
  const bomb = gzipSync(Buffer.alloc(33 * 1024 * 1024)).toString("base64");
  assert.ok(bomb.length < 100_000);
  assert.deepEqual(await decodeRelease(Buffer.from(bomb).toString("base64")), {
    ok: false,
    error: { reason: "unreadable", detail: "it is larger than 32 MiB" },
  });
});

test("what the chart's folder crds holds is named, and nothing else of its files", async () => {
  const files = [{ name: "crds/queue.yaml", data: "" }, { name: "README.md", data: "" }, "odd"];
  const decoded = await decodeRelease(packed({ ...payload, chart: { ...payload.chart, files } }));
  assert.deepEqual(decoded, { ok: true, value: { ...plain, chartCrds: ["crds/queue.yaml"] } });
});
