import assert from "node:assert/strict";
import { test } from "node:test";
import { causeOf } from "../../../../src/adapters/helm/cause.ts";
import type { HelmCause } from "../../../../src/app/ports.ts";

const rows: readonly (readonly [HelmCause, string])[] = [
  ["another-operation", "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress"],
  ["another-operation", "Error: UPGRADE FAILED: release: already exists"],
  ["waited-too-long", "Error: context deadline exceeded"],
  ["waited-too-long", "Error: UPGRADE FAILED: timed out waiting for the condition"],
  [
    "waited-too-long",
    "Error: UPGRADE FAILED: resource Deployment/web/dev1 not ready. status: InProgress, message: Available: 0/1\ncontext deadline exceeded",
  ],
  [
    "cluster-unreachable",
    'Error: Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  ["context-unknown", 'Error: Kubernetes cluster unreachable: context "nope" does not exist'],
  [
    "forbidden",
    'Error: query: failed to query with labels: secrets is forbidden: User "eve" cannot list resource "secrets"',
  ],
  [
    "unauthorized",
    "Error: Kubernetes cluster unreachable: the server has asked for the client to provide credentials: Unauthorized",
  ],
  ["bad-release-name", "Error: release name is invalid: My_App"],
  ["bad-chart", "Error: Chart.yaml file is missing"],
  [
    "bad-chart",
    'Error: UPGRADE FAILED: template: app/templates/web.yaml:3:5: executing "x" at <.Values.a.b>: nil pointer',
  ],
  [
    "not-ours",
    'Error: Unable to continue with install: ConfigMap "x" in namespace "web" exists and cannot be imported into the current release: invalid ownership metadata',
  ],
  [
    "field-conflict",
    'Error: UPGRADE FAILED: conflict occurred while applying object web/dev1 apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl"',
  ],
  [
    "immutable-field",
    'Error: UPGRADE FAILED: cannot patch "dev1": spec.selector: Invalid value: field is immutable',
  ],
  ["unknown-kind", 'Error: unable to build kubernetes objects: no matches for kind "Foo" in version "v1"'],
  [
    "record-too-large",
    "Error: create: failed to create: Secret is invalid: data: Too long: must have at most 1048576 bytes",
  ],
  ["hook-failed", "Error: UPGRADE FAILED: pre-upgrade hooks failed: job failed: BackoffLimitExceeded"],
  [
    "hook-failed",
    "Error: resource Job/web/web-after not ready. status: Failed, message: Job Failed. failed: 1/1",
  ],
  ["hook-failed", "Error: 1 error occurred:\n\t* job web-migrate failed: BackoffLimitExceeded"],
  ["other", "Error: something new"],
  ["other", ""],
];

for (const [cause, output] of rows) {
  test(`${cause}: ${output.slice(0, 70)}`, () => {
    assert.equal(causeOf(output), cause);
  });
}

test("what a chart's notes say before the error decides nothing", () => {
  assert.equal(
    causeOf("NOTES: the cluster is unreachable, is forbidden: and so on\nError: something new"),
    "other",
  );
});
