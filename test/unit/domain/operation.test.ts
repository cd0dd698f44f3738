import assert from "node:assert/strict";
import { test } from "node:test";
import { isOperationName, operationRef } from "../../../src/domain/operation.ts";
import { aHelmDriver } from "../../builders/deploy.ts";

const locks = { context: "staging", namespace: "devdeploy" };

test("an operation lies in the cluster of its target, and in the namespace of the locks", () => {
  const target = { name: "web", driver: aHelmDriver({ context: "prod", namespace: "buffer" }) };
  assert.deepEqual(operationRef("web", target, locks), {
    context: "prod",
    namespace: "devdeploy",
    name: "web-operation",
  });
});

test("a target without a cluster of its own has its operation beside the locks", () => {
  const target = { name: "api", driver: { kind: "http", url: "https://deploy.example.com" } as const };
  assert.equal(operationRef("api", target, locks).context, "staging");
});

test("reservation and operation are told apart by name", () => {
  assert.deepEqual(["dev1", "dev1-operation", "operation"].map(isOperationName), [false, true, false]);
});
