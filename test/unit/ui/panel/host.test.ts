import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../../../src/app/emitter.ts";
import { HOUR_MS, MINUTE_MS } from "../../../../src/domain/time.ts";
import type { StateMessage } from "../../../../src/protocol/panel.ts";
import type { Deed } from "../../../../src/ui/panel/deeds.ts";
import type { PanelModel } from "../../../../src/ui/panel/model.ts";
import { aModel, NOW } from "../../../builders/panel.ts";
import { aReview } from "../../../builders/rollback.ts";
import { ManualClock } from "../../../fakes/clock.ts";
import { FakeLog } from "../../../fakes/log.ts";

const { PanelHost } = await import("../../../../src/ui/panel/host.ts");
const { panelView } = await import("../../../../src/ui/panel/view.ts");
const { parseMemory } = await import("../../../../src/ui/panel/messages.ts");

/** A webview's side of the wire, with a session that only remembers. */
class Wire {
  /** Five minutes after revision 168 was made. */
  readonly clock = new ManualClock(NOW - HOUR_MS + 5 * MINUTE_MS);
  readonly log = new FakeLog();
  readonly sent: StateMessage[] = [];
  readonly done: unknown[] = [];
  readonly #changes = new Emitter<void>();
  model: PanelModel = aModel();
  confirms = false;
  readonly host;

  constructor() {
    const { clock, log } = this;
    const shown = (): ReturnType<typeof panelView> => panelView({ ...this.model, now: clock.now() });
    this.host = new PanelHost(
      { clock, log, stumbled: (error) => this.done.push(["stumbled", String(error)]) },
      {
        about: { folder: "demo", subject: "web", target: "web" },
        onChange: this.#changes.event,
        get shown() {
          return shown();
        },
        choose: (revision) => this.done.push(["choose", revision]),
        act: (deed: Deed) => {
          this.done.push(["act", deed.kind]);
          return deed.kind === "show-log" ? Promise.reject(new Error("oh")) : Promise.resolve();
        },
        confirm: (review, typed, reason) => {
          this.done.push(["confirm", review, typed, ...(reason === undefined ? [] : [reason])]);
          return Promise.resolve(this.confirms);
        },
      },
      (message) => this.sent.push(message),
    );
  }

  change(model: Partial<PanelModel>): void {
    this.model = { ...this.model, ...model };
    this.#changes.fire();
  }

  actionId(label: string): string {
    const { view } = this.sent.at(-1) ?? {};
    const found = /\{"id":"([^"]*)","label":"LABEL"/u.source.replace("LABEL", label);
    return new RegExp(found, "u").exec(JSON.stringify(view))?.[1] ?? "";
  }
}

test("nothing is sent before the panel is ready, and then whole views, once each", () => {
  const wire = new Wire();
  wire.change({});
  wire.host.receive({ kind: "ready" });
  wire.change({});
  wire.change({ chosen: 165 });
  assert.deepEqual(
    wire.sent.map(({ turn, memory, view }) => [turn, memory?.subject, view.selected]),
    [
      [1, "web", undefined],
      [2, "web", 165],
    ],
  );
});

test("a panel that is hidden is sent nothing, and gets everything when it is there again", () => {
  const wire = new Wire();
  wire.host.receive({ kind: "ready" });
  wire.host.see(false);
  wire.change({ chosen: 165 });
  wire.host.see(true);
  wire.host.receive({ kind: "ready" });
  assert.deepEqual(
    wire.sent.map(({ view }) => view.selected),
    [undefined, 165],
  );
});

test("times get older once a minute while the panel is in view, and not otherwise", async () => {
  const wire = new Wire();
  wire.host.receive({ kind: "ready" });
  await wire.clock.advance(3 * MINUTE_MS);
  const seen = wire.sent.length;
  wire.host.see(false);
  await wire.clock.advance(3 * MINUTE_MS);
  assert.deepEqual([seen, wire.sent.length, wire.clock.nextTimer], [4, 4, undefined]);
});

test("messages that are none of ours are dropped and counted, and do nothing", () => {
  const wire = new Wire();
  wire.host.receive({ kind: "ready" });
  const strange: readonly unknown[] = [
    undefined,
    null,
    "ready",
    [],
    {},
    { kind: "rollback", revision: 167 },
    { kind: "choose" },
    { kind: "choose", revision: "167" },
    { kind: "choose", revision: 1.5 },
    { kind: "choose", revision: -1 },
    { kind: "choose", revision: 2 ** 31 },
    { kind: "choose", revision: 167, force: true },
    { kind: "act", id: "x".repeat(301) },
    { kind: "confirm", review: "review-1" },
    { kind: "confirm", review: "review-1", typed: "w".repeat(1_000_000) },
  ];
  for (const message of strange) wire.host.receive(message);
  assert.deepEqual(
    [wire.host.dropped, wire.done, wire.log.lines],
    [strange.length, [], ["warn history panel: dropped 1 messages that are none of ours"]],
  );
});

test("a reason goes along with the confirmation, and one that is too long drops it whole", () => {
  const wire = new Wire();
  wire.host.receive({ kind: "ready" });
  wire.host.receive({ kind: "confirm", review: "review-1", typed: "web", reason: "it crashes" });
  wire.host.receive({ kind: "confirm", review: "review-1", typed: "web", reason: "x".repeat(301) });
  assert.deepEqual([wire.done, wire.host.dropped], [[["confirm", "review-1", "web", "it crashes"]], 1]);
});

test("only rows that the last view let be chosen are chosen", () => {
  const wire = new Wire();
  wire.host.receive({ kind: "choose", revision: 167 });
  wire.host.receive({ kind: "ready" });
  for (const revision of [167, 168, 999]) wire.host.receive({ kind: "choose", revision });
  assert.deepEqual(wire.done, [["choose", 167]]);
});

test("an id counts only while the view that was sent last has it", () => {
  const wire = new Wire();
  wire.host.receive({ kind: "ready" });
  wire.change({ side: { kind: "unreviewed", to: 167, error: { reason: "release-gone" } } });
  const id = wire.actionId("Review Again");
  wire.host.receive({ kind: "act", id });
  wire.change({ side: { kind: "nothing" } });
  wire.host.receive({ kind: "act", id });
  wire.host.receive({ kind: "act", id: "lift-hold:0000000000000000" });
  assert.deepEqual(wire.done, [["act", "review-again"]]);
});

test("the same button has the same id after a redraw", () => {
  const wire = new Wire();
  wire.host.receive({ kind: "ready" });
  const before = wire.actionId("Refresh");
  wire.change({ chosen: 165 });
  assert.equal(wire.actionId("Refresh"), before);
});

test("a confirmation is handed on as it is, and one that came to nothing is answered with a state", async () => {
  const wire = new Wire();
  wire.host.receive({ kind: "confirm", review: "review-1", typed: "web" });
  wire.model = aModel({ side: { kind: "review", review: aReview() } });
  wire.host.receive({ kind: "ready" });
  wire.host.receive({ kind: "confirm", review: "review-1", typed: "wbe" });
  await wire.clock.advance(0);
  const unheard = wire.sent.length;
  wire.confirms = true;
  wire.host.receive({ kind: "confirm", review: "review-1", typed: "web" });
  await wire.clock.advance(0);
  assert.deepEqual(
    [wire.done, unheard, wire.sent.length],
    [
      [
        ["confirm", "review-1", "wbe"],
        ["confirm", "review-1", "web"],
      ],
      2,
      2,
    ],
  );
});

test("a mistake of ours is told and does not end the panel", async () => {
  const wire = new Wire();
  wire.model = aModel({ side: { kind: "unreviewed", to: 167, error: { reason: "release-gone" } } });
  wire.host.receive({ kind: "ready" });
  wire.host.receive({ kind: "act", id: wire.actionId("Show Log") });
  await wire.clock.advance(0);
  assert.deepEqual(wire.done, [
    ["act", "show-log"],
    ["stumbled", "Error: oh"],
  ]);
});

test("what VS Code kept of a panel is believed only where it makes sense", () => {
  const about = { folder: "file:///demo", subject: "web", target: "web" };
  assert.deepEqual(
    [
      parseMemory({ ...about, chosen: 167, filter: { text: "ann", status: "" } }),
      parseMemory({ ...about, chosen: "167" }),
      parseMemory({ subject: "web" }),
      parseMemory(undefined),
    ],
    [{ ...about, chosen: 167 }, undefined, undefined, undefined],
  );
});
