import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnvironmentView, TargetState } from "../../../src/app/releaseSummary.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aCommit } from "../../builders/deploy.ts";

const { environmentRow } = await import("../../../src/ui/tree/environmentRow.ts");

const NOW = Date.parse("2026-11-23T17:00:00Z");

type Rollout = TargetState & { readonly kind: "rollout" };

const row = (rollout: Partial<Rollout>): readonly [string, string | undefined] => {
  const view: EnvironmentView = {
    name: "thumbnails",
    tier: "staging",
    targets: [
      {
        name: "thumbnails",
        state: {
          kind: "rollout",
          status: { kind: "complete" },
          ready: 2,
          wanted: 2,
          revision: 6,
          since: NOW - 4 * HOUR_MS,
          commit: aCommit(),
          ...rollout,
        },
        liveness: { kind: "live", verifiedAt: NOW },
      },
    ],
    liveness: { kind: "live", verifiedAt: NOW },
  };
  const { description, icon } = environmentRow(view, undefined, { me: undefined, now: NOW, flags: [] });
  return [description, icon?.id];
};

test("a workload without helm is told by commit, age and who deployed it, and in between how it stands", () => {
  assert.deepEqual(
    [
      row({ branch: "master", by: "Ann Lee" }),
      row({ status: { kind: "progressing", updated: 2, available: 1, wanted: 2 } }),
      row({
        status: { kind: "progressing", updated: 1, available: 0, wanted: 2 },
        trouble: "CrashLoopBackOff",
      }),
      row({ status: { kind: "deadline-exceeded" } }),
      row({ status: { kind: "replica-failure", message: "exceeded quota" } }),
      row({ status: { kind: "paused" } }),
      row({ status: { kind: "scaled-to-zero" }, wanted: 0, ready: 0 }),
    ],
    [
      ["master · 4f1c0de · 4 h · Ann Lee", "server-environment"],
      ["4f1c0de · 1 of 2 ready · 4 h", "sync~spin"],
      ["4f1c0de · 0 of 2 ready · CrashLoopBackOff · 4 h", "warning"],
      ["4f1c0de · rollout failed: its deadline has passed · 4 h", "warning"],
      ["4f1c0de · rollout failed: no pod can be made · 4 h", "warning"],
      ["4f1c0de · rollout paused · 4 h", "circle-outline"],
      ["4f1c0de · scaled to zero · 4 h", "circle-outline"],
    ],
  );
});
