import assert from "node:assert/strict";
import { test } from "node:test";
import { splitHooks } from "../../../scripts/demo/hooks.ts";

const MAP = `# Source: app/templates/map.yaml
kind: ConfigMap
metadata:
  name: web
`;

const JOB = `# Source: app/templates/migrate.yaml
kind: Job
metadata:
  name: web-migrate
  annotations:
    helm.sh/hook: pre-upgrade,pre-rollback
    helm.sh/hook-delete-policy: hook-succeeded
`;

test("hooks are recorded beside the manifest, as helm records them", () => {
  assert.deepEqual(splitHooks(`---\n${MAP}---\n${JOB}`), {
    manifest: `---\n${MAP}`,
    hooks: [
      {
        name: "web-migrate",
        kind: "Job",
        path: "app/templates/migrate.yaml",
        manifest: JOB,
        events: ["pre-upgrade", "pre-rollback"],
        last_run: { started_at: "0001-01-01T00:00:00Z", completed_at: "0001-01-01T00:00:00Z", phase: "" },
        delete_policies: ["hook-succeeded"],
      },
    ],
  });
});
