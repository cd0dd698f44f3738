import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProofItem, RollbackOutcome, RollbackPhase } from "../../../../src/app/rollbackOutcome.ts";
import type { Diagnosis } from "../../../../src/domain/diagnosis.ts";
import type { EnvironmentHold } from "../../../../src/domain/hold.ts";
import { HOUR_MS } from "../../../../src/domain/time.ts";
import type { RunOrder, RunState } from "../../../../src/ui/panel/rollbackRuns.ts";
import { aCommit } from "../../../builders/deploy.ts";
import { aModel, aRunOrder, aSnapshot, aStory, NOW } from "../../../builders/panel.ts";
import { somePodsOf } from "../../../fakes/livePods.ts";
import { aPod, anAddress } from "../../../builders/rollouts.ts";
import type { PodsSnapshot } from "../../../../src/app/livePods.ts";
import { readBanner, readSide } from "../../../builders/readPanel.ts";

process.env["TZ"] = "Europe/Berlin";
const { panelView } = await import("../../../../src/ui/panel/view.ts");
const { proofSheet, revertCommands } = await import("../../../../src/ui/messages/proofSheet.ts");
const { rollbackNotice } = await import("../../../../src/ui/messages/rollbackNotice.ts");

const item = (
  kind: ProofItem["kind"],
  state: ProofItem["state"],
  facts = "",
  workload?: string,
): ProofItem => ({
  kind,
  state,
  facts,
  ...(workload === undefined ? {} : { workload }),
});

const WEB = "Deployment/web";
const aPhase = (phase: Partial<RollbackPhase> = {}): RollbackPhase => ({
  kind: "proving",
  items: [
    item("reread", "ok", "revision 168 failed"),
    item("operation", "ok", "web-operation"),
    item("record", "ok", "revision 169"),
    item("pods", "running", "2 of 4 ready", WEB),
    item("steady", "todo"),
  ],
  elapsed: 14_000,
  pods: ["web-6d9f-x2lqp: ContainerCreating"],
  ready: 2,
  wanted: 4,
  ...phase,
});

const PROVEN: readonly ProofItem[] = [
  item("reread", "ok", "revision 168 failed"),
  item("operation", "fact"),
  item("record", "ok", "revision 169"),
  item("status", "ok", "deployed"),
  item("description", "ok", "Rollback to 167"),
  item("no-other-deployed", "ok"),
  item("manifest", "ok", "revision 167"),
  item("images", "ok", "shop/web:51d0c3e", WEB),
  item("pods", "ok", "4 of 4 ready", WEB),
  item("commit", "ok", "shop/web:51d0c3e"),
  item("steady", "ok", "15 s"),
];

const HOLD: EnvironmentHold = {
  by: "ann <ann@example.com>",
  name: "Ann Lee",
  at: NOW,
  until: NOW + 24 * HOUR_MS,
  reason: "Rolled back to 167",
  undone: [aCommit("9c1f2ab"), aCommit("77e01bd")],
  nonce: "h1",
};

const running = (phase?: RollbackPhase, state: Partial<RunState & { kind: "running" }> = {}): RunState => ({
  kind: "running",
  order: aRunOrder(),
  isStopping: false,
  ...(phase === undefined ? {} : { phase }),
  ...state,
});

const aPlaceOf = (run: RunState | undefined): object => ({
  context: run?.order.release.context,
  namespace: run?.order.release.namespace,
});

const ended = (outcome: RollbackOutcome, order: Partial<RunOrder> = {}): RunState => ({
  kind: "ended",
  order: aRunOrder(order),
  outcome,
  at: NOW + 52_000,
});

const side = (run: RunState, snapshot: Parameters<typeof aSnapshot>[0] = {}): readonly string[] =>
  readSide(panelView(aModel({ run, snapshot: aSnapshot(snapshot) })).view.side);

test("while it runs the promises fill up, and what changes from second to second stands below its line", () => {
  assert.deepEqual(side(running(aPhase())), [
    "# ● *Rolling back* 168 `9c1f2ab` → 167 `51d0c3e` · 00:14",
    "✓ History read again: nothing newer than 168",
    "✓ Nobody else works here meanwhile: the operation Lease is held",
    "✓ New revision 169 = 168 + 1",
    "● All wanted pods of `Deployment/web` are new and ready | 2 of 4 ready · web-6d9f-x2lqp: ContainerCreating",
    "○ They stay ready, without a restart",
    "[Stop Watching]",
    "The rollback goes on if this panel or this window closes; the next window tells how it ended.",
  ]);
});

test("a cluster that does not answer is told at once, in place of figures that may be old", () => {
  const since = Date.UTC(2026, 10, 23, 7, 14, 52);
  const server = "https://k8s";
  const below = (unseen: RollbackPhase["unseen"]): string | undefined =>
    side(running(aPhase(unseen === undefined ? {} : { unseen })))
      .find((line) => line.startsWith("●"))
      ?.split(" | ")[1];
  assert.deepEqual(
    [below({ since }), below({ since, error: { reason: "timeout", server, afterMs: 15_000 } })],
    [
      "No answer from the cluster since 08:14:52 (07:14:52 UTC); still asking.",
      "Not seen since 08:14:52 (07:14:52 UTC); still asking. https://k8s did not answer within 15 s. Check the network or the VPN.",
    ],
  );
});

test("live pods take the place of the words about them, worst words first told", () => {
  const pods = [
    aPod({
      name: "web-2",
      ready: false,
      restarts: 2,
      containers: { ready: 0, all: 1, names: ["app"] },
      waiting: { container: "app", reason: "CrashLoopBackOff", message: "password=hunter2 back-off" },
    }),
    aPod({ name: "web-1", isBeingDeleted: true }),
  ];
  const model = aModel({ run: running(aPhase()), pods: somePodsOf(pods, 2) });
  const { view, deeds } = panelView(model);
  assert.deepEqual(readSide(view.side).slice(4, 11), [
    "● All wanted pods of `Deployment/web` are new and ready | 2 of 4 ready",
    "○ They stay ready, without a restart",
    "## Pods, live: ready 0/2",
    "i `web-1` [Log] [YAML] [Events] | 1/1 ready · being deleted",
    "✗ `web-2` [Log] [Log before the Restart] [YAML] [Events] | 0/1 ready · 2 restarts · CrashLoopBackOff: password=[redacted] back-off",
    "[Stop Watching]",
    "The rollback goes on if this panel or this window closes; the next window tells how it ended.",
  ]);
  const opened = [...deeds.values()].filter(({ kind }) => kind === "open-document");
  const place = { kind: "open-document", ...aPlaceOf(model.run) };
  assert.deepEqual(opened.slice(3), [
    { ...place, of: { kind: "log", pod: "web-2", container: "app", previous: false } },
    { ...place, of: { kind: "log", pod: "web-2", container: "app", previous: true } },
    { ...place, of: { kind: "yaml", object: "Pod", name: "web-2" } },
    { ...place, of: { kind: "events", object: "Pod", name: "web-2" } },
  ]);
});

test("each of a release's workloads has its own list, and what keeps its pods from being made goes first", () => {
  const api = anAddress({ name: "api" });
  const pods: PodsSnapshot = {
    kind: "known",
    items: [
      { workload: anAddress(), kind: "to-come", wanted: 2 },
      { workload: api, kind: "live", pods: [], ready: 0, wanted: 1, replicaFailure: "exceeded quota: small" },
      { workload: anAddress({ name: "gone" }), kind: "absent" },
    ],
    more: 0,
  };
  const { view } = panelView(aModel({ run: running(aPhase()), pods }));
  assert.deepEqual(readSide(view.side).slice(6, 11), [
    "## Pods of web, live: ready 0/2",
    "- No pod of the new revision yet",
    "## Pods of api, live: ready 0/1",
    "✗ No pod can be made: exceeded quota: small",
    "- No pod of the new revision yet",
  ]);
});

test("what looks wrong already is shown early, and stopping is not pressed twice", () => {
  const diagnosis = {
    cause: { kind: "out-of-memory", limit: "64Mi", pod: "web-1", container: "app" },
    evidence: [],
  } as const;
  const lines = side(running(aPhase({ diagnosis }), { isStopping: true }));
  assert.deepEqual(lines.slice(6), [
    "## Cause",
    lines[7] ?? "",
    "- It does not look as if it would heal by itself; nothing is stopped for that.",
    "[Looking at what is true now… ✗]",
    "The rollback goes on if this panel or this window closes; the next window tells how it ended.",
  ]);
  assert.match(lines[7] ?? "", /^! .*web-1/u);
});

test("the proof is the same list, and what remains to be done stands below it", () => {
  const outcome: RollbackOutcome = { kind: "proven", revision: 169, items: PROVEN };
  assert.deepEqual(side(ended(outcome), { hold: HOLD }), [
    "# ✓ *Rolled back to 167* `51d0c3e` · proven 02:00:52 (01:00:52 UTC)",
    "✓ History read again: nothing newer than 168",
    "i Done without the operation Lease, as was confirmed by typing",
    "✓ New revision 169 = 168 + 1",
    "✓ Status deployed",
    "✓ It says “Rollback to 167”",
    "✓ No other revision is marked as deployed",
    "✓ The manifest of 169 is that of 167",
    "✓ The images of `Deployment/web` are those of 167 | shop/web:51d0c3e",
    "✓ All wanted pods of `Deployment/web` are new and ready | 4 of 4 ready",
    "✓ The application's image is of commit `51d0c3e` | shop/web:51d0c3e",
    "✓ They stay ready, without a restart | 15 s",
    "## Afterwards",
    "i web is on hold so that `9c1f2ab` and 1 more do not come back by themselves. [Lift the Hold]",
    "i What was undone is still in the branch: revert it there, or the next deploy brings it back. [Revert 2 Commits…]",
    "[Copy as Markdown] [Show Log]",
  ]);
});

test("a hold that could not be placed is said, and one that was lifted too", () => {
  const proven = (
    hold: (RollbackOutcome & { readonly kind: "proven" })["hold"],
    isHoldSeen?: true,
  ): string | undefined => {
    const run = ended({ kind: "proven", revision: 169, items: [], ...(hold === undefined ? {} : { hold }) });
    return side(run.kind === "ended" && isHoldSeen !== undefined ? { ...run, isHoldSeen } : run)[2];
  };
  assert.deepEqual(
    [
      proven({ kind: "failed", error: { reason: "forbidden", detail: "update leases" } }),
      proven({ kind: "placed", hold: HOLD }),
      proven({ kind: "placed", hold: HOLD }, true),
    ],
    [
      "! web could not be put on hold, so the next deploy may bring back what was undone. You are not allowed to: update leases. Ask an admin for this permission.",
      "i web is on hold so that `9c1f2ab` and 1 more do not come back by themselves. [Lift the Hold]",
      "i web is not on hold: the next deploy may bring back what was undone.",
    ],
  );
});

const NOT_PROVEN: RollbackOutcome & { readonly kind: "not-proven" } = {
  kind: "not-proven",
  revision: 169,
  items: [item("record", "ok", "revision 169"), item("pods", "failed", "0 of 4 ready", WEB)],
  diagnosis: {
    cause: { kind: "image", why: "missing", image: "shop/web:51d0c3e", pod: "web-1", container: "app" },
    evidence: [{ kind: "event", about: "Pod/web-1", text: "Failed to pull image", count: 3 }],
  },
  record: { kind: "recorded", revision: 169, status: "failed", description: "timed out" },
  stillServing: { revision: 168, ready: 4 },
};

test("what did not work leads with what is true, then the cause with evidence, then what can be done", () => {
  const [, ...lines] = side(ended(NOT_PROVEN));
  assert.deepEqual(
    lines.filter((line) => !line.startsWith("- ")),
    [
      "bad: helm made revision 169, whose status is failed. 4 pods of 168 still serve.",
      "## Cause",
      "> Pod/web-1",
      ">   Failed to pull image   (event, 3 times)",
      "## What you can do",
      "[!Roll back to 165 instead] [Review 167 again] [Events]",
      "## What is true now",
      "✓ New revision 169 = 168 + 1",
      "✗ All wanted pods of `Deployment/web` are new and ready | 0 of 4 ready",
      "[Copy as Markdown] [Show Log]",
    ],
  );
});

test("the log that tells why, and the events of its pod, open from a diagnosis", () => {
  const opens = (cause: Diagnosis["cause"]): unknown => {
    const run = ended({ ...NOT_PROVEN, diagnosis: { cause, evidence: [] } });
    const { view, deeds } = panelView(aModel({ run, snapshot: aSnapshot({}) }));
    return view.side.sections
      .flatMap(({ actions = [] }) => actions)
      .flatMap(({ id, label }) => {
        const deed = deeds.get(id);
        return deed?.kind === "open-document" ? [[label, deed.namespace, deed.of]] : [];
      });
  };
  const pod = "web-6d9f-x2lqp";
  const events = ["Events", "buffer", { kind: "events", object: "Pod", name: pod }];
  const log = { kind: "log", pod, container: "app" };
  assert.deepEqual(
    [
      opens({ kind: "crash-loop", pod, container: "app", exitCode: 1, restarts: 3 }),
      opens({ kind: "not-ready", pod, container: "app", probe: undefined }),
      opens({ kind: "image", why: "missing", image: "web:1", pod, container: "app" }),
      opens({ kind: "missing-config", resource: "Secret", name: "db", pod: "Deployment/web" }),
    ],
    [
      [["Log of app before the Restart", "buffer", { ...log, previous: true }], events],
      [["Log of app", "buffer", { ...log, previous: false }], events],
      [events],
      [],
    ],
  );
});

test("where nobody knows what helm left, it is not said that it did not work", () => {
  const error = { reason: "unreachable", server: "https://k8s", detail: "ECONNRESET" } as const;
  const failed = side(ended(NOT_PROVEN));
  const unknown = side(ended({ ...NOT_PROVEN, record: { kind: "unreadable", error } }));
  assert.deepEqual(
    [failed[0], unknown[0]],
    ["# ✗ *The rollback to 167 did not work.*", "# ✗ *Whether the rollback to 167 worked is not known.*"],
  );
});

test("where the revision that ran before is a good one, one can roll forward to it", () => {
  const entries = aStory().map((entry) =>
    entry.label.revision === 168 ? { ...entry, status: "superseded" as const } : entry,
  );
  const lines = side(ended(NOT_PROVEN), { entries });
  assert.equal(
    lines.find((line) => line.startsWith("[!")),
    "[!Roll back to 165 instead] [Roll forward to 168] [Review 167 again] [Events]",
  );
});

test("who stops watching is told what is true, and nothing is called done", () => {
  const truths = [
    { kind: "goes-on", revision: 169 },
    { kind: "not-awaited", revision: 169 },
    { kind: "helm-stopped", record: { kind: "unchanged", revision: 168 } },
  ] as const;
  assert.deepEqual(
    truths.map((truth) => side(ended({ kind: "cancelled", truth })).slice(0, 2)),
    [
      [
        "# ! *The rollback to 167 is not watched*",
        "Nobody watches any more, and helm goes on: a rollback cannot be stopped half-way. Revision 169 appears in the list; what runs then stands there too.",
      ],
      [
        "# ! *The rollback to 167 is not watched*",
        "helm had made revision 169; whether its pods run was not watched to the end. The list shows what runs.",
      ],
      [
        "# ! *The rollback to 167 is not watched*",
        "helm was ended while it was at work. helm wrote no revision: web is still at revision 168.",
      ],
    ],
  );
});

test("a sheet says of a promise that was not reached that it was not", () => {
  const sheet = proofSheet(
    aRunOrder({ undone: [] }),
    { kind: "nothing-runs", revision: 169, items: [item("record", "ok"), item("steady", "todo")] },
    NOW,
  );
  assert.deepEqual(
    sheet.split("\n").filter((line) => line.startsWith("- ")),
    ["- ✅ done: New revision 169 = 168 \\+ 1", "- ⬜ not reached: They stay ready, without a restart"],
  );
});

test("the sheet can be pasted as Markdown, and nothing in it is somebody else's markup", () => {
  const undone = [{ commit: aCommit("9c1f2ab"), subject: "[x](http://evil) @all <b>" }];
  assert.deepEqual(
    proofSheet(
      aRunOrder({ undone }),
      { kind: "proven", revision: 169, items: PROVEN.slice(0, 4) },
      NOW,
    ).split("\n"),
    [
      "**web: rolled back to 167, proven** · Thu, 8 Jan 1970 02:00:00 (01:00:00 UTC)",
      `release \`web\` · namespace \`buffer\` · context \`production\` · 168 \`${aCommit("9c1f2ab")}\` → 167 \`${aCommit("51d0c3e")}\``,
      "",
      "- ✅ done: History read again: nothing newer than 168",
      "- ℹ️ note: Done without the operation Lease, as was confirmed by typing",
      "- ✅ done: New revision 169 = 168 \\+ 1",
      "- ✅ done: Status deployed",
      "",
      "Undone:",
      "- `9c1f2ab` \\[x\\]\\(http://evil\\) @\u2060all \\<b\\>",
      "",
    ],
  );
});

test("commits are reverted newest first, a merge against the branch that it went into", () => {
  assert.equal(
    revertCommands(aRunOrder().undone),
    `git revert --no-edit ${aCommit("9c1f2ab")}\ngit revert --no-edit -m 1 ${aCommit("77e01bd")}`,
  );
});

test("a notification tells how it ended where nobody looks", () => {
  const told = (outcome: RollbackOutcome): unknown => {
    const { severity, text } = rollbackNotice(outcome, { ends: aRunOrder(), release: "web", show: [] });
    return [severity, text];
  };
  assert.deepEqual(
    [
      told({ kind: "proven", revision: 169, items: [] }),
      told({ kind: "nothing-runs", revision: 169, items: [] }),
      told({ kind: "wrong-name" }),
      told({ kind: "cancelled", truth: { kind: "nothing-done" } }),
    ],
    [
      ["info", "web is rolled back to 167 (51d0c3e), and it is proven."],
      ["warning", "web is rolled back to 167 (51d0c3e), but no pod is wanted, so nothing runs."],
      ["warning", "web was not rolled back. Nothing was changed: what was typed is not web."],
      ["info", "web: Stopped before helm began. Nothing was changed."],
    ],
  );
});

test("a hold is told at the top until the proof tells it", () => {
  const banners = (run?: RunState): readonly string[] =>
    panelView(
      aModel({
        run,
        snapshot: aSnapshot({ hold: HOLD, runs: { kind: "revision", revision: 167, isDeployed: true } }),
      }),
    ).view.banners.map(readBanner);
  assert.deepEqual(
    [banners(), banners(ended({ kind: "proven", revision: 169, items: [] }))],
    [
      [
        "info: web is on hold since 02:00 (01:00 UTC), by Ann Lee, until Fri 02:00 (01:00 UTC): “Rolled back to 167”. Deploys stop before it, rollbacks do not. [Lift the Hold]",
      ],
      [],
    ],
  );
});
