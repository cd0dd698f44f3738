import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LockState } from "../../../src/domain/lock.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import type { Waiter } from "../../../src/domain/waiting.ts";
import type { FolderView } from "../../../src/ui/tree/folderView.ts";
import { ann, ben } from "../../builders/deploy.ts";
import { aHold, at } from "../../builders/lock.ts";
import { aFolderView, aMachineView, aPoolView } from "../../builders/view.ts";

process.env["TZ"] = "Europe/Berlin";
const { statusBarText } = await import("../../../src/ui/statusBar.ts");
const { ordinal } = await import("../../../src/ui/messages/ordinal.ts");

const NOW = at("08:00");
const held = (left: number, by = ann): LockState => ({
  kind: "held",
  hold: aHold({ by, until: NOW + left }),
});
const kept = (left: number, who = ann): LockState => ({
  kind: "kept",
  for: who,
  until: NOW + left,
  freeAt: NOW,
  isAcknowledged: true,
});
const waiter = (by = ann): Waiter => ({ by: holderIdentity(by), name: by.name, since: NOW });

const folder = (states: Readonly<Record<string, LockState>>, view: Partial<FolderView> = {}): FolderView =>
  aFolderView({
    machines: Object.entries(states).map(([name, state]) => aMachineView(name, { state })),
    ...view,
  });

const shown = (...views: readonly FolderView[]): unknown => {
  const bar = statusBarText(views, undefined);
  return bar === undefined ? undefined : [bar.isWarning ? `! ${bar.text}` : bar.text, bar.row];
};

test("who holds nothing and waits for nothing is shown nothing", () => {
  assert.equal(
    shown(folder({ dev1: held(HOUR_MS, ben), dev2: kept(HOUR_MS, ben), dev3: { kind: "free" } })),
    undefined,
  );
});

test("the time left of my machine, by the minute, and under ten minutes as a warning", () => {
  const lefts = [9 * HOUR_MS, 25.9 * MINUTE_MS, 10 * MINUTE_MS, 10 * MINUTE_MS - 1, 59 * SECOND_MS];
  assert.deepEqual(
    lefts.map((left) => shown(folder({ dev2: held(left) }))),
    [
      ["$(lock) dev2 · 9 h left", "demo/machine/dev2"],
      ["$(lock) dev2 · 25 min left", "demo/machine/dev2"],
      ["$(lock) dev2 · 10 min left", "demo/machine/dev2"],
      ["! $(warning) dev2 ends in 9 min", "demo/machine/dev2"],
      ["! $(warning) dev2 ends in less than 1 min", "demo/machine/dev2"],
    ],
  );
});

test("time is counted by the server's clock", () => {
  const ahead = folder({ dev2: held(HOUR_MS) }, { nowAt: () => NOW + 55 * MINUTE_MS });
  assert.deepEqual(shown(ahead), ["! $(warning) dev2 ends in 5 min", "demo/machine/dev2"]);
});

test("a machine that is kept for me stands out, and what ends first goes first", () => {
  assert.deepEqual(
    [
      shown(folder({ dev1: kept(8 * MINUTE_MS) })),
      shown(folder({ dev1: held(HOUR_MS), qa1: kept(8 * MINUTE_MS) })),
      shown(folder({ dev1: held(5 * MINUTE_MS), qa1: kept(8 * MINUTE_MS) })),
    ],
    [
      ["! $(bell-dot) dev1 is kept for you · 8 min left", "demo/machine/dev1"],
      ["! $(bell-dot) qa1 is kept for you · 8 min left", "demo/machine/qa1"],
      ["! $(warning) dev1 ends in 5 min", "demo/machine/dev1"],
    ],
  );
});

test("who waits sees their place, unless they hold something", () => {
  const pools = [aPoolView({ waiters: [waiter(ben), waiter()] })];
  assert.deepEqual(
    [
      shown(folder({ dev1: held(HOUR_MS, ben) }, { pools })),
      shown(folder({ qa1: held(HOUR_MS) }, { pools })),
    ],
    [
      ["$(bell) waiting for dev (2nd)", "demo/pool/dev"],
      ["$(lock) qa1 · 1 h left", "demo/machine/qa1"],
    ],
  );
});

test("a deploy under way goes before everything", () => {
  const run = { machine: "dev1", branch: "task/x", isAsking: false };
  const bar = statusBarText([folder({ dev1: held(MINUTE_MS) })], run);
  assert.deepEqual([bar?.text, bar?.isWarning], ["$(sync~spin) deploying dev1…", false]);
});

test("a devdeploy that waits for an answer about a full pool is not said to be deploying", () => {
  const bar = statusBarText([], { machine: undefined, branch: "task/x", isAsking: true });
  assert.deepEqual([bar?.text, bar?.isWarning], ["$(question) no machine is free", false]);
});

test("the tooltip has the end in local time and UTC, and a screen reader hears words", () => {
  const bar = statusBarText([folder({ dev2: held(5 * MINUTE_MS) })], undefined);
  assert.deepEqual(
    [bar?.tooltip, bar?.spoken],
    [
      "dev2's lock ends at 09:05 (08:05 UTC), in 5 min; then anybody may take it. Click for details, and extend it there or devdeploy again.",
      "Devdeploy: dev2's lock ends in 5 min",
    ],
  );
});

test("places in a line", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 20, 21].map(ordinal), [
    "1st",
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "20th",
    "21st",
  ]);
});
