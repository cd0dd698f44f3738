import "../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RolloutModel } from "../../src/ui/panel/rolloutModel.ts";
import type { PanelView } from "../../src/protocol/panel.ts";
import {
  aRolloutModel,
  aRolloutSnapshot,
  anUndoOrder,
  anUndoReview,
  anUnpulledPod,
} from "../builders/rolloutPanel.ts";
import { NOW } from "../builders/panel.ts";
import { aPod, aRollout } from "../builders/rollouts.ts";
import { screenshot } from "../extension/harness/browser.ts";
import { findings } from "./axe.ts";
import { usePanel } from "./panelPage.ts";
import { announced, focused, row } from "./reading.ts";

process.env["TZ"] = "Europe/Berlin";
const { rolloutView } = await import("../../src/ui/panel/rolloutView.ts");

const open = usePanel();

const drawn = (model: Partial<RolloutModel>): PanelView => rolloutView(aRolloutModel(model)).view;

const items = [
  { kind: "reread", state: "ok", facts: "" },
  { kind: "operation", state: "ok", facts: "" },
  { kind: "template", state: "ok", facts: "" },
  { kind: "renumbered", state: "ok", facts: "169, was 167" },
  { kind: "pods", state: "running", facts: "" },
  { kind: "commit", state: "todo", facts: "" },
  { kind: "steady", state: "todo", facts: "" },
] as const;

const NEEDS_NAME = anUndoReview({
  needsTypedName: true,
  risks: [
    { kind: "managed", by: { kind: "argo-cd", application: "shop" } },
    { kind: "migrations", commits: 1, files: ["db/1.sql"] },
    { kind: "nobody-at-work" },
    { kind: "not-restored" },
  ],
});

/** The panel of a workload as it is drawn from what the cluster says. */
const STATES: Readonly<Record<string, PanelView>> = {
  review: drawn({
    snapshot: aRolloutSnapshot({
      workload: aRollout({ manager: { kind: "argo-cd", application: "shop" } }),
    }),
    chosen: "rs167",
    side: { kind: "review", review: NEEDS_NAME },
  }),
  running: drawn({
    run: {
      kind: "running",
      order: anUndoOrder(),
      isStopping: false,
      phase: { kind: "proving", items, elapsed: 9_000, pods: [aPod(), anUnpulledPod()], ready: 1, wanted: 2 },
    },
  }),
  proven: drawn({
    snapshot: aRolloutSnapshot({ status: { kind: "complete" }, pods: [aPod()] }),
    run: {
      kind: "ended",
      order: anUndoOrder(),
      at: NOW,
      outcome: { kind: "proven", revision: 169, items: items.map((item) => ({ ...item, state: "ok" })) },
    },
  }),
  "not-proven": drawn({
    run: {
      kind: "ended",
      order: anUndoOrder({ to: { revision: 165, uid: "rs165" } }),
      at: NOW,
      outcome: {
        kind: "not-proven",
        revision: 169,
        stillServing: 2,
        items: items.map((item) => (item.kind === "pods" ? { ...item, state: "failed" } : item)),
        diagnosis: {
          cause: {
            kind: "image",
            why: "missing",
            image: "registry.example.com/app:e47aa01",
            pod: "web-6d9f-x2lqp",
            container: "app",
          },
          evidence: [{ kind: "status", about: "Pod/web-6d9f-x2lqp", text: "ImagePullBackOff" }],
        },
      },
    },
  }),
  paused: drawn({
    snapshot: aRolloutSnapshot({ workload: aRollout({ isPaused: true }), status: { kind: "paused" } }),
    side: { kind: "unreviewed", to: { uid: "rs167", revision: 167 }, error: { reason: "paused" } },
  }),
  nothing: drawn({
    snapshot: aRolloutSnapshot({
      workload: aRollout({ historyLimit: 0 }),
      entries: aRolloutSnapshot().entries.slice(0, 1),
      recommendation: { kind: "none", why: "no-history" },
    }),
  }),
};

for (const theme of ["dark", "light", "high-contrast"] as const) {
  test(`the accessibility checker finds nothing in the rollouts of a workload (${theme})`, async (t) => {
    const panel = await open(t, { theme });
    for (const [state, view] of Object.entries(STATES)) {
      await t.test(state, async () => {
        await panel.show(view);
        await screenshot(panel.page, `rollout-${state}-${theme}`);
        assert.deepEqual(await findings(panel.page), []);
      });
    }
  });
}

test("nor on a narrow side, where nothing is cut off", async (t) => {
  const panel = await open(t, { width: 380, height: 900 });
  for (const [state, view] of Object.entries(STATES)) {
    await panel.show(view);
    await screenshot(panel.page, `rollout-${state}-380`);
    const width = await panel.page.evaluate<number>("document.documentElement.scrollWidth");
    assert.ok(width <= 380, `${state} is ${width} wide`);
    assert.deepEqual(await findings(panel.page), []);
  }
});

test("what can be opened of the workload is reached from its row by keyboard, and chooses nothing", async (t) => {
  const panel = await open(t);
  const view = STATES["running"] ?? assert.fail();
  await panel.show(view);
  await panel.posted();
  // The row itself cannot be chosen, which must not make what stands in it look disabled, to a screen reader least.
  await panel.page.locator(row(168)).locator(".opens").getByText("Events").click();
  await panel.page.locator(row(167)).focus();
  await panel.page.keyboard.press("ArrowUp");
  await panel.page.keyboard.press("ArrowRight");
  assert.equal(await focused(panel), "button #4127");
  await panel.page.keyboard.press("Tab");
  assert.equal(await focused(panel), "button YAML");
  await panel.page.keyboard.press("Enter");
  const [yaml, events] = view.table.rows[0]?.actions ?? [];
  assert.deepEqual(await panel.posted(), [
    { kind: "act", id: events?.id },
    { kind: "act", id: yaml?.id },
  ]);
});

test("a pod that gets ready is told without moving the keyboard", async (t) => {
  const panel = await open(t);
  const running = STATES["running"] ?? assert.fail();
  await panel.show(running);
  await panel.page.locator(row(165)).focus();
  const lines = (view: PanelView): PanelView => ({
    ...view,
    side: {
      ...view.side,
      sections: view.side.sections.map((section) => ({
        ...section,
        lines: section.lines.map((line) =>
          line.mark === "bad" ? { ...line, mark: "ok", spoken: "ready" } : line,
        ),
      })),
    },
  });
  await panel.show(lines(running));
  assert.equal(await announced(panel), "ready: web-6d9f-x2lqp.");
  assert.equal(await focused(panel), "row 165");
});

test("why it is done may be said beside the name, goes along cut to one line's length, and Enter there does nothing", async (t) => {
  const panel = await open(t);
  await panel.show(STATES["review"] ?? assert.fail());
  await panel.posted();
  const [reason, name] = [0, 1].map((index) =>
    panel.page.locator(".confirm vscode-text-field input").nth(index),
  );
  assert.ok(reason && name);
  await name.fill("web");
  await reason.fill(`  thumbnails crash ${"x".repeat(300)}`);
  await reason.press("Enter");
  assert.deepEqual(await panel.posted(), []);
  await name.press("Enter");
  assert.deepEqual(await panel.posted(), [
    {
      kind: "confirm",
      review: NEEDS_NAME.id,
      typed: "web",
      reason: `thumbnails crash ${"x".repeat(300)}`.slice(0, 198),
    },
  ]);
});
