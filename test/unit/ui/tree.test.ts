import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MachineView } from "../../../src/app/lockBoard.ts";
import type { EnvironmentView, TargetView } from "../../../src/app/releaseSummary.ts";
import type { BranchName, CommitHash } from "../../../src/domain/branch.ts";
import type { Liveness } from "../../../src/domain/cluster.ts";
import type { Hold } from "../../../src/domain/lock.ts";
import type { Person } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import type { FolderView } from "../../../src/ui/tree/folderView.ts";
import type { TreeNode } from "../../../src/ui/tree/nodes.ts";

process.env["TZ"] = "Europe/Berlin";
const { allNodes, treeNodes } = await import("../../../src/ui/tree/nodes.ts");
const { viewKind } = await import("../../../src/ui/tree/folderView.ts");
const { spoken } = await import("../../../src/ui/tree/row.ts");

const NOW = Date.parse("2026-11-23T17:00:00Z");
const live: Liveness = { kind: "live", verifiedAt: NOW };
const stale: Liveness = {
  kind: "stale",
  since: Date.parse("2026-11-23T13:02:00Z"),
  error: { reason: "unreachable", server: "https://staging", detail: "connection refused" },
};
const ann: Person = { user: "ann", mail: "ann@example.com", name: "Ann Lee" };
const ben: Person = { user: "ben", mail: "ben@example.com", name: "Ben" };
const commit = (digits: string): CommitHash => digits.padEnd(40, "0") as CommitHash;

const hold = (by: Person, left: number, branch: string, digits: string): Hold => ({
  by,
  since: NOW - HOUR_MS,
  renewedAt: NOW - HOUR_MS,
  until: NOW + left,
  branch: branch as BranchName,
  commit: commit(digits),
});

const machine = (name: string, view: Partial<MachineView> = {}): MachineView => ({
  name,
  pool: "dev",
  url: `https://${name}.example.com`,
  state: { kind: "free" },
  lock: undefined,
  endsSoon: false,
  lastKnown: undefined,
  operation: undefined,
  liveness: live,
  ...view,
});

const target = (
  name: string,
  state: Partial<TargetView["state"] & { kind: "revision" }> = {},
): TargetView => ({
  name,
  liveness: live,
  state: {
    kind: "revision",
    revision: 7,
    status: "deployed",
    deployedAt: NOW - 18 * HOUR_MS,
    commit: commit("9c1f2ab"),
    branch: "master",
    by: "Ann",
    ...state,
  },
});

const environment = (name: string, view: Partial<EnvironmentView> = {}): EnvironmentView => ({
  name,
  tier: "production",
  targets: [target(name)],
  liveness: live,
  ...view,
});

const folder = (view: Partial<FolderView> = {}): FolderView => ({
  key: "demo",
  name: "demo",
  config: {
    kind: "valid",
    config: {
      version: 1,
      defaultBranch: "master" as BranchName,
      locks: { context: "staging", namespace: "devdeploy" },
      environments: [],
      pools: [{ name: "dev", lockHours: 12, extendHours: [24], machines: [] }],
      services: [],
      ask: { minutes: 5, approvals: 1 },
      monitoring: { minutes: 15 },
    },
  },
  machines: [],
  pools: [],
  work: [],
  releases: [],
  me: ann,
  flags: () => [],
  nowAt: () => NOW,
  now: NOW,
  ...view,
});

/** The rows as text, two spaces a level. */
const lines = (nodes: readonly TreeNode[], level = 0): string[] =>
  nodes.flatMap(({ row, children }) => {
    const icon = row.icon === undefined ? "" : `[${row.icon.id}] `;
    const label = row.isDeprecated === true ? `~${row.label}~` : row.label;
    const text = [`${icon}${label}`, row.description].filter((part) => part !== "").join("  ");
    return [`${"  ".repeat(level)}${text}`, ...lines(children, level + 1)];
  });

const rows = (view: Partial<FolderView>): string[] => lines(treeNodes([folder(view)], true));

test("the tree of a team on an ordinary day", () => {
  const tree = rows({
    releases: [
      environment("web", {
        targets: [target("web", { status: "failed", deployedAt: NOW - 2 * HOUR_MS, by: "Dan" })],
      }),
      environment("api"),
      environment("cron", { targets: [target("cron-updates"), target("cron-analytics")] }),
      environment("utils", {
        targets: [],
        deprecated: { reason: "All workers are in Kubernetes now", url: "https://wiki.example.com" },
      }),
      environment("dev-api", { tier: "staging", targets: [target("dev-api", { branch: "task/login" })] }),
    ],
    machines: [
      machine("dev1"),
      machine("dev2", {
        state: { kind: "held", hold: hold(ben, 9.4 * HOUR_MS, "task/my-special-task", "4f1c0de") },
      }),
      machine("dev3", {
        state: { kind: "held", hold: hold(ann, 25.9 * MINUTE_MS, "task/profile", "77e01bd") },
      }),
    ],
  });
  assert.deepEqual(tree, [
    "Production",
    "  [warning] web  9c1f2ab · rollout failed · 2 h · Dan",
    "  [server-environment] api  9c1f2ab · 18 h · Ann",
    "  [server-environment] cron  2 targets · 9c1f2ab · 18 h · Ann",
    "    [server-environment] cron-updates  9c1f2ab · 18 h · Ann",
    "    [server-environment] cron-analytics  9c1f2ab · 18 h · Ann",
    "  [circle-slash] ~utils~  deprecated: All workers are in Kubernetes now",
    "Staging",
    "  [server-environment] dev-api  task/login · 9c1f2ab · 18 h · Ann",
    "dev  1 of 3 free",
    "  [unlock] dev1  free",
    "  [lock] dev2  Ben · task/my-special-task · 4f1c0de · 9 h left",
    "  [warning] dev3  you · task/profile · 77e01bd · 25 min left",
  ]);
});

test("every state of a machine has words and an icon of its own", () => {
  const working = {
    kind: "working",
    by: "ann <ann@example.com>",
    name: "Ann Lee",
    run: "1",
    what: "devdeploy task/login",
    lasts: 30_000,
    transitions: 1,
    beat: "",
  } as const;
  const tree = rows({
    machines: [
      machine("ended", { state: { kind: "expired", hold: hold(ben, -1, "x", "1") } }),
      machine("kept", {
        state: { kind: "kept", for: ben, until: NOW + 8 * MINUTE_MS, freeAt: NOW, isAcknowledged: true },
      }),
      machine("mine", { state: { kind: "held", hold: hold(ann, 12 * HOUR_MS, "task/a", "abc1234") } }),
      machine("at-work", {
        state: { kind: "held", hold: hold(ann, 12 * HOUR_MS, "task/a", "abc1234") },
        operation: working,
      }),
      machine("work-on-free", { operation: { ...working, by: "ben <ben@example.com>", name: "Ben" } }),
      machine("unreadable", { state: { kind: "unreadable", holder: "someone", problem: "no duration" } }),
      machine("missing", { state: { kind: "missing" } }),
      machine("starting", { state: { kind: "unknown" }, liveness: { kind: "connecting" } }),
      machine("stale", {
        state: { kind: "unknown", since: stale.since, error: stale.error },
        lastKnown: { kind: "free" },
        liveness: stale,
      }),
    ],
  });
  assert.deepEqual(tree, [
    "dev  2 of 9 free",
    "  [unlock] ended  free · Ben's lock has ended",
    "  [clock] kept  kept for Ben · 8 min left",
    "  [account] mine  you · task/a · abc1234 · 12 h left",
    "  [sync~spin] at-work  deploying… · you · task/a · abc1234",
    "  [sync~spin] work-on-free  Ben: devdeploy task/login…",
    "  [warning] unreadable  taken by someone: its lock cannot be read",
    "  [circle-slash] missing  no Lease: an admin must create it",
    "  [question] starting  connecting…",
    "  [question] stale  unknown since 14:02 · not reachable",
  ]);
});

test("every state of a release has words and an icon of its own", () => {
  const states: TargetView[] = [
    target("half-written", { status: "pending-upgrade" }),
    { name: "reading", liveness: { kind: "connecting" }, state: { kind: "reading" } },
    { name: "none", liveness: live, state: { kind: "none" } },
    { name: "hook", liveness: live, state: { kind: "not-recorded", driver: "http" } },
    { name: "stale", liveness: stale, state: { kind: "unknown" } },
    {
      name: "forbidden",
      liveness: live,
      state: { kind: "unknown", error: { reason: "forbidden", detail: "" } },
    },
    {
      name: "unmarked",
      liveness: live,
      state: { kind: "revision", revision: 12, status: "deployed", deployedAt: NOW - 3 * 24 * HOUR_MS },
    },
  ];
  assert.deepEqual(rows({ releases: states.map((one) => environment(one.name, { targets: [one] })) }), [
    "Production",
    "  [sync~spin] half-written  9c1f2ab · deploying… · 18 h · Ann",
    "  [circle-outline] reading  connecting…",
    "  [circle-outline] none  nothing deployed yet",
    "  [circle-outline] hook  no record to read",
    "  [question] stale  unknown since 14:02 · not reachable",
    "  [question] forbidden  unknown · not allowed to read",
    "  [server-environment] unmarked  revision 12 · 3 d",
  ]);
});

test("a machine's actions follow from its words: claim what is free, redeploy and unlock what is mine", () => {
  const mine = hold(ann, HOUR_MS, "task/a", "abc1234");
  const tree = treeNodes(
    [
      folder({
        machines: [
          machine("free"),
          machine("mine", { state: { kind: "held", hold: mine } }),
          machine("hers", { state: { kind: "held", hold: hold(ben, HOUR_MS, "x", "1") } }),
        ],
        releases: [environment("web")],
      }),
    ],
    true,
  );
  const tokens = allNodes(tree).map(({ row }) => [row.label, row.tokens.join(" ")]);
  assert.deepEqual(Object.fromEntries(tokens), {
    Production: "tier production",
    web: "environment production details",
    dev: "pool",
    free: "machine details free url",
    mine: "machine details held mine url",
    hers: "machine details held url",
  });
});

test("text from the cluster is shown with its hidden characters, and never as a link", () => {
  const mallory = { ...ben, name: "Ann\u202e[Lee](command:x)" };
  const tree = rows({
    machines: [machine("dev1", { state: { kind: "held", hold: hold(mallory, HOUR_MS, "x", "1") } })],
  });
  assert.equal(tree[1], "  [lock] dev1  Ann\\u{202e}[Lee] (command:x) · x · 1000000 · 1 h left");
});

test("a screen reader hears the row in words", () => {
  const [pool] = treeNodes([folder({ machines: [machine("dev1")] })], true);
  const row = pool?.children[0]?.row;
  assert.equal(row === undefined ? "" : spoken({ ...row, description: "you · task/a" }), "dev1, you, task/a");
});

test("the view says why it has no rows", () => {
  const absent = folder({ config: { kind: "absent" } });
  const invalid = folder({ config: { kind: "invalid", problems: [] } });
  const unknown = (reason: "unreachable" | "context-unknown", known = false): FolderView =>
    folder({
      machines: [
        machine("dev1", {
          state: { kind: "unknown" },
          lastKnown: known ? { kind: "free" } : undefined,
          liveness:
            reason === "unreachable" ? stale : { ...stale, error: { reason, context: "staging", known: [] } },
        }),
      ],
    });
  assert.deepEqual(
    {
      nothing: viewKind([], true),
      absent: viewKind([absent], true),
      invalid: viewKind([invalid], true),
      invalidUntrusted: viewKind([invalid], false),
      untrusted: viewKind([folder()], false),
      connecting: viewKind([folder()], true),
      contextUnknown: viewKind([unknown("context-unknown")], true),
      neverReached: viewKind([unknown("unreachable")], true),
      lost: viewKind([unknown("unreachable", true)], true),
      severalAbsent: viewKind([absent, absent], true),
      oneOfTwo: viewKind([absent, folder()], true),
    },
    {
      nothing: "noFolder",
      absent: "noConfig",
      invalid: "badConfig",
      invalidUntrusted: "badConfig",
      untrusted: "untrusted",
      connecting: "loading",
      contextUnknown: "noContext",
      neverReached: "unreachable",
      lost: "rows",
      severalAbsent: "noConfig",
      oneOfTwo: "rows",
    },
  );
});

test("with several folders each is a group of its own and says what is amiss in it", () => {
  const tree = treeNodes(
    [
      folder({ key: "a", name: "a", machines: [machine("dev1")] }),
      folder({ key: "b", name: "b", config: { kind: "absent" } }),
    ],
    true,
  );
  assert.deepEqual(lines(tree), [
    "a",
    "  dev  1 of 1 free",
    "    [unlock] dev1  free",
    "b  no devdeploy.json",
  ]);
});
