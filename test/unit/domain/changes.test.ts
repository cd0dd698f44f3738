import assert from "node:assert/strict";
import { test } from "node:test";
import { changedDocuments, compareObjects, compareValues } from "../../../src/domain/changes.ts";
import { Masks } from "../../../src/domain/masking.ts";
import { aDeployment, entriesOf } from "../../builders/manifest.ts";

const object = (kind: string, name: string, apiVersion = "v1", namespace = ""): object => ({
  apiVersion,
  kind,
  name,
  namespace,
});

test("an object's changes are named by the path, a list's items by their names", async () => {
  const from = await entriesOf(aDeployment({ env: "\n          env: [{ name: A, value: a }]" }));
  const to = await entriesOf(aDeployment({ image: "registry.example.com/app:2" }));
  assert.deepEqual(compareObjects(from, to), [
    {
      object: object("Deployment", "web", "apps/v1"),
      what: "changed",
      paths: ["spec.template.spec.containers[app].image", "spec.template.spec.containers[app].env"],
    },
  ]);
});

test("what is only on one side is created or deleted, and what helm keeps is neither", async () => {
  const kept =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kept, annotations: { "helm.sh/resource-policy": Keep } }';
  const from = await entriesOf("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: old }", kept);
  const to = await entriesOf("apiVersion: v1\nkind: Service\nmetadata: { name: new, namespace: other }");
  assert.deepEqual(compareObjects(from, to), [
    { object: object("ConfigMap", "old"), what: "deleted", paths: [] },
    { object: object("Service", "new", "v1", "other"), what: "created", paths: [] },
  ]);
});

test("the same object in another version of its group, or with its namespace spelt out, is the same", async () => {
  const from = await entriesOf(aDeployment());
  const to = await entriesOf(
    aDeployment().replace("apps/v1", "apps/v1beta2").replace("name: web", "name: web\n  namespace: web"),
  );
  assert.deepEqual(compareObjects(from, to), [
    {
      object: object("Deployment", "web", "apps/v1beta2"),
      what: "changed",
      paths: ["apiVersion", "metadata.namespace"],
    },
  ]);
});

test("a List is taken apart as helm does", async () => {
  const item = "{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }";
  const from = await entriesOf(`apiVersion: v1\nkind: List\nitems: [${item}]`);
  assert.deepEqual(compareObjects(from, await entriesOf(item)), []);
});

test("the order of an environment is a change, the order of keys is none", async () => {
  const env = (names: readonly string[]): string =>
    `\n          env: [${names.map((name) => `{ name: ${name}, value: x }`).join(", ")}]`;
  const from = await entriesOf(aDeployment({ env: env(["A", "B"]) }));
  const to = await entriesOf(aDeployment({ env: env(["B", "A"]) }));
  assert.deepEqual(
    compareObjects(from, to).flatMap(({ paths }) => paths),
    ["spec.template.spec.containers[app].env"],
  );
  assert.deepEqual(
    compareObjects(
      await entriesOf("kind: A\nmetadata: { name: a }"),
      await entriesOf("metadata: { name: a }\nkind: A"),
    ),
    [],
  );
});

test("a document that is no YAML is compared as the text that it is", async () => {
  const broken = (word: string): string => `# Source: app/templates/odd.yaml\nkind: [${word}\n`;
  const change = compareObjects(await entriesOf(broken("one")), await entriesOf(broken("two")));
  assert.deepEqual(change, [
    {
      object: { apiVersion: "", kind: "", name: "app/templates/odd.yaml", namespace: "" },
      what: "changed",
      paths: [],
    },
  ]);
  assert.deepEqual(compareObjects(await entriesOf(broken("one")), await entriesOf(broken("one"))), []);
});

test("two documents with one name are two", async () => {
  const twice = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { x: ";
  const from = await entriesOf(`${twice}"1" }`, `${twice}"2" }`);
  const to = await entriesOf(`${twice}"1" }`, `${twice}"3" }`);
  assert.deepEqual(
    compareObjects(from, to).map(({ what, paths }) => [what, paths]),
    [["changed", ["data.x"]]],
  );
});

test("at most twenty paths of an object are named", async () => {
  const data = (value: string): string =>
    Array.from({ length: 30 }, (_, index) => `  k${index}: "${value}"`).join("\n");
  const map = (value: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n${data(value)}`;
  const [change] = compareObjects(await entriesOf(map("1")), await entriesOf(map("2")));
  assert.equal(change?.paths.length, 20);
});

test("values that differ are shown with their paths, and secrets among them only as other secrets", () => {
  const from = {
    image: { tag: "1" },
    db: { password: "hunter2", url: "postgres://app:hunter2@db/app" },
    replicas: 2,
    "a.b": true,
  };
  const to = {
    image: { tag: "2" },
    db: { password: "hunter3", url: "postgres://app:hunter2@db/app" },
    extra: { list: [1] },
    "a.b": true,
  };
  assert.deepEqual(compareValues(from, to, new Masks()), [
    { path: "image.tag", before: "1", after: "2", isMasked: false },
    { path: "db.password", before: "‹masked #1›", after: "‹masked #3›", isMasked: true },
    { path: "replicas", before: "2", isMasked: false },
    { path: "extra", after: '{"list":[1]}', isMasked: false },
  ]);
});

test("the documents of a difference are whole, masked, and labelled once each", async () => {
  const secret = (name: string, value: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name} }\nstringData: { key: ${value} }`;
  const from = await entriesOf(secret("a", "one-secret-1"), aDeployment(), secret("same", "x"));
  const to = await entriesOf(
    secret("a", "two-secret-2"),
    aDeployment({ env: '\n          env: [{ name: PLAIN, value: "is two-secret-2 too" }]' }),
    secret("same", "x"),
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: other }",
  );
  const documents = [
    ...changedDocuments({ values: { tag: "1" }, entries: from }, { values: { tag: "2" }, entries: to }),
  ].flatMap((document) => document ?? []);
  assert.deepEqual(
    documents.map(({ label, left, right }) => [label, left === undefined, right === undefined]),
    [
      ["values.yaml", false, false],
      ["Secret/a", false, false],
      ["Deployment/web", false, false],
      ["other/ConfigMap/a", true, false],
    ],
  );
  const text = JSON.stringify(documents);
  assert.deepEqual(/one-secret|two-secret/u.exec(text), null);
  assert.match(text, /"is ‹masked #2› too"/u);
});
