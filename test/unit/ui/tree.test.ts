import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MachineView, PoolView } from "../../../src/app/lockBoard.ts";
import type { EnvironmentView, TargetView } from "../../../src/app/releaseSummary.ts";
import type { BranchName, CommitHash } from "../../../src/domain/branch.ts";
import type { Liveness } from "../../../src/domain/cluster.ts";
import type { Environment } from "../../../src/domain/config.ts";
import type { Flag } from "../../../src/domain/flags.ts";
import type { Hold, LockAsk, LockRecord, StoredLock } from "../../../src/domain/lock.ts";
import type { Person } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import type { FolderView } from "../../../src/ui/tree/folderView.ts";
import type { TreeNode } from "../../../src/ui/tree/treeNode.ts";
import { aConfig } from "../../builders/deploy.ts";
import { aMachineView } from "../../builders/view.ts";

process.env["TZ"] = "Europe/Berlin";
const { treeNodes } = await import("../../../src/ui/tree/nodes.ts");
const { allNodes } = await import("../../../src/ui/tree/treeNode.ts");
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

const machine = (name: string, view: Partial<MachineView> = {}): MachineView =>
  aMachineView(name, { url: `https://${name}.example.com`, liveness: live, ...view });

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
      migrations: [],
    },
  },
  machines: [],
  pools: [],
  work: [],
  releases: [],
  machineReleases: [],
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
        endsSoon: true,
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

test("every state of a machine has words and an icon of its own", () => {
  const tree = rows({
    machines: [
      machine("ended", { state: { kind: "expired", hold: hold(ben, -1, "x", "1") } }),
      machine("mine-ended", { state: { kind: "expired", hold: hold(ann, -1, "x", "1") } }),
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
    "dev  3 of 10 free",
    "  [unlock] ended  free · Ben's lock has ended",
    "  [unlock] mine-ended  free · your lock has ended",
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
          machine("at-work", { operation: { ...working, by: "ben <ben@example.com>", name: "Ben" } }),
          machine("ended-at-work", { state: { kind: "expired", hold: mine }, operation: working }),
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
    "at-work": "machine details busy url",
    "ended-at-work": "machine details busy url",
    mine: "machine details held mine url",
    hers: "machine details held url",
  });
});

/** A lock as it is stored, with those who ask for it. */
const stored = (of: Hold, more: Partial<LockRecord & { kind: "held" }> = {}): StoredLock => ({
  record: { kind: "held", hold: of, transitions: 1, history: [], ...more },
  version: { uid: "u", resourceVersion: "1" },
});

const ask = (name: string, more: Partial<LockAsk> = {}): LockAsk => ({ by: name, name, at: NOW, ...more });

test("a pool tells who waits, a machine for whom it is kept, and mine who asks for it", () => {
  const mine = hold(ann, 5 * HOUR_MS, "task/a", "abc1234");
  const theirs = hold(ben, 5 * HOUR_MS, "task/b", "abc1235");
  const asked = (...asks: readonly LockAsk[]): Partial<MachineView> => ({
    state: { kind: "held", hold: mine },
    lock: stored(mine, { asks }),
  });
  const kept = { kind: "kept", until: NOW + 8.5 * MINUTE_MS, freeAt: NOW, isAcknowledged: true } as const;
  const waiter = { by: "x", name: "X", since: NOW };
  assert.deepEqual(
    rows({
      machines: [
        machine("kept", { state: { ...kept, for: ben } }),
        machine("mine-to-take", { state: { ...kept, for: ann } }),
        machine("asked", asked(ask("Ben"))),
        machine("asked-by-two", asked(ask("Ben"), ask("Cy"))),
        machine("asked-by-three", asked(ask("Ben"), ask("Cy"), ask("Di"))),
        machine("answered", asked(ask("Ben", { keptAt: NOW }))),
        machine("theirs", {
          state: { kind: "held", hold: theirs },
          lock: stored(theirs, { asks: [ask("Cy")] }),
        }),
      ],
      pools: [{ name: "dev", waiters: [waiter, waiter], liveness: live }],
    }),
    [
      "dev  0 of 7 free · 2 waiting",
      "  [clock] kept  kept for Ben · 8 min left",
      "  [bell-dot] mine-to-take  kept for you · 8 min left",
      "  [account] asked  you · Ben asks for it · task/a · abc1234 · 5 h left",
      "  [account] asked-by-two  you · Ben and 1 other ask for it · task/a · abc1234 · 5 h left",
      "  [account] asked-by-three  you · Ben and 2 others ask for it · task/a · abc1234 · 5 h left",
      "  [account] answered  you · task/a · abc1234 · 5 h left",
      "  [lock] theirs  Ben · task/b · abc1235 · 5 h left",
    ],
  );
});

test("what is amiss with a machine goes before what is usual, and what to do about it", () => {
  const held = { kind: "held", hold: hold(ben, 5 * HOUR_MS, "task/b", "abc1235") } as const;
  const branch = "task/b" as BranchName;
  const flags: Readonly<Record<string, readonly Flag[]>> = {
    merged: [{ kind: "merged", branch }],
    deleted: [{ kind: "deleted", branch }],
    other: [{ kind: "other-commit", expected: commit("abc1235"), running: commit("9c1f2ab") }],
    both: [
      { kind: "deleted", branch },
      { kind: "other-commit", expected: commit("abc1235"), running: commit("9c1f2ab") },
    ],
    unreadable: [{ kind: "unreadable" }],
  };
  const tree = treeNodes(
    [
      folder({
        machines: [
          ...["merged", "deleted", "other", "both", "none"].map((name) => machine(name, { state: held })),
          machine("unreadable", { state: { kind: "unreadable", holder: "x", problem: "no duration" } }),
        ],
        flags: (name) => flags[name] ?? [],
      }),
    ],
    true,
  );
  assert.deepEqual(lines(tree), [
    "dev  0 of 6 free",
    "  [warning] merged  Ben · task/b is merged: unlock merged · 5 h left",
    "  [warning] deleted  Ben · task/b was deleted: unlock deleted · 5 h left",
    "  [warning] other  Ben · runs 9c1f2ab, not abc1235 · 5 h left",
    "  [warning] both  Ben · task/b was deleted: unlock both · runs 9c1f2ab, not abc1235 · 5 h left",
    "  [lock] none  Ben · task/b · abc1235 · 5 h left",
    "  [warning] unreadable  taken by x: its lock cannot be read",
  ]);
  const flagged = allNodes(tree).filter(({ row }) => row.tokens.includes("flagged"));
  assert.deepEqual(
    flagged.map(({ row }) => row.label),
    ["merged", "deleted", "other", "both"],
  );
});

test("the details of a held machine have its branch, asks, flags, clock and history, the newest change first", () => {
  const mine = { ...hold(ann, 5 * HOUR_MS, "task/a", "abc1234"), reason: "demo\nday" };
  const [pool] = treeNodes(
    [
      folder({
        machines: [
          machine("dev1", {
            state: { kind: "held", hold: mine },
            lock: stored(mine, {
              asks: [ask("Ben", { branch: "task/b" }), ask("Cy", { keptAt: NOW })],
              history: [
                { at: NOW - 3 * HOUR_MS, by: "Ben", what: "claimed", branch: "task/b" },
                {
                  at: NOW - 2 * HOUR_MS,
                  by: "Ann Lee",
                  what: "claimed",
                  branch: "task/a",
                  of: "ben",
                  reason: "urgent",
                },
                { at: NOW - HOUR_MS, by: "Ann Lee", what: "extended" },
              ],
            }),
            clockOff: -HOUR_MS,
          }),
        ],
        flags: () => [{ kind: "deleted", branch: "task/a" as BranchName }],
      }),
    ],
    true,
  );
  assert.deepEqual(
    pool?.children[0]?.row.facts.map(({ name, value }) => `${name}: ${value}`),
    [
      "State: you · task/a was deleted: unlock dev1 · 5 h left",
      "Look into it: task/a was deleted: unlock dev1",
      "Holder: Ann Lee — ann <ann@example.com>",
      "Branch: task/a",
      `Commit: ${commit("abc1234")}`,
      "Held since: Mon, 23 Nov 2026 17:00 (16:00 UTC)",
      "Last devdeploy: Mon, 23 Nov 2026 16:00 (15:00 UTC)",
      "Reason: demo day",
      "Locked until: Mon, 23 Nov 2026 23:00 (22:00 UTC)",
      "Asks for it: Ben, for task/b, at Mon, 23 Nov 2026 18:00 (17:00 UTC)",
      "Asked for it: Cy, at Mon, 23 Nov 2026 18:00 (17:00 UTC); its holder keeps it",
      "URL: https://dev1.example.com",
      "Clock: This computer's clock is 1 h ahead of the cluster's. Times left are counted by the cluster's.",
      "Mon, 23 Nov 2026 17:00 (16:00 UTC): Ann Lee extended it",
      "Mon, 23 Nov 2026 16:00 (15:00 UTC): Ann Lee took it over from ben: “urgent”",
      "Mon, 23 Nov 2026 15:00 (14:00 UTC): Ben got it for task/b",
    ],
  );
});

test("a pool's details name those who wait, in their order, and its row says whether I do", () => {
  const waiter = (name: string, identity: string): PoolView["waiters"][number] => ({
    by: identity,
    name,
    since: NOW,
    branch: "task/b",
  });
  const [pool] = treeNodes(
    [
      folder({
        machines: [machine("dev1")],
        pools: [
          {
            name: "dev",
            waiters: [waiter("Ben", "ben"), waiter("Ann", "ann <ann@example.com>")],
            liveness: live,
          },
        ],
      }),
    ],
    true,
  );
  assert.deepEqual(
    [pool?.row.tokens, pool?.row.facts.map(({ name, value }) => `${name}: ${value}`)],
    [
      ["pool", "details", "waiting"],
      [
        "Waits, 1st: Ben, for task/b, since Mon, 23 Nov 2026 18:00 (17:00 UTC)",
        "Waits, 2nd: Ann, for task/b, since Mon, 23 Nov 2026 18:00 (17:00 UTC)",
      ],
    ],
  );
});

test("times of machines and of environments are each by the clock of their cluster", () => {
  const tree = rows({
    releases: [environment("web")],
    machines: [machine("dev1", { state: { kind: "held", hold: hold(ben, 3 * HOUR_MS, "x", "1") } })],
    nowAt: (name) => (name === "web" ? NOW - 10 * HOUR_MS : NOW + HOUR_MS),
  });
  assert.deepEqual(tree, [
    "Production",
    "  [server-environment] web  9c1f2ab · 8 h · Ann",
    "dev  0 of 1 free",
    "  [lock] dev1  Ben · x · 1000000 · 2 h left",
  ]);
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

test("where devdeploy.json names nothing yet, that is said instead of waiting for a cluster for ever", () => {
  const config = (environments: readonly Environment[]): FolderView["config"] => ({
    kind: "valid",
    config: aConfig({ environments, pools: [] }),
  });
  const utils: Environment = {
    name: "utils",
    tier: "production",
    deprecated: { reason: "All workers are in Kubernetes now" },
    targets: [],
    locks: { context: "staging", namespace: "devdeploy" },
  };
  const row = environment("utils", {
    targets: [],
    deprecated: { reason: "All workers are in Kubernetes now" },
  });
  assert.deepEqual(
    {
      nothing: viewKind([folder({ config: config([]) })], true),
      nothingUntrusted: viewKind([folder({ config: config([]) })], false),
      deprecatedOnly: viewKind([folder({ config: config([utils]), releases: [row] })], true),
      notConnected: viewKind([folder({ config: config([utils]) })], true),
    },
    { nothing: "empty", nothingUntrusted: "untrusted", deprecatedOnly: "rows", notConnected: "loading" },
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
