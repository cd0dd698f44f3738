import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { UndoOutcome } from "../../../../src/app/undoOutcome.ts";
import { aCommit } from "../../../builders/deploy.ts";
import { NOW } from "../../../builders/panel.ts";
import { anUndoOrder } from "../../../builders/rolloutPanel.ts";

process.env["TZ"] = "Europe/Berlin";
const { undoNotice, undoTitle } = await import("../../../../src/ui/messages/rolloutNotice.ts");
const { undoSheet } = await import("../../../../src/ui/messages/rolloutSheet.ts");
const { undoNotBegunWords } = await import("../../../../src/ui/messages/rolloutAlert.ts");

const NOT_PROVEN: UndoOutcome = {
  kind: "not-proven",
  revision: 169,
  items: [
    { kind: "template", state: "ok", facts: "" },
    { kind: "pods", state: "failed", facts: "0 of 3" },
  ],
  diagnosis: {
    cause: { kind: "waited-too-long" },
    evidence: [{ kind: "status", about: "Pod/web-1", text: "ImagePullBackOff" }],
  },
  stillServing: 2,
};

test("how an undo ended is told with what happened, to what, and what is true", () => {
  const outcomes: readonly UndoOutcome[] = [
    { kind: "proven", revision: 169, items: [] },
    NOT_PROVEN,
    { kind: "nothing-runs", revision: 169, items: [] },
    { kind: "cancelled", truth: { kind: "not-awaited" } },
    { kind: "same-template", revision: 168 },
    { kind: "paused" },
  ];
  assert.deepEqual(
    [undoTitle(anUndoOrder()), ...outcomes.map((outcome) => undoNotice(outcome, anUndoOrder(), []).text)],
    [
      "Undoing Deployment/web to 167",
      "Deployment/web is undone to 167 (51d0c3e), now revision 169, and it is proven.",
      "The undo of Deployment/web to 167 did not work. The new pods were not ready in time, and nothing in the cluster says why. Deployment/web has the template of 167, now revision 169. 2 older pods still serve.",
      "Deployment/web is undone to 167 (51d0c3e), but no pod is wanted, so nothing runs.",
      "Deployment/web: The template was written, and the rollout goes on in the cluster; whether its pods run was not watched to the end. The list shows how it stands.",
      "Deployment/web was not undone. Nothing was changed: the workload has the template of revision 168 already.",
      "Deployment/web was not undone. Nothing was changed: the rollout is paused, so it cannot be undone. Resume it first, then review again.",
    ],
  );
});

test("why nothing was begun says what to do next", () => {
  assert.deepEqual(
    [
      undoNotBegunWords({ kind: "stale", why: "workload-gone" }, "web"),
      undoNotBegunWords({ kind: "stale", why: "target-gone" }, "web"),
      undoNotBegunWords({ kind: "unread", error: { reason: "unauthorized", context: "prod" } }, "web"),
    ],
    [
      "The workload is gone: somebody removed it. There is nothing to undo.",
      "The revision is gone, since only so many are kept. Nothing was changed; choose another one.",
      "Nothing was changed: the workload could not be read again. The cluster of context “prod” does not accept your sign-in. Sign in again, then refresh.",
    ],
  );
});

test("the sheet is Markdown in which nobody's text is markup", () => {
  const order = anUndoOrder({ undone: [{ commit: aCommit("9c1f2ab"), subject: "Rework *queue* @all" }] });
  assert.equal(
    undoSheet(order, NOT_PROVEN, NOW),
    [
      "**Deployment/web: the undo to 167 did not work** · Thu, 8 Jan 1970 02:00:00 (01:00:00 UTC)",
      `\`Deployment/web\` · namespace \`buffer\` · context \`production\` · 168 \`${aCommit("9c1f2ab")}\` → 167 \`${aCommit("51d0c3e")}\``,
      "",
      "- ✅ done: The template of Deployment/web is that of 167",
      "- ❌ failed: All wanted pods of Deployment/web are new and ready — 0 of 3",
      "",
      "The new pods were not ready in time, and nothing in the cluster says why. Deployment/web has the template of 167, now revision 169. 2 older pods still serve.",
      "",
      "    Pod/web-1",
      "      ImagePullBackOff",
      "",
      "Undone:",
      "- `9c1f2ab` Rework \\*queue\\* @\u2060all",
      "",
    ].join("\n"),
  );
});
