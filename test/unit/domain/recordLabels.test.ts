import assert from "node:assert/strict";
import { test } from "node:test";
import { newestFirst, readRecordLabels } from "../../../src/domain/recordLabels.ts";
import { aLabel } from "../../builders/deploy.ts";

const labels = { owner: "helm", name: "web", version: "12", status: "failed" };

test("helm's labels tell release, revision and status", () => {
  assert.deepEqual(readRecordLabels(labels), { release: "web", revision: 12, status: "failed" });
});

test("a status of another time is unknown", () => {
  assert.deepEqual(readRecordLabels({ ...labels, status: "hibernating" })?.status, "unknown");
  assert.deepEqual(readRecordLabels({ owner: "helm", name: "web", version: "1" })?.status, "unknown");
});

test("labels of something else are no record", () => {
  const others = [
    {},
    { ...labels, owner: "tiller" },
    { ...labels, name: "" },
    ...["", "0", "-1", "1.5", "1e3", "0x1", "two", "99999999999"].map((version) => ({ ...labels, version })),
  ];
  assert.deepEqual(
    others.map(readRecordLabels),
    others.map(() => undefined),
  );
});

const brief = (...revisions: Parameters<typeof newestFirst>[0]): readonly string[] =>
  newestFirst(revisions).map(({ driver, revision }) => `${driver} ${revision}`);

test("revisions are ordered by number, not as text", () => {
  assert.deepEqual(brief(aLabel({ revision: 9 }), aLabel({ revision: 10 }), aLabel({ revision: 1 })), [
    "secret 10",
    "secret 9",
    "secret 1",
  ]);
});

test("of two kinds of records, the one that was written last comes first", () => {
  const old = [aLabel({ revision: 40, createdAt: 1 }), aLabel({ revision: 41, createdAt: 2 })];
  const young = [aLabel({ driver: "configmap", revision: 1, createdAt: 3 })];
  assert.deepEqual(brief(...old, ...young), ["configmap 1", "secret 41", "secret 40"]);
  const restored = [aLabel({ driver: "configmap", revision: 9, createdAt: 2 })];
  assert.deepEqual(brief(...old, ...restored), ["secret 41", "secret 40", "configmap 9"]);
});
