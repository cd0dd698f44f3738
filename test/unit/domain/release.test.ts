import assert from "node:assert/strict";
import { test } from "node:test";
import { imageNamesCommit, imageTag, isBusy, isReleaseName } from "../../../src/domain/release.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import { aCommit } from "../../builders/deploy.ts";

const commit = aCommit("4f1c0de8a7");

const images: readonly (readonly [image: string, isNamed: boolean])[] = [
  [`app:${commit}`, true],
  ["app:4f1c0de", true],
  ["app:master-4f1c0de8", true],
  ["registry.example.com:5000/app:4F1C0DE", true],
  ["app:4f1c0d", false],
  ["app:4f1c0df", false],
  ["registry.example.com:5000/app", false],
  ["app@sha256:4f1c0de", false],
  ["app:latest", false],
];

for (const [image, isNamed] of images) {
  test(`${image} ${isNamed ? "names" : "does not name"} the commit`, () => {
    assert.equal(imageNamesCommit(image, commit), isNamed);
  });
}

test("a port of the registry is no tag", () => {
  assert.equal(imageTag("localhost:5000/app"), undefined);
  assert.equal(imageTag("localhost:5000/app:v1@sha256:00"), "v1");
});

test("a pending record is busy for helm's timeout and five minutes", () => {
  const pending = { status: "pending-upgrade", deployedAt: 0 } as const;
  const timeout = 10 * MINUTE_MS;
  assert.deepEqual(
    [0, 15 * MINUTE_MS - 1, 15 * MINUTE_MS].map((now) => isBusy(pending, now, timeout)),
    [true, true, false],
  );
  assert.equal(isBusy({ status: "deployed", deployedAt: 0 }, 0, timeout), false);
});

test("release names are judged by helm's own rule", () => {
  for (const name of ["dev1", "a.v2", "0", "a".repeat(53)]) assert.ok(isReleaseName(name), name);
  for (const name of ["", "My_App", "../x", "-x", "x-", "a..b", "a b", "a".repeat(54)]) {
    assert.ok(!isReleaseName(name), name);
  }
});
