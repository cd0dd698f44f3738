import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestImages } from "../../../../src/adapters/helm/manifest.ts";

const names = (manifest: string): readonly string[] | undefined =>
  manifestImages(manifest)?.map(({ workload, container, image }) => `${workload} ${container} ${image}`);

test("images of every kind that makes pods are found, init containers included", () => {
  const manifest = `---
# Source: app/templates/a.yaml
kind: StatefulSet
metadata: { name: db }
spec: { template: { spec: { initContainers: [{ name: i, image: "i:1" }], containers: [{ name: c, image: "c:1" }] } } }
---
kind: CronJob
metadata: { name: nightly }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: c, image: "cron:1" }] } } } } }
---
kind: List
items:
  - { kind: Pod, metadata: { name: one }, spec: { containers: [{ name: c, image: "pod:1" }] } }
---
kind: Service
metadata: { name: web }
spec: { containers: [{ name: no, image: "no:1" }] }
`;
  assert.deepEqual(names(manifest), [
    "StatefulSet/db i i:1",
    "StatefulSet/db c c:1",
    "CronJob/nightly c cron:1",
    "Pod/one c pod:1",
  ]);
});

test("what is no object, no YAML or of wrong types names no image", () => {
  const odd = [
    "",
    "just text",
    "- a\n- b",
    "kind: [",
    "kind: Deployment",
    "kind: Pod\nmetadata: { name: 7 }",
  ];
  for (const manifest of odd) assert.deepEqual(names(manifest), [], manifest);
  const typed =
    "kind: Pod\nmetadata: { name: a }\nspec: { containers: [7, { name: c }, { name: d, image: 9 }] }";
  assert.deepEqual(names(typed), []);
});

test("a document that grows without end is left out", () => {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const list = Array<string>(9).fill(level === 0 ? '"x"' : `*a${level - 1}`);
    return `a${level}: &a${level} [${list.join(",")}]`;
  });
  assert.deepEqual(names(`kind: Pod\n${levels.join("\n")}`), []);
});

const aPod = (name: string, rest = ""): string =>
  `kind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [{ name: c, image: "${name}:1" }] }\n${rest}`;

test("objects are told apart by lines of three dashes, whatever follows on them", () => {
  const manifest = `${aPod("a")}--- # Source: x\n${aPod("b")}---\r\n${aPod("c")}---x: 1\n--- {}\n---\n${aPod("d")}`;
  assert.deepEqual(names(manifest), ["Pod/a c a:1", "Pod/b c b:1", "Pod/c c c:1", "Pod/d c d:1"]);
});

test("a kind is recognised however it is written", () => {
  const spellings = [
    'kind: "Pod"',
    "kind: 'Pod'",
    "kind:   Pod  # why",
    "kind: &k Pod",
    "? kind\n: Pod",
    "kind: Pod\r",
  ];
  for (const spelling of spellings) {
    assert.deepEqual(names(aPod("a").replace("kind: Pod", spelling)), ["Pod/a c a:1"], spelling);
  }
  const json = { kind: "Pod", metadata: { name: "a" }, spec: { containers: [{ name: "c", image: "a:1" }] } };
  assert.deepEqual(names(JSON.stringify(json, undefined, 2)), ["Pod/a c a:1"]);
});

test("of two equal keys the last counts, and merges are followed, as Kubernetes does", () => {
  const base = "x: &base { name: c, image: 'base:1' }\n";
  const merged = `${base}kind: Pod\nmetadata: { name: a }\nspec: { containers: [{ <<: *base, image: 'own:1' }] }\n`;
  assert.deepEqual(names(merged), ["Pod/a c own:1"]);
  assert.deepEqual(names(aPod("a", "kind: Deployment\nkind: Pod\n")), ["Pod/a c a:1"]);
});

test("keys that are maps themselves end no program, and name no image", () => {
  for (const nested of [
    "? ".repeat(400),
    "[".repeat(160) + "]: 1".repeat(160),
    "{".repeat(60) + "a" + "}: 1".repeat(60),
  ]) {
    assert.deepEqual(names(aPod("a", `x:\n  ${nested}\n`)), []);
  }
});

test("what is nested deeper than a program's stack names no image", () => {
  assert.deepEqual(names(aPod("a", `x: ${"[".repeat(100_000)}`)), []);
});

test("thousands of other objects are passed over", () => {
  const other = `kind: ConfigMap\nmetadata: { name: x }\ndata: { note: "the image of Pod" }\n---\n`;
  const began = performance.now();
  assert.deepEqual(names(`${other.repeat(20_000)}${aPod("a")}`), ["Pod/a c a:1"]);
  assert.ok(performance.now() - began < 2_000);
});

test("more or larger objects with pods than a release can have are not looked through", () => {
  assert.equal(names(`${aPod("a")}---\n`.repeat(2_001)), undefined);
  assert.equal(names(aPod("a", `x: ${"a".repeat(256 * 1024)}\n`)), undefined);
  const containers = `{ name: c, image: "c:1" },`.repeat(2_001);
  assert.equal(names(`kind: Pod\nmetadata: { name: a }\nspec: { containers: [${containers}] }\n`), undefined);
});
