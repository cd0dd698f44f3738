import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HistorySnapshot } from "../../../src/app/historySnapshot.ts";
import type { RollbackOutcome } from "../../../src/app/rollbackOutcome.ts";
import { aCommit } from "../../builders/deploy.ts";
import { aHistory, type Told as ToldRevision } from "../../builders/history.ts";
import { aSnapshot } from "../../builders/panel.ts";
import { aReview } from "../../builders/rollback.ts";
import { rowOf, sentence } from "../../truth/account.ts";
import { drawn } from "../../truth/drawn.ts";
import { accountTold } from "../../truth/said.ts";

const { panelView } = await import("../../../src/ui/panel/view.ts");
const { whyNotBegun } = await import("../../../src/ui/panel/runRollback.ts");

const LETTERS = { A: aCommit("4f1c0de"), B: aCommit("bad0bad") };

/** What the panel has said of a rollback from B to A, with this newest record in its table. */
function said(
  outcome: RollbackOutcome,
  newest: Partial<ToldRevision> = {},
  runs: HistorySnapshot["runs"] = { kind: "revision", revision: 3, isDeployed: false },
): string {
  const entries = aHistory(
    { revision: 3, of: "4f1c0de", status: "deployed", rollbackTo: 1, ...newest },
    { revision: 2, of: "bad0bad" },
    { revision: 1, of: "4f1c0de" },
  );
  const snapshot = aSnapshot({ entries, runs });
  const review = aReview();
  const notBegun = whyNotBegun(outcome);
  const { view } = panelView(drawn({ snapshot, review, outcome, notBegun }));
  return sentence(accountTold({ outcome, review, view, snapshot, letters: LETTERS }));
}

const PROVEN: RollbackOutcome = { kind: "proven", revision: 3, items: [] };
const UNSERVED: RollbackOutcome & { readonly kind: "not-proven" } = {
  kind: "not-proven",
  revision: 3,
  items: [],
  diagnosis: {
    cause: { kind: "image", why: "missing", image: "shop/web:a", pod: "web-1", container: "app" },
    evidence: [],
  },
  record: { kind: "recorded", revision: 3, status: "failed", description: "" },
};
const FAILED = { ...UNSERVED, stillServing: { revision: 2, ready: 2 } };
const HAPPENED = "not done: revision 3 failed, set to A, B's pods ready; image missing";

describe("what the panel said", () => {
  test("is the same sentence as what happened where it is honest", () => {
    assert.equal(said(FAILED, { status: "failed" }), HAPPENED);
  });

  test("disagrees wherever it lies, and first of all where it calls a failure proven", () => {
    const lies: readonly RollbackOutcome[] = [
      PROVEN,
      { ...FAILED, record: { kind: "recorded", revision: 3, status: "deployed", description: "" } },
      { ...FAILED, stillServing: { revision: 1, ready: 2 } },
      { ...FAILED, diagnosis: { cause: { kind: "waited-too-long" }, evidence: [] } },
      { kind: "stale", why: "newer", newest: 3 },
      { kind: "cancelled", truth: { kind: "nothing-done" } },
    ];
    assert.deepEqual(
      lies.map(
        (lie) => rowOf("bad image", "4", { happened: HAPPENED, said: said(lie, { status: "failed" }) }).equal,
      ),
      lies.map(() => false),
    );
  });

  test("a success is not believed where the panel's own table says otherwise", () => {
    assert.equal(
      said(PROVEN, { status: "failed" }),
      "done: revision 3 deployed but revision 3 failed, set to A, A's pods ready",
    );
  });

  test("what the panel leaves open stays open", () => {
    const error = { reason: "unreachable", server: "https://k8s", detail: "" } as const;
    assert.deepEqual(
      [
        said({ ...UNSERVED, record: { kind: "unreadable", error } }, {}, { kind: "unknown", detail: "" }),
        said({ kind: "stale", why: "target-gone" }),
      ],
      [
        "not done: revision 3 deployed, set to nobody knows what; unreachable",
        "not done: revision 3 deployed, set to A; the target is gone",
      ],
    );
  });

  test("of pods that are ready by the sheet it is said whose they are", () => {
    const pods = { kind: "pods", facts: "2 of 2 ready", workload: "Deployment/web" } as const;
    assert.deepEqual(
      [
        said({ ...UNSERVED, items: [{ ...pods, state: "ok" }] }, { status: "failed" }),
        said({ ...UNSERVED, items: [{ ...pods, state: "failed" }] }, { status: "failed" }),
      ],
      [
        "not done: revision 3 failed, set to A, A's pods ready; image missing",
        "not done: revision 3 failed, set to A, no pods ready; image missing",
      ],
    );
  });
});
