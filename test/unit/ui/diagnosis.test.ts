import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Diagnosis, DiagnosisCause } from "../../../src/domain/diagnosis.ts";

process.env["TZ"] = "Europe/Berlin";
const { diagnosisWords, earlySentence, prospectSentence } =
  await import("../../../src/ui/messages/diagnosis.ts");

const where = { pod: "web-6d9f-x2lqp", container: "app" } as const;
const image = { kind: "image", image: "registry.example.com/app:4f1c0de", ...where } as const;
const workload = "Deployment/web";

/** Every kind at least once; a kind that is new and stands not here does not compile. */
const CAUSES: Readonly<Record<DiagnosisCause["kind"], readonly DiagnosisCause[]>> = {
  "release-not-found": [{ kind: "release-not-found", release: "web" }],
  "revision-pruned": [
    { kind: "revision-pruned", revision: 7 },
    { kind: "revision-pruned", revision: undefined },
  ],
  "another-operation": [{ kind: "another-operation" }],
  forbidden: [
    { kind: "forbidden", verb: "update", resource: "deployments.apps", namespace: "shop" },
    { kind: "forbidden", verb: "get", resource: "clusterroles.rbac.authorization.k8s.io", namespace: "" },
    { kind: "forbidden", verb: "", resource: "", namespace: "" },
  ],
  unauthorized: [{ kind: "unauthorized" }],
  unreachable: [{ kind: "unreachable" }],
  "hook-failed": [
    { kind: "hook-failed", hook: "web-migrate", event: "pre-upgrade" },
    { kind: "hook-failed", hook: "web-migrate", event: "" },
    { kind: "hook-failed", hook: "", event: "post-rollback" },
    { kind: "hook-failed", hook: "", event: "" },
  ],
  image: [
    { ...image, why: "missing" },
    { ...image, why: "denied" },
    { ...image, why: "platform" },
    { ...image, why: "bad-name" },
    { ...image, why: "registry" },
    { ...image, why: "other" },
    { ...image, why: "missing", container: "migrate", role: "init" },
    { ...image, why: "missing", container: "proxy", role: "sidecar" },
  ],
  "crash-loop": [
    { kind: "crash-loop", exitCode: 1, restarts: 5, ...where },
    { kind: "crash-loop", exitCode: 1, restarts: 1, ...where },
    { kind: "crash-loop", exitCode: 127, restarts: 0, ...where },
    { kind: "crash-loop", exitCode: 0, restarts: 5, ...where },
    { kind: "crash-loop", exitCode: 2, restarts: 5, ...where },
    { kind: "crash-loop", exitCode: 126, restarts: 5, ...where },
    { kind: "crash-loop", exitCode: 134, restarts: 5, ...where },
    { kind: "crash-loop", exitCode: 137, restarts: 5, ...where },
    { kind: "crash-loop", exitCode: 139, restarts: 5, ...where },
    { kind: "crash-loop", exitCode: 143, restarts: 5, ...where },
    { kind: "crash-loop", exitCode: 255, restarts: 5, ...where, container: "proxy", role: "sidecar" },
    { kind: "crash-loop", exitCode: undefined, restarts: 5, ...where },
  ],
  "out-of-memory": [
    { kind: "out-of-memory", limit: "256Mi", ...where },
    { kind: "out-of-memory", limit: undefined, ...where },
    { kind: "out-of-memory", limit: "1.5Gi", ...where, container: "proxy", role: "sidecar" },
  ],
  "init-failed": [
    { kind: "init-failed", exitCode: 1, restarts: 2, pod: where.pod, container: "migrate" },
    { kind: "init-failed", exitCode: undefined, restarts: 2, pod: where.pod, container: "migrate" },
  ],
  "init-running": [{ kind: "init-running", pod: where.pod, container: "wait-for-db" }],
  "not-ready": [
    {
      kind: "not-ready",
      probe: "Readiness probe failed: HTTP probe failed with statuscode: 503 (HTTP GET :8080/healthz)",
      ...where,
    },
    { kind: "not-ready", probe: undefined, ...where },
  ],
  "killed-by-probe": [
    {
      kind: "killed-by-probe",
      which: "liveness",
      probe: "Liveness probe failed: HTTP probe failed with statuscode: 500 (HTTP GET :8080/live)",
      restarts: 3,
      ...where,
    },
    { kind: "killed-by-probe", which: "liveness", probe: undefined, restarts: 3, ...where },
    {
      kind: "killed-by-probe",
      which: "startup",
      probe: "Startup probe failed: timeout",
      restarts: 1,
      ...where,
    },
    { kind: "killed-by-probe", which: "startup", probe: undefined, restarts: 1, ...where },
  ],
  "readiness-gate": [{ kind: "readiness-gate", pod: where.pod, gate: "example.com/balanced" }],
  unschedulable: [
    { kind: "unschedulable", pod: where.pod, message: "0/3 nodes are available: 3 Insufficient memory." },
    {
      kind: "unschedulable",
      pod: where.pod,
      message:
        "0/3 nodes are available: 1 node(s) had untolerated taint {gpu: true}, 2 node(s) didn't match Pod's node affinity/selector.",
    },
    { kind: "unschedulable", pod: where.pod, message: "pod has unbound immediate PersistentVolumeClaims." },
    {
      kind: "unschedulable",
      pod: where.pod,
      message: "Scheduling is blocked due to non-empty scheduling gates",
    },
    { kind: "unschedulable", pod: where.pod, message: "something else" },
  ],
  quota: [{ kind: "quota", workload, message: "exceeded quota: small, used: pods=2, limited: pods=2" }],
  admission: [
    { kind: "admission", workload, message: 'admission webhook "p" denied the request: no latest tags' },
    { kind: "admission", workload: "", message: 'violates PodSecurity "restricted:latest"' },
  ],
  "missing-config": [
    { kind: "missing-config", resource: "Secret", name: "db", pod: where.pod },
    { kind: "missing-config", resource: "ConfigMap", name: "settings", pod: where.pod },
    { kind: "missing-config", resource: "key", name: "password", pod: where.pod },
    { kind: "missing-config", resource: "volume", name: "pvc-1", pod: where.pod },
    { kind: "missing-config", resource: "ServiceAccount", name: "web", pod: workload },
  ],
  "stuck-creating": [
    { kind: "stuck-creating", pod: where.pod, message: "failed to set up pod network: no addresses left" },
  ],
  "cannot-start": [{ kind: "cannot-start", reason: "RunContainerError", ...where }],
  "immutable-field": [
    { kind: "immutable-field", object: workload, field: "spec.selector" },
    { kind: "immutable-field", object: "", field: "" },
  ],
  "field-conflict": [
    {
      kind: "field-conflict",
      object: workload,
      manager: "kubectl-edit",
      fields: [".spec.replicas", ".spec.x"],
    },
    { kind: "field-conflict", object: "", manager: "kubectl-edit", fields: [] },
    { kind: "field-conflict", object: "", manager: "", fields: [] },
  ],
  "removed-api": [
    { kind: "removed-api", resource: "Ingress in extensions/v1beta1" },
    { kind: "removed-api", resource: "" },
  ],
  evicted: [{ kind: "evicted", pod: where.pod, reason: "Evicted" }],
  "node-lost": [
    { kind: "node-lost", pod: where.pod, node: "node-2" },
    { kind: "node-lost", pod: where.pod, node: "" },
  ],
  "old-pod-stays": [
    { kind: "old-pod-stays", workload, pod: "web-old", why: "terminating", finalizers: [] },
    {
      kind: "old-pod-stays",
      workload,
      pod: "web-old",
      why: "terminating",
      finalizers: ["example.com/drain"],
    },
    { kind: "old-pod-stays", workload: "StatefulSet/web", pod: "web-0", why: "not-ready", finalizers: [] },
  ],
  "held-back": [
    { kind: "held-back", workload: "DaemonSet/agent", by: "on-delete" },
    { kind: "held-back", workload: "StatefulSet/web", by: "partition" },
  ],
  "not-yet-available": [
    { kind: "not-yet-available", workload, minReadySeconds: 30, secondsLeft: 18 },
    { kind: "not-yet-available", workload, minReadySeconds: 30, secondsLeft: undefined },
  ],
  "scaled-to-zero": [
    { kind: "scaled-to-zero", workload },
    { kind: "scaled-to-zero", workload, autoscaler: "web" },
  ],
  "no-node-matches": [{ kind: "no-node-matches", workload: "DaemonSet/agent" }],
  "not-observed": [{ kind: "not-observed", workload, seconds: 75 }],
  paused: [{ kind: "paused", workload }],
  "deadline-exceeded": [{ kind: "deadline-exceeded", workload }],
  "workload-gone": [{ kind: "workload-gone", workload }],
  "waited-too-long": [{ kind: "waited-too-long" }],
  unknown: [{ kind: "unknown" }],
};

test("every cause has a sentence that says what happened, to what, and what can be done next", () => {
  const lines = Object.values(CAUSES)
    .flat()
    .flatMap((cause) => {
      const { cause: sentence, next } = diagnosisWords({ cause, evidence: [] });
      return [`${cause.kind}: ${sentence}`, ...next.map((step) => `  - ${step}`)];
    });
  const golden = new URL("../../fixtures/messages/diagnosis.golden.txt", import.meta.url);
  assert.equal(`${lines.join("\n")}\n`, readFileSync(golden, "utf8"));
});

test("a sentence ends once, and leaves nothing out", () => {
  for (const cause of Object.values(CAUSES).flat()) {
    const { cause: sentence, next } = diagnosisWords({ cause, evidence: [] });
    for (const one of [sentence, ...next]) {
      assert.match(one, /^[A-Za-z].*[^.:;,]\.$/u);
      assert.doesNotMatch(one, /undefined|\{\w+\}| {2}|“”/u);
    }
    assert.ok(next.length > 0);
  }
});

test("while it is still waited for, it is told whether it may heal by itself", () => {
  const missing = { cause: { ...image, why: "missing" } } as const;
  const slow = { cause: { kind: "not-ready", probe: undefined, ...where } } as const;
  assert.deepEqual(
    [missing, slow].map((found) => [earlySentence(found), prospectSentence(found)]),
    [
      [
        "Image registry.example.com/app:4f1c0de is not in the registry: it was never pushed, or cleaned up.",
        "It does not look as if it would heal by itself; nothing is stopped for that.",
      ],
      [
        "Container app of web-6d9f-x2lqp runs, but does not become ready. It may still heal by itself.",
        "It may still heal by itself, so it is waited for.",
      ],
    ],
  );
});

test("evidence stands in the cluster's words below what it is about; events with their time and count", () => {
  const SEEN = Date.parse("2026-11-23T13:02:09Z");
  const diagnosis: Diagnosis = {
    cause: { ...image, why: "missing" },
    evidence: [
      {
        kind: "status",
        about: "Pod/web-1",
        text: "app: ImagePullBackOff: Back-off pulling\napp: 2 restarts",
      },
      { kind: "event", about: "Pod/web-1", text: "Failed: Failed to pull image", count: 3, at: SEEN },
      { kind: "event", about: "Pod/web-1", text: "BackOff: Back-off", count: 1, at: SEEN },
      { kind: "event", about: "Pod/web-1", text: "Unhealthy: 503", count: 2 },
      { kind: "condition", about: "Deployment/web", text: "Progressing=False" },
      { kind: "log", about: "Pod/web-1 app", text: "one\n\ttwo" },
      { kind: "helm", about: "", text: "Error: context deadline exceeded" },
    ],
  };
  assert.equal(
    diagnosisWords(diagnosis).evidence,
    [
      "Pod/web-1",
      "  app: ImagePullBackOff: Back-off pulling",
      "  app: 2 restarts",
      "Pod/web-1",
      "  Failed: Failed to pull image   (event, 3 times, last at 14:02:09 (13:02:09 UTC))",
      "Pod/web-1",
      "  BackOff: Back-off   (event at 14:02:09 (13:02:09 UTC))",
      "Pod/web-1",
      "  Unhealthy: 503   (event, 2 times)",
      "Deployment/web",
      "  Progressing=False",
      "last lines of the log of Pod/web-1 app:",
      "  one",
      "    two",
      "helm says:",
      "  Error: context deadline exceeded",
    ].join("\n"),
  );
});

test("what a hostile cluster says is neither a link nor hidden", () => {
  const message = "[click](command:x) \u202Eevil <b>\n## heading";
  const { cause } = diagnosisWords({ cause: { kind: "admission", workload, message }, evidence: [] });
  assert.equal(
    cause,
    "The cluster's rules turned Deployment/web away: [click] (command:x) \\u{202e}evil <b> ## heading.",
  );
});
