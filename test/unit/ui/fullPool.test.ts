import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FullPool } from "../../../src/app/fullPool.ts";
import type { Person } from "../../../src/domain/person.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import { aBranch, ann, aPool, ben } from "../../builders/deploy.ts";
import { aHold, anOperation, at, freeLock, heldLock } from "../../builders/lock.ts";
import { aFolderView, aMachineView, aPoolView } from "../../builders/view.ts";

process.env["TZ"] = "Europe/Berlin";
const { fullItems, fullView } = await import("../../../src/ui/commands/fullPoolItems.ts");
const { fullHint, fullTitle } = await import("../../../src/ui/messages/fullPool.ts");

const now = at("08:00");
const eve: Person = { user: "eve", mail: "eve@example.com", name: "Eve Day" };
const version = { uid: "u", resourceVersion: "1" };
const holdOf = (by: Person, hours: number, branch = "task/theirs") =>
  aHold({ by, branch: aBranch(branch), until: now + hours * HOUR_MS });

function taken(machine: string, by: Person, hours: number): FullPool["machines"][number] {
  const hold = holdOf(by, hours);
  return { machine, state: { kind: "held", hold }, lock: { record: heldLock(hold), version } };
}

const full: FullPool = {
  pool: aPool(),
  person: ann,
  branch: aBranch("task/pay"),
  machines: [taken("dev1", ben, 9), taken("dev2", eve, 2)],
  waiters: [],
  now,
};

const lines = (folder = aFolderView(), pool = full): readonly string[] =>
  fullItems(fullView(pool, folder)).map((item) =>
    "heading" in item ? `— ${item.heading}` : `${item.label}  ${item.description ?? ""}`.trimEnd(),
  );

test("holders stand there by time left, each with what can be done, then the waiting list", () => {
  assert.deepEqual(
    [fullTitle("dev", "task/pay"), fullHint(full), ...lines()],
    [
      "No machine of dev is free for task/pay",
      "Your devdeploy goes on by itself as soon as you have a machine",
      "— dev2 · Eve Day · task/theirs · 2 h left",
      "$(unlock) Take dev2 over from Eve Day…",
      "$(comment) Ask Eve Day for dev2",
      "— dev1 · Ben Ode · task/theirs · 9 h left",
      "$(unlock) Take dev1 over from Ben Ode…",
      "$(comment) Ask Ben Ode for dev1",
      "— or",
      "$(bell) Tell me when one is free  you would be the first; it is kept for you for 10 minutes",
    ],
  );
});

test("a live board goes on from there: what is free now, who deploys, who was asked, what cannot be had", () => {
  const hold = holdOf(ben, 9);
  const asked = { by: holderIdentity(ann), name: ann.name, at: at("07:30") };
  const folder = aFolderView({
    machines: [
      aMachineView("dev1", {
        state: { kind: "held", hold },
        lock: { record: { ...heldLock(hold), asks: [asked] }, version },
        operation: anOperation(),
      }),
      aMachineView("dev2", { lock: { record: freeLock(), version } }),
      aMachineView("dev3", {
        state: { kind: "kept", for: eve, until: now + 4 * MINUTE_MS, freeAt: now, isAcknowledged: true },
      }),
      aMachineView("dev4", { state: { kind: "unreadable", holder: "robot", problem: "x" } }),
      aMachineView("gpu1", { pool: "gpu" }),
    ],
    pools: [
      aPoolView({
        waiters: [
          { by: holderIdentity(eve), name: "Eve", since: now },
          { by: holderIdentity(ann), name: "Ann", since: now },
        ],
      }),
    ],
  });
  assert.deepEqual(lines(folder), [
    "$(rocket) Devdeploy to dev2  free now",
    "— dev1 · Ben Ode · task/theirs · 9 h left",
    "$(unlock) Take dev1 over from Ben Ode…  a deploy is running there",
    "$(comment) Ask Ben Ode for dev1  asked at 08:30",
    "— or",
    "$(bell) Tell me when one is free  you wait already, at place 2",
    "$(clock) dev3  kept for Eve Day · 4 min left",
    "$(circle-slash) dev4  taken by robot: its lock cannot be read",
  ]);
});

test("a board that is not live is not believed: what the claim read stands", () => {
  const machines = [
    aMachineView("dev1", { liveness: { kind: "connecting" }, state: { kind: "unknown" } }),
    aMachineView("dev2"),
  ];
  assert.deepEqual(lines(aFolderView({ machines, pools: [aPoolView()] })), lines());
});

test("a name that reads as an icon stays a name", () => {
  const pool = { ...full, machines: [taken("dev1", { ...ben, name: "$(flame) Ben" }, 9)] };
  const labels = fullItems(fullView(pool, aFolderView())).map((item) => ("label" in item ? item.label : ""));
  assert.deepEqual(labels.slice(1, 3), [
    "$(unlock) Take dev1 over from $\u2060(flame) Ben…",
    "$(comment) Ask $\u2060(flame) Ben for dev1",
  ]);
});

test("a lock that had changed is named before anything is chosen again", () => {
  const lock = { record: heldLock(holdOf(eve, 12, "task/hers")), version };
  assert.equal(
    fullHint({ ...full, changed: { machine: "dev1", lock } }),
    "dev1 is not as you were shown it any more: Eve Day holds it now (task/hers · 12 h left). Nothing was taken. Choose again",
  );
});
