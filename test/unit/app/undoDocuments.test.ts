import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestYaml } from "../../../src/adapters/helm/manifestYaml.ts";
import { undoDocuments } from "../../../src/app/undoDocuments.ts";
import { aRollout, aRolloutRevision, aTemplate } from "../../builders/rollouts.ts";
import { anUndoReview } from "../../builders/undo.ts";

test("both templates are one pair of YAML texts, with secrets masked and told apart", () => {
  const template = (image: string, value: string) =>
    aTemplate(image, { env: [{ name: "DB_PASSWORD", value }], args: [`--dsn=${value}`] });
  const seen = aRollout({
    revisions: [
      aRolloutRevision({ revision: 2, template: template("app:2", "hunter2-new") }),
      aRolloutRevision({ revision: 1, template: template("app:1", "hunter2-old") }),
    ],
  });
  const [document, ...others] = undoDocuments({ manifests: manifestYaml }, anUndoReview({ seen }));
  assert.deepEqual([document?.label, others.length], ["Deployment/web", 0]);
  assert.match(document?.left ?? "", /image: app:2/u);
  assert.match(document?.left ?? "", /value: "‹masked #1›"/u);
  assert.match(document?.right ?? "", /image: app:1/u);
  assert.match(document?.right ?? "", /value: "‹masked #2›"/u);
  assert.doesNotMatch(JSON.stringify(document), /hunter2/u);
});
