import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PodsSnapshot } from "../../../src/app/livePods.ts";
import type { EnvironmentView, TargetState, TargetView } from "../../../src/app/releaseSummary.ts";
import type { Environment, TeamConfig } from "../../../src/domain/config.ts";
import type { OperationRecord } from "../../../src/domain/operation.ts";
import type { FolderView } from "../../../src/ui/tree/folderView.ts";
import type { TreeNode } from "../../../src/ui/tree/treeNode.ts";
import { aConfig, aHelmDriver, aMachine, aPool } from "../../builders/deploy.ts";
import { at } from "../../builders/lock.ts";
import { aPod, anAddress } from "../../builders/rollouts.ts";
import { aFolderView, aMachineView } from "../../builders/view.ts";
import { somePodsOf } from "../../fakes/livePods.ts";

process.env["TZ"] = "Europe/Berlin";
const { treeNodes } = await import("../../../src/ui/tree/nodes.ts");
const { podDetail } = await import("../../../src/ui/messages/pods.ts");
const { allNodes } = await import("../../../src/ui/tree/treeNode.ts");
const { spoken } = await import("../../../src/ui/tree/row.ts");

const LIVE = { kind: "live", verifiedAt: at("08:00") } as const;
const LOCKS = { context: "staging", namespace: "devdeploy" };

const released = (state: Partial<TargetState & { kind: "revision" }> = {}): TargetState => ({
  kind: "revision",
  revision: 7,
  status: "deployed",
  deployedAt: at("07:00"),
  by: "Ann",
  ...state,
});

const target = (name: string, state: TargetState = released()): TargetView => ({
  name,
  state,
  liveness: LIVE,
});

const environment = (name: string, targets = [target(name)]): EnvironmentView => ({
  name,
  tier: "production",
  targets,
  liveness: LIVE,
});

const configured = (name: string, targets = [name]): Environment => ({
  name,
  tier: "production",
  targets: targets.map((one) => ({ name: one, driver: aHelmDriver({ release: one }) })),
  locks: LOCKS,
});

const CONFIG: TeamConfig = aConfig({
  environments: [configured("web"), configured("cron", ["updates", "analytics"])],
  pools: [aPool([aMachine("dev1")])],
});

const working = (run = "n1"): OperationRecord => ({
  kind: "working",
  by: "ben <ben@example.com>",
  name: "Ben",
  run,
  what: "deploy task/x",
  lasts: 30_000,
  transitions: 1,
  beat: "1",
});

interface Known {
  readonly pods?: Readonly<Record<string, PodsSnapshot>>;
  readonly own?: string;
}

const nodesOf = (view: Partial<FolderView>, { pods = {}, own }: Known = {}): readonly TreeNode[] =>
  treeNodes([aFolderView({ config: { kind: "valid", config: CONFIG }, ...view })], true, {
    of: (id) => pods[id],
    ownWork: () => own,
  });

const web = (pods: PodsSnapshot): Known => ({ pods: { "demo/environment/web": pods } });

const lines = (nodes: readonly TreeNode[], level = 0): string[] =>
  nodes.flatMap(({ row, children }) => {
    const text = [row.icon === undefined ? "" : `[${row.icon.id}]`, row.label, row.description];
    const line = text.filter((part) => part !== "").join(" ");
    return [`${"  ".repeat(level)}${line}`, ...lines(children, level + 1)];
  });

const below = (pods: PodsSnapshot): readonly string[] =>
  lines(nodesOf({ releases: [environment("web")] }, web(pods))).slice(2);

test("a pod is told by its containers, its restarts and what it waits for", () => {
  const waiting = { container: "app", reason: "ImagePullBackOff", message: "Back-off pulling" };
  const snapshot = somePodsOf([
    aPod({ name: "web-1" }),
    aPod({ name: "web-2", restarts: 1 }),
    aPod({
      name: "web-3",
      ready: false,
      restarts: 2,
      containers: { ready: 0, all: 2, names: ["app", "proxy"] },
      waiting,
    }),
    aPod({ name: "web-4", ready: false, phase: "Pending", containers: { ready: 0, all: 1, names: ["app"] } }),
    aPod({ name: "web-5", isBeingDeleted: true }),
  ]);
  assert.deepEqual(below(snapshot), [
    "    [pass] web-1 1/1 ready",
    "    [warning] web-2 1/1 ready · 1 restart",
    "    [error] web-3 0/2 ready · 2 restarts · ImagePullBackOff",
    "    [sync~spin] web-4 0/1 ready · Pending",
    "    [circle-slash] web-5 1/1 ready · being deleted",
  ]);
});

test("who listens hears a pod's state, and what it has to say is plain text without secrets", () => {
  const message = "password=hunter2 [click](command:x)";
  const pod = aPod({
    name: "web-1",
    ready: false,
    restarts: 2,
    containers: { ready: 0, all: 1, names: ["app"] },
    waiting: { container: "app", reason: "CrashLoopBackOff", message },
  });
  const nodes = nodesOf({ releases: [environment("web")] }, web(somePodsOf([pod])));
  const found = allNodes(nodes).find(({ subject }) => subject.pod !== undefined);
  assert.equal(
    found === undefined ? "" : spoken(found.row),
    "web-1, in trouble, 0 of 1 container ready, 2 restarts, CrashLoopBackOff",
  );
  assert.deepEqual(found?.row.facts, [
    { name: "State", value: "in trouble · 0/1 ready · 2 restarts · CrashLoopBackOff" },
    { name: "Waits", value: "app: CrashLoopBackOff" },
    { name: "The kubelet says", value: "password=[redacted] [click] (command:x)" },
    { name: "Deployment", value: "web" },
    { name: "Made at", value: "Thu, 1 Jan 1970 01:00 (00:00 UTC)" },
  ]);
  assert.deepEqual(
    [found.row.tokens.join(" "), found.subject.pod],
    [
      "pod failing details log yaml events previous",
      { context: "production", namespace: "buffer", name: "web-1", containers: ["app"], restarted: true },
    ],
  );
});

test("a pod that has no node says why, in the scheduler's words, and who holds it back", () => {
  const pending = { ready: false, phase: "Pending", containers: { ready: 0, all: 1, names: ["app"] } };
  const full = {
    reason: "Unschedulable",
    message: "0/3 nodes are available: 3 Insufficient cpu, token=hunter2.",
    gates: [],
  };
  const gated = {
    reason: "SchedulingGated",
    message: "Scheduling is blocked due to non-empty scheduling gates",
    gates: ["example.com/quota", "example.com/late"],
  };
  const snapshot = somePodsOf([
    aPod({ ...pending, name: "web-1", noNode: full }),
    aPod({ ...pending, name: "web-2", noNode: gated }),
  ]);
  assert.deepEqual(below(snapshot), [
    "    [sync~spin] web-1 0/1 ready · Unschedulable",
    "    [sync~spin] web-2 0/1 ready · SchedulingGated",
  ]);
  const found = allNodes(nodesOf({ releases: [environment("web")] }, web(snapshot))).filter(
    ({ subject }) => subject.pod !== undefined,
  );
  assert.deepEqual(
    found.map(({ row }) => [spoken(row), row.facts.slice(1, 3)]),
    [
      [
        "web-1, starting, 0 of 1 container ready, Unschedulable",
        [
          { name: "Waits", value: "Unschedulable" },
          {
            name: "The scheduler says",
            value: "0/3 nodes are available: 3 Insufficient cpu, token=[redacted]",
          },
        ],
      ],
      [
        "web-2, starting, 0 of 1 container ready, SchedulingGated",
        [
          { name: "Waits", value: "SchedulingGated: example.com/quota, example.com/late" },
          {
            name: "The scheduler says",
            value: "Scheduling is blocked due to non-empty scheduling gates",
          },
        ],
      ],
    ],
  );
});

test("in a list of a panel the scheduler's words stand beside the pod", () => {
  const noNode = { reason: "Unschedulable", message: "0/3 nodes are available", gates: [] };
  const pod = aPod({
    ready: false,
    phase: "Pending",
    containers: { ready: 0, all: 1, names: ["app"] },
    noNode,
  });
  assert.deepEqual(podDetail(pod), ["0/1 ready · Unschedulable: 0/3 nodes are available"]);
});

test("a release of several workloads has a row for each, with its pods below", () => {
  const pods: PodsSnapshot = {
    kind: "known",
    items: [
      { workload: anAddress(), kind: "live", pods: [aPod({ name: "web-1" })], ready: 1, wanted: 2 },
      { workload: anAddress({ name: "queue", kind: "StatefulSet" }), kind: "to-come", wanted: 1 },
      { workload: anAddress({ name: "agent", kind: "DaemonSet" }), kind: "absent" },
    ],
    more: 2,
  };
  assert.deepEqual(below(pods), [
    "    [pass] web Deployment · ready 1/2",
    "      [pass] web-1 1/1 ready",
    "    [circle-outline] queue StatefulSet · ready 0/1",
    "      [circle-outline] new pods are still to come",
    "    [circle-outline] agent DaemonSet",
    "      [circle-outline] there is no DaemonSet agent",
    "    [circle-outline] 2 workloads more",
  ]);
});

test("where there are no pods the row below says why", () => {
  const none = (wanted: number, more: { readonly replicaFailure?: string } = {}): PodsSnapshot => {
    const live = { kind: "live", pods: [], ready: 0, wanted, ...more } as const;
    return { kind: "known", items: [{ workload: anAddress(), ...live }], more: 0 };
  };
  const error = { reason: "unreachable", server: "https://k8s", detail: "ECONNREFUSED" } as const;
  const all: readonly PodsSnapshot[] = [
    { kind: "reading" },
    { kind: "unknown", since: Date.parse("2026-11-23T13:02:00Z"), error },
    { kind: "known", items: [], more: 0 },
    none(0),
    none(1),
    none(1, { replicaFailure: "exceeded quota: small" }),
  ];
  assert.deepEqual(all.flatMap(below), [
    "    [circle-outline] reading…",
    "    [question] unknown since 14:02 · not reachable",
    "    [circle-outline] nothing with pods here",
    "    [circle-outline] no pods wanted",
    "    [circle-outline] No pod of the new revision yet",
    "    [error] No pod can be made: exceeded quota: small",
    "    [circle-outline] No pod of the new revision yet",
  ]);
});

test("very many pods are a short list that names how many it leaves out", () => {
  const pods = Array.from({ length: 23 }, (_, index) => aPod({ name: `web-${index}` }));
  const found = below(somePodsOf(pods));
  assert.deepEqual([found.length, found.at(-1)], [21, "    [circle-outline] 3 pods more"]);
});

test("a row has pods where something is deployed that can be looked up", () => {
  const states: readonly TargetState[] = [
    released(),
    released({ status: "uninstalled" }),
    { kind: "unknown" },
    { kind: "none" },
    { kind: "reading" },
    { kind: "not-recorded", driver: "slack" },
  ];
  const found = states.map((state) => {
    const nodes = nodesOf({ releases: [environment("web", [target("web", state)])] });
    return allNodes(nodes).some(({ pods }) => pods !== undefined);
  });
  assert.deepEqual(found, [true, false, true, false, false, false]);
});

test("machines have pods below them as well, and each of an environment's targets has its own", () => {
  const nodes = nodesOf({
    releases: [environment("cron", [target("updates"), target("analytics")])],
    machines: [aMachineView("dev1")],
    machineReleases: [{ name: "dev1", pool: "dev", target: target("dev1") }],
  });
  const withPods = allNodes(nodes).flatMap(({ id, pods }) =>
    pods === undefined ? [] : [[id, pods.subject]],
  );
  const release = (name: string, place: object): object => ({
    kind: "release",
    release: { ...place, release: name },
  });
  const home = { context: "staging", namespace: "web" };
  assert.deepEqual(withPods, [
    ["demo/environment/cron/updates", release("updates", home)],
    ["demo/environment/cron/analytics", release("analytics", home)],
    ["demo/machine/dev1", release("dev1", home)],
  ]);
});

test("while somebody works at a row it tells how many pods are ready; otherwise it does not", () => {
  const pods = web(somePodsOf([aPod()], 2));
  const first = (view: Partial<FolderView>, known: Known = pods): string =>
    lines(nodesOf(view, known))[1] ?? "";
  const releases = [environment("web")];
  const pending = [environment("web", [target("web", released({ status: "pending-upgrade" }))])];
  const work = [{ name: "web", tier: "production", operation: working(), liveness: LIVE } as const];
  assert.deepEqual(
    [
      first({ releases }),
      first({ releases, work }),
      first({ releases: pending }),
      first({ releases }, { ...pods, own: "own 1" }),
      first({ releases, work }, web({ kind: "reading" })),
    ],
    [
      "  [server-environment] web revision 7 · 1 h · Ann",
      "  [sync~spin] web ready 1/2 · Ben: deploy task/x…",
      "  [sync~spin] web ready 1/2 · revision 7 · deploying… · 1 h · Ann",
      "  [server-environment] web ready 1/2 · revision 7 · 1 h · Ann",
      "  [sync~spin] web Ben: deploy task/x…",
    ],
  );
});

test("work at an environment of several targets is work at those that helm is at, else at the newest", () => {
  const worked = (updates: TargetState, analytics: TargetState): readonly unknown[] =>
    allNodes(
      nodesOf({
        releases: [environment("cron", [target("updates", updates), target("analytics", analytics)])],
        work: [{ name: "cron", tier: "production", operation: working(), liveness: LIVE }],
      }),
    ).flatMap(({ pods }) => (pods === undefined ? [] : [pods.work]));
  const newer = released({ deployedAt: at("07:30") });
  const pending = released({ revision: 8, status: "pending-rollback" });
  assert.deepEqual(
    [worked(released(), newer), worked(newer, released()), worked(pending, newer)],
    [
      [[], ["run n1"]],
      [["run n1"], []],
      [["run n1", "revision 8"], []],
    ],
  );
});
