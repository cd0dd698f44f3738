import assert from "node:assert/strict";
import { test } from "node:test";
import { mayHeal, refKey, type ClusterError } from "../../../src/domain/cluster.ts";

const server = "https://staging.example.com";

test("waiting can heal a network and a busy server, and nothing that somebody has to mend", () => {
  const errors: readonly ClusterError[] = [
    { reason: "unreachable", server, detail: "ECONNREFUSED" },
    { reason: "timeout", server, afterMs: 5_000 },
    { reason: "not-kubernetes", server, detail: "text/html" },
    { reason: "throttled", retryAfterMs: 1_000 },
    { reason: "server-error", status: 503, detail: "" },
    { reason: "unauthorized", context: "staging" },
    { reason: "forbidden", detail: "" },
    { reason: "not-found", what: "leases devdeploy/dev1" },
    { reason: "kubeconfig-absent", paths: [] },
    { reason: "kubeconfig-unreadable", path: "", detail: "" },
    { reason: "context-unknown", context: "", known: [] },
    { reason: "context-changed", context: "" },
    { reason: "credential-plugin", command: "", detail: "" },
    { reason: "aborted" },
  ];
  assert.deepEqual(
    errors.filter(mayHeal).map(({ reason }) => reason),
    ["unreachable", "timeout", "not-kubernetes", "throttled", "server-error"],
  );
});

test("an object's key names its context, namespace and name", () => {
  assert.equal(
    refKey({ context: "staging", namespace: "devdeploy", name: "dev1" }),
    "staging/devdeploy/dev1",
  );
});
