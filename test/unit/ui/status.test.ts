import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Person } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import { aBranch, ann, ben } from "../../builders/deploy.ts";
import { aHold, at, heldLock } from "../../builders/lock.ts";
import { aFolderView, aMachineView } from "../../builders/view.ts";

process.env["TZ"] = "Europe/Berlin";
const { statusEntries } = await import("../../../src/ui/commands/statusEntries.ts");
const { statusItems } = await import("../../../src/ui/commands/status.ts");
const { statusTable } = await import("../../../src/ui/messages/status.ts");

const now = at("08:00");
const eve: Person = { user: "eve", mail: "eve@example.com", name: "Eve Day" };

const held = (name: string, by: Person, hours: number, branch = "task/x") => {
  const hold = aHold({ by, branch: aBranch(branch), until: now + hours * HOUR_MS });
  return aMachineView(name, {
    url: `https://${name}.example.com`,
    state: { kind: "held", hold },
    lock: { record: heldLock(hold), version: { uid: "u", resourceVersion: "1" } },
  });
};

const everything = aFolderView({
  machines: [
    held("dev1", ben, 9),
    held("dev2", eve, 2),
    held("dev3", ann, 5),
    aMachineView("dev4"),
    aMachineView("dev5", {
      state: { kind: "kept", for: ben, until: now + 7 * MINUTE_MS, freeAt: now, isAcknowledged: true },
    }),
    aMachineView("dev6", { state: { kind: "unreadable", holder: "robot", problem: "no duration" } }),
    aMachineView("dev7", { state: { kind: "missing" } }),
    aMachineView("dev8", {
      state: {
        kind: "unknown",
        since: at("07:02"),
        error: { reason: "unreachable", server: "https://staging", detail: "ECONNREFUSED" },
      },
      lastKnown: { kind: "held", hold: aHold({ by: ben }) },
    }),
  ],
});

const lines = (folder: typeof everything): readonly string[] =>
  statusItems(statusEntries(folder)).map((item) =>
    "heading" in item ? `— ${item.heading}` : `${item.label}  ${item.description ?? ""}`.trimEnd(),
  );

test("mine come first, then what is free, then others' by time left, and nothing old is shown as current", () => {
  assert.deepEqual(lines(everything), [
    "— mine",
    "$(account) dev3  you · task/x · 4f1c0de · 5 h left",
    "— free",
    "$(unlock) dev4  free",
    "— held by others, by time left",
    "$(lock) dev2  Eve Day · task/x · 4f1c0de · 2 h left",
    "$(lock) dev1  Ben Ode · task/x · 4f1c0de · 9 h left",
    "— kept for somebody who waited",
    "$(clock) dev5  kept for Ben Ode · 7 min left",
    "— not to be had",
    "$(warning) dev6  taken by robot: its lock cannot be read",
    "$(circle-slash) dev7  no Lease: an admin must create it",
    "— not known at this moment",
    "$(question) dev8  unknown since 08:02 · not reachable",
    "— ",
    "$(copy) Copy as Table  Markdown, for a chat or an issue",
  ]);
});

test("each row leads to what can be done with it, and to nothing else", () => {
  assert.deepEqual(
    Object.fromEntries(statusEntries(everything).map(({ line, actions }) => [line.name, actions.join(" ")])),
    {
      dev3: "open copy-url redeploy extend unlock details",
      dev4: "devdeploy details",
      // These two are of devdeploy.json, and have releases of a fixed name.
      dev2: "ask unlock open copy-url history details",
      dev1: "ask unlock open copy-url history details",
      dev5: "details",
      dev6: "unlock details",
      dev7: "details",
      dev8: "details",
    },
  );
});

test("a machine that is kept for me is mine to take or to give up", () => {
  const state = {
    kind: "kept",
    for: ann,
    until: now + 7 * MINUTE_MS,
    freeAt: now,
    isAcknowledged: true,
  } as const;
  const [entry] = statusEntries(aFolderView({ machines: [aMachineView("dev1", { state })] }));
  assert.deepEqual(
    [entry?.section, entry?.actions],
    ["mine", ["devdeploy", "stop-waiting", "history", "details"]],
  );
});

test("without machines and environments the list says so", () => {
  assert.deepEqual(lines(aFolderView()), ["devdeploy.json names neither machines nor environments"]);
});

test("with several pools each machine says which is its own", () => {
  const folder = aFolderView({ machines: [aMachineView("dev1"), aMachineView("gpu1", { pool: "gpu" })] });
  assert.deepEqual(
    statusEntries(folder).map(({ row }) => row.description),
    ["free · dev", "free · gpu"],
  );
});

test("the table is Markdown that nothing from outside can break out of", () => {
  const hostile: Person = { ...ben, name: "Ben | [x](https://evil) @here <b>" };
  const folder = aFolderView({
    machines: [held("dev1", hostile, 9, "task/`a`|b$(rm)"), aMachineView("dev2")],
  });
  assert.equal(
    statusTable(
      "web",
      statusEntries(folder).map(({ line }) => line),
      now,
    ),
    [
      "Devdeploy status of web, Mon, 23 Nov 2026 09:00 (08:00 UTC)",
      "",
      "| Name | State | Branch | Commit | Until |",
      "| --- | --- | --- | --- | --- |",
      "| dev2 | free |  |  |  |",
      "| dev1 | Ben \\| \\[x\\] (https://evil) @\u2060here \\<b\\> | `` task/`a`\\|b$(rm) `` | `4f1c0de` | 18:00 (17:00 UTC) |",
      "",
    ].join("\n"),
  );
});
