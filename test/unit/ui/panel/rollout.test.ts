import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RolloutStatus } from "../../../../src/app/rolloutSnapshot.ts";
import type { UndoReview } from "../../../../src/app/undoOutcome.ts";
import type { Manager, RolloutReading, UndoRisk } from "../../../../src/domain/rollouts.ts";
import type { RolloutModel } from "../../../../src/ui/panel/rolloutModel.ts";
import { NOW } from "../../../builders/panel.ts";
import { readBanner, readLine, readRows, readSide } from "../../../builders/readPanel.ts";
import {
  aRolloutModel,
  aRolloutSnapshot,
  aRolloutStory,
  anEntry,
  anUndoOrder,
  anUndoReview,
} from "../../../builders/rolloutPanel.ts";
import { aPlacedSubject, aRollout, aRolloutSubject, anAddress } from "../../../builders/rollouts.ts";

process.env["TZ"] = "Europe/Berlin";
const { rolloutView } = await import("../../../../src/ui/panel/rolloutView.ts");
const { rolloutPlace, undoRecommendation } = await import("../../../../src/ui/messages/rolloutHistory.ts");

const shown = (model: Partial<RolloutModel> = {}): ReturnType<typeof rolloutView>["view"] =>
  rolloutView(aRolloutModel(model)).view;

const banners = (model: Partial<RolloutModel>): readonly string[] => shown(model).banners.map(readBanner);

const withWorkload = (workload: Partial<RolloutReading>): Partial<RolloutModel> => ({
  snapshot: aRolloutSnapshot({ workload: aRollout(workload), status: { kind: "complete" } }),
});

test("each row says its numbers, its commit, when and by whom, and how many of its pods are ready", () => {
  const view = shown();
  assert.deepEqual(readRows(view), [
    "168 ✗ · newest, not ready | 9c1f2ab · Rework queue retries · Dan Ortiz · by its image app:9c1f2ab… · [#4127] | 1 h ago · 01:00 (00:00 UTC) · by Dan Ortiz | 0 of 1 ready · rolling out",
    "167 · was 4 · still runs · <recommended> | 51d0c3e · Fix timezone in composer · undo from 166 to 4, first rolled out 6 d ago · by its image app:51d0c3e… | 2 h ago · 00:00 (23:00 UTC) · by Ben | 2 of 2 ready",
    "166 · <undone from> | e47aa01 · Subject of e47aa01 · same commit as 165, template changed · by its image app:e47aa01… | 3 h ago · Wed 23:00 (22:00 UTC) | no pods",
    "165 | e47aa01 · Subject of e47aa01 · Eric Cole · by its image app:e47aa01… | 4 h ago · Wed 22:00 (21:00 UTC) | no pods",
  ]);
  assert.deepEqual(
    view.table.rows.map(({ chart, actions = [] }) => [chart, actions.map(({ label }) => label).join()]),
    [
      ["bump to the retries · app:9c1f2ab…", "YAML,Events"],
      ["app:51d0c3e…", ""],
      ["app:e47aa01…", ""],
      ["app:e47aa01…", ""],
    ],
  );
});

test("revisions without a number are rows of their own that cannot be chosen", () => {
  const entries = [
    anEntry(2, "9c1f2ab", { isCurrent: true }),
    anEntry(0, "51d0c3e", { revision: { object: { kind: "ReplicaSet", name: "a", uid: "a" } } }),
    anEntry(0, "e47aa01", { revision: { object: { kind: "ReplicaSet", name: "b", uid: "b" } } }),
  ];
  const { table } = shown({ snapshot: aRolloutSnapshot({ entries }) });
  assert.deepEqual(
    table.rows.map(({ revision, mayBeChosen, tooltip }) => [revision, mayBeChosen, tooltip]),
    [
      [2, false, "This is what the Deployment has now."],
      [-2, false, "The controller gave it no number, so it is none of the Deployment's revisions."],
      [-3, false, "The controller gave it no number, so it is none of the Deployment's revisions."],
    ],
  );
});

test("heading and place say which workload it is, and what it deploys", () => {
  const places = [
    aRolloutSubject(),
    aRolloutSubject({ tier: "production" }),
    aPlacedSubject(),
    aPlacedSubject({
      tier: "staging",
      place: {
        name: "dev1",
        target: "dev1",
        kind: "machine",
        locks: { context: "staging", namespace: "devdeploy" },
      },
    }),
  ];
  assert.deepEqual(
    [shown().title, ...places.map((subject) => readLine(rolloutPlace(subject)))],
    [
      "Deployment/web",
      "staging · namespace `buffer` · context `production`",
      "production · namespace `buffer` · context `production`",
      "production · environment production · namespace `buffer` · context `production`",
      "machine dev1 · namespace `buffer` · context `production`",
    ],
  );
});

test("whoever keeps a workload as it is leads to their own tool", () => {
  const managers: readonly Manager[] = [
    { kind: "helm", release: "web", namespace: "buffer" },
    { kind: "argo-cd", application: "shop" },
    { kind: "flux", what: "Kustomization", name: "apps" },
    { kind: "flux", what: "HelmRelease", name: "web", namespace: "infra" },
  ];
  const commands = managers.map(
    (manager) => shown(withWorkload({ manager })).banners[0]?.actions[0]?.tooltip,
  );
  assert.deepEqual(
    [commands, banners(withWorkload({ manager: { kind: "flux", what: "Kustomization", name: "apps" } }))],
    [
      [
        "helm history web --namespace=buffer --kube-context=production",
        "argocd app rollback shop",
        "flux suspend kustomization apps --context=production",
        "flux suspend helmrelease web --namespace=infra --context=production",
      ],
      [
        "warning: Flux keeps `Deployment/web` as the Kustomization `apps` says. An undo here is put back at its next reconciliation. Revert the commit in git, or suspend Flux first. [Copy the Command]",
      ],
    ],
  );
});

test("a history that is not kept is said plainly, and that there is nothing to go back to", () => {
  const snapshot = aRolloutSnapshot({
    workload: aRollout({ historyLimit: 0 }),
    entries: aRolloutStory().slice(0, 1),
    status: { kind: "complete" },
    recommendation: { kind: "none", why: "no-history" },
    pods: [],
  });
  const view = shown({ snapshot });
  assert.deepEqual(
    [view.table.caption, ...view.banners.map(readBanner), ...readSide(view.side)],
    [
      "1 revision · no earlier one is kept",
      "warning: `Deployment/web` keeps no history: there is nothing to go back to (its `revisionHistoryLimit` is 0). Deploy the commit that you want instead, and set `revisionHistoryLimit` to more than 0 in its manifest.",
      "# There is nothing to go back to",
      "No revision is recommended: this workload keeps no history. Deploy the commit that you want instead.",
    ],
  );
});

test("how a rollout stands is said where it is not well, with why where something is wrong", () => {
  const states: readonly RolloutStatus[] = [
    { kind: "complete" },
    { kind: "not-observed", since: NOW },
    { kind: "deadline-exceeded" },
    { kind: "replica-failure", message: "exceeded quota: small, password=hunter2" },
    { kind: "scaled-to-zero" },
  ];
  assert.deepEqual(
    states.map((status) => banners({ snapshot: aRolloutSnapshot({ status, pods: [] }) }).join()),
    [
      "",
      "warning: The controller has not taken note of the newest change since 02:00 (01:00 UTC): it may be down. Ask whoever runs the cluster if that goes on.",
      "bad: The rollout of the newest template *took too long*: its pods made no progress within the deadline. The controller goes on trying and undoes nothing by itself. [Why]",
      "bad: No pod of the newest template comes to be: exceeded quota: small, password=[redacted] [Why]",
      "info: No pod is wanted (it is scaled to zero), so nothing of it runs.",
    ],
  );
});

test("what is not live, gone or missing is told before anything else, and missing commits can be fetched", () => {
  const absent = aRolloutSnapshot({ isAbsent: true, entries: [], status: { kind: "reading" }, pods: [] });
  assert.deepEqual(
    [
      banners({ snapshot: absent }),
      shown({ snapshot: absent }).table.empty,
      banners({
        snapshot: aRolloutSnapshot({
          liveness: { kind: "stale", since: NOW, error: { reason: "aborted" } },
          missingCommits: ["51d0c3e"],
        }),
      }),
    ],
    [
      ["warning: There is no `Deployment/web` in `buffer` now. It was removed, or not deployed there yet."],
      "There is no Deployment web in the namespace buffer: it was not deployed there yet, or it was removed. Its first revision appears here by itself.",
      [
        "warning: Not connected since 02:00, and what is shown is of then: The question to the cluster was cancelled. Retrying.",
        "info: 1 commit of these revisions is not in your clone, so nothing more is known of it. [Fetch]",
      ],
    ],
  );
});

test("the recommendation says its reason, and what was passed over", () => {
  assert.deepEqual(
    [
      undoRecommendation({
        kind: "revision",
        uid: "rs3",
        revision: 3,
        skipped: [
          { revision: 6, why: "same-commit" },
          { revision: 5, why: "undone-from" },
          { revision: 4, why: "commit-unknown" },
        ],
      }),
      undoRecommendation({
        kind: "revision",
        uid: "rs1",
        revision: 1,
        skipped: [
          { revision: 4, why: "not-ready" },
          { revision: 3, why: "unfinished" },
          { revision: 2, why: "brief" },
        ],
        readiness: "ready-now",
      }),
      undoRecommendation({ kind: "revision", uid: "rs1", revision: 1, skipped: [], readiness: "brief" }),
      undoRecommendation({ kind: "none", why: "none-ready" }),
      undoRecommendation({ kind: "none", why: "only-one" }),
      undoRecommendation({ kind: "reading" }),
    ],
    [
      "Recommended: the newest earlier revision that is of another commit. Whether its pods were ever ready is not known: Kubernetes does not record it. Passed over: 6 is of the same commit; 5 was already undone from; the commit of 4 is not sure.",
      "Recommended: the newest earlier revision that is of another commit. Pods of it are ready now. Passed over: 4 has pods of which none is ready; the rollout of 3 never came to its end; 2 was replaced within seconds.",
      "Recommended: the newest earlier revision that is of another commit. It was replaced within seconds, so its pods may never have been ready: Kubernetes does not record it.",
      "No revision is recommended: the earlier ones that are surely of another commit have no ready pods, or their rollouts never came to their end. One that can be chosen is chosen by hand.",
      "No revision is recommended: there is no earlier one.",
      "The revisions are still being read.",
    ],
  );
});

const reviewed = (review: Partial<UndoReview>): readonly string[] =>
  readSide(shown({ side: { kind: "review", review: anUndoReview(review) } }).side);

test("a review says what goes, what changes, what is risky, what is not restored, and the command", () => {
  assert.deepEqual(reviewed({ needsTypedName: true }), [
    "# *Undo* 168 `9c1f2ab` → 167 `51d0c3e`",
    "Recommended: the newest earlier revision that is of another commit. Whether its pods were ever ready is not known: Kubernetes does not record it.",
    "## Undone by this (1 commit)",
    "- `9c1f2ab` Rework queue retries · Dan Ortiz <migration>",
    "## Changes",
    "± `app`: `app:9c1f2ab…` → `app:51d0c3e…`",
    "± The pods' template: `spec.containers[app].image`, `spec.containers[app].env`",
    "[Open Diff]",
    "## Checks",
    "✓ Nobody else is at work here: the operation Lease is free",
    "## An undo does not restore",
    "i Replicas, strategy and everything else outside of the pods' template",
    "i What stands in ConfigMaps and Secrets, data, and what was sent or written elsewhere",
    "(Type web) [!Undo to 167] [Review Again]",
    "$ kubectl rollout undo deployment/web --to-revision=167 --namespace=buffer --context=production [Copy]",
  ]);
});

test("every risk of an undo has its sentence and its mark", () => {
  const risks: readonly UndoRisk[] = [
    { kind: "images", answers: [{ kind: "missing", image: "app:1" }] },
    { kind: "same-images", images: ["app:latest"], podsRestart: true },
    { kind: "undone-from", revision: 167 },
    { kind: "managed", by: { kind: "helm", release: "web", namespace: "buffer" } },
    { kind: "on-delete" },
    { kind: "ordered-ready", pod: "db-0" },
    { kind: "rights", missing: ["patch deployments"] },
  ];
  const lines = reviewed({ risks });
  assert.deepEqual(
    lines.slice(lines.indexOf("## Checks") + 1, lines.indexOf("## An undo does not restore")),
    [
      "✗ Image `app:1` is not in its registry: its pods could not start. It was probably cleaned up.",
      "! The image is the same on both sides (`app:latest`): the pods restart, and run what that tag stands for now.",
      "! 167 was undone from before. Is what was wrong with it mended elsewhere?",
      "! helm manages it (release `web`): its record becomes untrue. Roll back the release instead.",
      "! Its update strategy is `OnDelete`: no pod is replaced until somebody deletes it.",
      "! It replaces its pods one after the other and waits for `db-0`, which is not ready: that pod has to be deleted by hand after the undo.",
      "✗ You may not do this in `buffer`: `patch deployments`. Ask an admin for it.",
    ],
  );
});

test("while it runs the promises fill up, and the pods of the newest template stand below them", () => {
  const view = shown({
    run: {
      kind: "running",
      order: anUndoOrder(),
      isStopping: false,
      phase: {
        kind: "proving",
        items: [
          { kind: "reread", state: "ok", facts: "" },
          { kind: "template", state: "ok", facts: "" },
          { kind: "renumbered", state: "ok", facts: "169" },
          { kind: "pods", state: "running", facts: "" },
          { kind: "steady", state: "todo", facts: "" },
        ],
        elapsed: 9_000,
        pods: aRolloutSnapshot().pods,
        ready: 0,
        wanted: 3,
      },
    },
  });
  assert.deepEqual(
    [view.selected, ...readSide(view.side)],
    [
      167,
      "# ● *Undoing* 168 `9c1f2ab` → 167 `51d0c3e` · 00:09",
      "✓ `Deployment/web` read again: nothing has changed since the review",
      "✓ The template of `Deployment/web` is that of 167",
      "✓ Revision 167 has become the newest one, under a new number | 169",
      "● All wanted pods of `Deployment/web` are new and ready | 0 of 3 ready",
      "○ They stay ready, without a restart",
      "## Pods, live: ready 0/3",
      "✗ `web-6d9f-x2lqp` [Log] [YAML] [Events] | 0/1 ready · ImagePullBackOff: Back-off pulling image",
      "[Stop Watching]",
      "The undo goes on if this panel or this window closes; the next window tells how it ended.",
    ],
  );
});

test("one that a window began which is closed says so, and that this window cannot stop it", () => {
  const order = anUndoOrder({ isFollowed: true });
  const view = shown({ run: { kind: "running", order, isStopping: false } });
  assert.deepEqual(readSide(view.side), [
    "# ● *Undoing* 168 `9c1f2ab` → 167 `51d0c3e` · 00:00",
    "[Stop Watching]",
    "A window that is closed began it. It goes on in the cluster, whatever this window does.",
  ]);
});

test("what did not work says what is true now, why, and which revisions are left", () => {
  const view = shown({
    snapshot: aRolloutSnapshot({
      pods: [],
      entries: aRolloutStory().map((entry) => ({ ...entry, isCurrent: entry.revision.revision === 167 })),
      recommendation: { kind: "revision", uid: "rs165", revision: 165, skipped: [] },
    }),
    run: {
      kind: "ended",
      order: anUndoOrder(),
      at: NOW,
      outcome: {
        kind: "not-proven",
        revision: 169,
        items: [{ kind: "template", state: "ok", facts: "" }],
        diagnosis: { cause: { kind: "waited-too-long" }, evidence: [] },
        stillServing: 1,
      },
    },
  });
  const lines = readSide(view.side);
  assert.deepEqual(
    [lines[0], lines[1], lines.find((line) => line.startsWith("[!")), lines.at(-1)],
    [
      "# ✗ *The undo to 167 did not work.*",
      "bad: Deployment/web has the template of 167, now revision 169. 1 older pod still serves.",
      "[!Undo to 165 instead] [Return to 168]",
      "[Copy as Markdown] [Show Log]",
    ],
  );
});

test("a workload is named by its kind wherever it is named", () => {
  const workload = anAddress({ kind: "StatefulSet", name: "db" });
  const view = shown({ snapshot: aRolloutSnapshot({ subject: aRolloutSubject({ workload }) }) });
  assert.equal(view.title, "StatefulSet/db");
});
