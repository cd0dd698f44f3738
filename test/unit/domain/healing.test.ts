import assert from "node:assert/strict";
import { test } from "node:test";
import type { DiagnosisCause } from "../../../src/domain/diagnosis.ts";
import { mayHealByItself } from "../../../src/domain/healing.ts";

const where = { pod: "web-1", container: "app" } as const;
const image = { kind: "image", image: "app:1", ...where } as const;
const missing = { kind: "missing-config", name: "db", pod: "web-1" } as const;

const NEVER: readonly DiagnosisCause[] = [
  { ...image, why: "missing" },
  { ...image, why: "denied" },
  { ...image, why: "platform" },
  { ...image, why: "bad-name" },
  { ...missing, resource: "Secret" },
  { ...missing, resource: "ConfigMap" },
  { ...missing, resource: "key" },
  { kind: "cannot-start", reason: "CreateContainerConfigError", ...where },
  { kind: "quota", workload: "Deployment/web", message: "" },
  { kind: "admission", workload: "Deployment/web", message: "" },
  { kind: "out-of-memory", limit: "64Mi", ...where },
  { kind: "crash-loop", exitCode: 1, restarts: 2, ...where },
  { kind: "paused", workload: "Deployment/web" },
  { kind: "old-pod-stays", workload: "StatefulSet/web", pod: "web-0", why: "not-ready", finalizers: [] },
];

const MAYBE: readonly DiagnosisCause[] = [
  { ...image, why: "registry" },
  { ...missing, resource: "volume" },
  { kind: "unschedulable", pod: "web-1", message: "" },
  { kind: "stuck-creating", pod: "web-1", message: "" },
  { kind: "crash-loop", exitCode: 1, restarts: 1, ...where },
  { kind: "init-failed", exitCode: 1, restarts: 0, ...where },
  { kind: "not-ready", probe: undefined, ...where },
  { kind: "evicted", pod: "web-1", reason: "Evicted" },
  { kind: "node-lost", pod: "web-1", node: "" },
  { kind: "not-yet-available", workload: "Deployment/web", minReadySeconds: 30, secondsLeft: 3 },
];

test("what only a person can change does not heal by itself", () => {
  assert.deepEqual(NEVER.filter(mayHealByItself), []);
});

test("what the cluster itself tries again may heal, but for a container that has ended again and again", () => {
  assert.deepEqual(MAYBE.filter(mayHealByItself), MAYBE);
});
