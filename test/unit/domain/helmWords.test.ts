import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as z from "zod";
import type { DiagnosisCause } from "../../../src/domain/diagnosis.ts";
import { helmEvidence, helmTrouble } from "../../../src/domain/helmWords.ts";

/** What helm 3 and helm 4 printed on a real control plane. */
const RECORDED = z
  .array(z.object({ helm: z.string(), what: z.string(), output: z.string() }))
  .parse(JSON.parse(readFileSync(new URL("../../fixtures/helm/words.json", import.meta.url), "utf8")));

const FORBIDDEN = { kind: "forbidden", verb: "list", resource: "secrets", namespace: "shop" } as const;
const SELECTOR = { kind: "immutable-field", object: "Deployment/web", field: "spec.selector" } as const;
const ADDRESS = { kind: "immutable-field", object: "Service/svc", field: "spec.clusterIPs[0]" } as const;
const CONFLICT = {
  kind: "field-conflict",
  object: "Deployment/ssa",
  manager: "kubectl-edit",
  fields: [".spec.replicas", '.spec.template.spec.containers[name="app"].image'],
} as const;
const hook = (name: string, event = ""): DiagnosisCause => ({ kind: "hook-failed", hook: name, event });

const MEANING: Readonly<Record<string, DiagnosisCause["kind"] | DiagnosisCause>> = {
  "rollback, release not found": { kind: "release-not-found", release: "web" },
  "rollback, no version": { kind: "revision-pruned", revision: 7 },
  "rollback, forbidden": FORBIDDEN,
  "upgrade, forbidden": FORBIDDEN,
  "upgrade, immutable selector": SELECTOR,
  "rollback, never ready": SELECTOR,
  "upgrade, kind unknown": { kind: "removed-api", resource: "Foo in example.com/v1" },
  "upgrade, service ip": ADDRESS,
  "rollback, service ip": ADDRESS,
  "upgrade, stateful set": { kind: "immutable-field", object: "StatefulSet/set-db", field: "spec" },
  "upgrade, never ready": "waited-too-long",
  "upgrade, pre hook failed": hook("hook-migrate", "pre-upgrade"),
  "upgrade, post hook failed": hook("hook-migrate", "post-upgrade"),
  "install, pre hook failed": hook("hook2-migrate", "pre-install"),
  "rollback, pre hook failed": hook("rh-migrate"),
  "rollback, post hook failed": hook("rp-migrate"),
  "upgrade, hook waits": hook("", "pre-upgrade"),
  "upgrade, another operation": "another-operation",
  "upgrade, field conflict": CONFLICT,
  "rollback, field conflict": CONFLICT,
  "upgrade, quota of a pod": "quota",
  "upgrade, quota of a Deployment": "waited-too-long",
  "rollback, unreachable": "unreachable",
  "rollback, unauthorized": "unauthorized",
};

for (const { helm, what, output } of RECORDED) {
  test(`helm ${helm} says: ${what}`, () => {
    const cause = helmTrouble(output, "web");
    const meaning = MEANING[what];
    assert.deepEqual(typeof meaning === "string" ? cause?.kind : cause, meaning);
  });
}

test("every meaning was recorded of helm 3 and helm 4, but a conflict, which helm 3 does not know", () => {
  const majors = (what: string): string =>
    RECORDED.filter((one) => one.what === what)
      .map(({ helm }) => helm.slice(0, 2))
      .join(" ");
  for (const what of Object.keys(MEANING)) {
    assert.equal(majors(what), what.endsWith("field conflict") ? "v4" : "v3 v4", what);
  }
});

const MORE: readonly (readonly [string, string, DiagnosisCause | undefined])[] = [
  [
    "a right that is missing in a group and in the cluster",
    'Error: UPGRADE FAILED: could not get information about the resource: clusterroles.rbac.authorization.k8s.io "web" is forbidden: User "ann" cannot get resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope',
    { kind: "forbidden", verb: "get", resource: "clusterroles.rbac.authorization.k8s.io", namespace: "" },
  ],
  [
    "one field in conflict",
    'Error: UPGRADE FAILED: conflict occurred while applying object shop/web apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    { kind: "field-conflict", object: "Deployment/web", manager: "kubectl", fields: [".spec.replicas"] },
  ],
  [
    "a webhook",
    'Error: UPGRADE FAILED: cannot patch "web" with kind Deployment: admission webhook "policy.example.com" denied the request: no latest tags',
    {
      kind: "admission",
      workload: "",
      message: 'admission webhook "policy.example.com" denied the request: no latest tags',
    },
  ],
  [
    "an API that was removed",
    'Error: unable to build kubernetes objects from current release manifest: resource mapping not found for name: "web" namespace: "shop" from "": no matches for kind "Ingress" in version "extensions/v1beta1"\nensure CRDs are installed first',
    { kind: "removed-api", resource: "Ingress in extensions/v1beta1" },
  ],
  ["two helms at once", "Error: UPGRADE FAILED: release: already exists", { kind: "another-operation" }],
  [
    "a connection that breaks while helm waits",
    'Error: release web failed: Get "https://10.0.0.1:6443/apis/apps/v1/namespaces/shop/deployments/web": dial tcp 10.0.0.1:6443: i/o timeout',
    { kind: "unreachable" },
  ],
  [
    "an older helm that waited in vain",
    "Error: timed out waiting for the condition",
    { kind: "waited-too-long" },
  ],
  [
    "a context that is not there is no unreachable cluster",
    'Error: Kubernetes cluster unreachable: context "x" does not exist',
    undefined,
  ],
  ["something new", "Error: something new", undefined],
  ["nothing", "", undefined],
];
for (const [name, output, cause] of MORE) {
  test(name, () => {
    assert.deepEqual(helmTrouble(output, "web"), cause);
  });
}

test("what a chart's notes say before the error decides nothing, and is no evidence", () => {
  const output = "NOTES: release: not found, connection refused\nError: UPGRADE FAILED: something new\n\n";
  assert.equal(helmTrouble(output, "web"), undefined);
  assert.deepEqual(helmEvidence(output), [
    { kind: "helm", about: "", text: "Error: UPGRADE FAILED: something new" },
  ]);
});

test("a silent helm is no evidence", () => {
  assert.deepEqual([helmEvidence("\n"), helmEvidence(undefined)], [[], []]);
});
