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
