import assert from "node:assert/strict";
import { test } from "node:test";
import { type JsonObject, objectOf } from "../../../src/sandbox/json.ts";
import { apply } from "../../../src/sandbox/patch/apply.ts";
import { ownershipsOf } from "../../../src/sandbox/patch/managers.ts";
import { done, NOON, refused } from "./objects.ts";

const by = (name: string, isForced = false): Parameters<typeof apply>[2] => ({
  manager: { name, operation: "Apply", apiVersion: "v1", subresource: "" },
  isForced,
  now: NOON,
});
const EMPTY: JsonObject = { kind: "ConfigMap", apiVersion: "v1", metadata: { name: "c" } };
const data = (values: JsonObject): JsonObject => ({ ...EMPTY, data: values });
const spec = (...containers: JsonObject[]): JsonObject => ({ ...EMPTY, spec: { containers } });
const owners = (object: JsonObject): [string, unknown][] =>
  ownershipsOf(object).map(({ manager, fields }) => [manager.name, fields]);

test("a field that its manager leaves out goes, whatever the server had filled in beside it", () => {
  const applied = spec({ name: "web", image: "x:1", livenessProbe: { httpGet: { port: 80 } } });
  const first = done(apply(EMPTY, applied, by("helm")));
  const probe = { httpGet: { port: 80, scheme: "HTTP" }, periodSeconds: 10 };
  const defaulted = {
    ...first,
    ...spec({ name: "web", image: "x:1", imagePullPolicy: "Always", livenessProbe: probe }),
    metadata: objectOf(first["metadata"]),
  };
  const second = done(apply(defaulted, spec({ name: "web", image: "x:2" }), by("helm")));
  assert.deepEqual(second["spec"], {
    containers: [{ name: "web", image: "x:2", imagePullPolicy: "Always" }],
  });
});

test("an item of a list goes as a whole when its only manager leaves it out", () => {
  const first = done(
    apply(EMPTY, spec({ name: "web", image: "x:1" }, { name: "side", image: "y:1" }), by("helm")),
  );
  const second = done(apply(first, spec({ name: "web", image: "x:1" }), by("helm")));
  assert.deepEqual(second["spec"], { containers: [{ name: "web", image: "x:1" }] });
});

test("a field that two managers set to the same value stays until both leave it out", () => {
  const first = done(apply(EMPTY, data({ a: "1" }), by("ann")));
  const second = done(apply(first, data({ a: "1" }), by("ben")));
  const third = done(apply(second, data({}), by("ann")));
  const fourth = done(apply(third, data({}), by("ben")));
  assert.deepEqual([third["data"], fourth["data"]], [{ a: "1" }, {}]);
});

test("a value of another manager is a conflict that names field and manager", () => {
  const first = done(apply(EMPTY, data({ a: "1" }), by("ann")));
  assert.deepEqual(refused(apply(first, data({ a: "2" }), by("ben"))), [
    409,
    "Conflict",
    'Apply failed with 1 conflict: conflict with "ann": .data.a',
  ]);
});

test("a forced apply takes the field over", () => {
  const first = done(apply(EMPTY, data({ a: "1", b: "1" }), by("ann")));
  const second = done(apply(first, data({ a: "2" }), by("ben", true)));
  assert.deepEqual(
    [second["data"], owners(second)],
    [
      { a: "2", b: "1" },
      [
        ["ann", { "f:data": { "f:b": {} } }],
        ["ben", { "f:data": { "f:a": {} } }],
      ],
    ],
  );
});

test("what was there before the first apply belongs to somebody, and is not overwritten unasked", () => {
  assert.deepEqual(
    refused(apply(data({ a: "1" }), data({ a: "2" }), by("helm")))[2].split(":")[0],
    "Apply failed with 1 conflict",
  );
});

test("an empty object does not wipe out what others set in it", () => {
  const first = done(apply(EMPTY, data({ a: "1" }), by("ann")));
  assert.deepEqual(done(apply(first, data({}), by("ben")))["data"], { a: "1" });
});

test("selectors are replaced as one", () => {
  const first = done(apply(EMPTY, { ...EMPTY, spec: { selector: { a: "1" } } }, by("helm")));
  const second = done(apply(first, { ...EMPTY, spec: { selector: { b: "2" } } }, by("helm")));
  assert.deepEqual(second["spec"], { selector: { b: "2" } });
});
