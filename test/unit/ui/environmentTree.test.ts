import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReleaseStatus, RevisionLabel } from "../../../src/domain/release.ts";
import type { OperationRecord } from "../../../src/domain/operation.ts";
import { aConfig, aLabel, aMachine, aPool, ann } from "../../builders/deploy.ts";
import { freeLock } from "../../builders/lock.ts";
import { aRunOrder } from "../../builders/panel.ts";
import { aPod } from "../../builders/rollouts.ts";
import { somePodsOf } from "../../fakes/livePods.ts";
import { TeamWindow } from "../../fakes/teamWindow.ts";
import { watchedLock, watchedOperation } from "../../fakes/watches.ts";

const { TeamFolder } = await import("../../../src/ui/model/teamFolder.ts");
const { EnvironmentTree } = await import("../../../src/ui/tree/environmentTree.ts");
const { RollbackRuns } = await import("../../../src/ui/panel/rollbackRuns.ts");

const DEV1 = "demo/machine/dev1";
const DEV2 = "demo/machine/dev2";
const POOL = "demo/pool/dev";

/** A window in whose sidebar two machines of a pool stand, each with its release. */
class Sidebar extends TeamWindow {
  readonly runs = new RollbackRuns(() => 5);
  readonly tree = new EnvironmentTree(this.folders, this.runs);
  /** Rows that VS Code was told to draw anew; all stands for the whole tree. */
  readonly drawn: string[] = [];
  readonly opened: string[] = [];

  constructor() {
    super(ann, aConfig({ pools: [aPool([aMachine("dev1"), aMachine("dev2")])] }));
    this.tree.onDidChangeTreeData((ids) => this.drawn.push(...(ids ?? ["all"])));
    this.tree.onOpen((id) => this.opened.push(id));
  }

  async open(isSeen = true): Promise<this> {
    this.tree.see(isSeen);
    this.folders.wake();
    await this.settled();
    await this.leases();
    await this.deployed();
    this.drawn.length = 0;
    return this;
  }

  leases(operation?: OperationRecord): Promise<void> {
    return this.tell({
      dev1: watchedLock(freeLock()),
      dev2: watchedLock(freeLock()),
      ...(operation === undefined ? {} : { "dev1-operation": watchedOperation(operation) }),
    });
  }

  async deployed(status: ReleaseStatus = "deployed", revision = 7): Promise<void> {
    const labels = (release: string): [string, RevisionLabel[]] => [
      release,
      [aLabel(release === "dev1" ? { revision, status } : { revision: 3 })],
    ];
    this.watches.releases("staging", "web").tell({
      items: new Map([labels("dev1"), labels("dev2")]),
      liveness: { kind: "live", verifiedAt: 0 },
    });
    await this.settled();
  }

  async toggle(id: string, isOpen: boolean): Promise<void> {
    this.tree.toggle(id, isOpen);
    await this.settled();
  }

  item(id: string): { readonly collapsibleState?: number; readonly description?: unknown } {
    return this.tree.getTreeItem(id);
  }
}

const working = (run: string): OperationRecord => ({
  kind: "working",
  by: "ben <ben@example.com>",
  name: "Ben",
  run,
  what: "deploy task/x",
  lasts: 30_000,
  transitions: 1,
  beat: "1",
});

const nothing = (): { dispose(): void } => ({ dispose: () => undefined });

const [NONE, COLLAPSED, EXPANDED] = [0, 1, 2];

test("a row's pods are watched while it is open, and not before or after", async () => {
  const sidebar = await new Sidebar().open();
  assert.deepEqual([sidebar.item(DEV1).collapsibleState, sidebar.pods.watched], [COLLAPSED, []]);
  await sidebar.toggle(DEV1, true);
  assert.deepEqual(sidebar.pods.watched, ["dev1"]);
  assert.deepEqual(sidebar.tree.getChildren(DEV1), [`${DEV1}/pods/state`]);
  sidebar.pods.tell("dev1", somePodsOf([aPod({ name: "web-1", uid: "p1" })]));
  assert.deepEqual(sidebar.tree.getChildren(DEV1), [`${DEV1}/pod/p1`]);
  await sidebar.toggle(DEV1, false);
  assert.deepEqual([sidebar.pods.watched, sidebar.tree.getChildren(DEV1)], [[], []]);
});

test("a folder among several is open once it has rows, which VS Code would not do with the row it knew", async () => {
  const sidebar = new Sidebar();
  const config = { current: { kind: "absent" }, onChange: nothing, dispose: () => undefined } as const;
  const place = { key: "plain", name: "plain", path: "/plain" };
  const services = {
    clock: sidebar.clock,
    log: sidebar.log,
    connect: () => Promise.reject(new Error("absent")),
  };
  sidebar.folders.add(new TeamFolder(place, config, services));
  sidebar.tree.see(true);
  sidebar.folders.wake();
  await sidebar.settled();
  assert.deepEqual(
    [sidebar.tree.getChildren(), sidebar.item("demo").collapsibleState],
    [["demo", "plain"], NONE],
  );
  sidebar.drawn.length = 0;
  await sidebar.leases();
  assert.deepEqual(
    [sidebar.tree.getChildren(), sidebar.item("demo/rows").collapsibleState, sidebar.drawn],
    [["demo/rows", "plain"], EXPANDED, ["all"]],
  );
});

test("no pod is watched while the view is hidden, nor below a group that is closed", async () => {
  const sidebar = await new Sidebar().open();
  await sidebar.toggle(DEV1, true);
  sidebar.tree.see(false);
  await sidebar.settled();
  assert.deepEqual(sidebar.pods.watched, []);
  sidebar.tree.see(true);
  await sidebar.settled();
  assert.deepEqual(sidebar.pods.watched, ["dev1"]);
  await sidebar.toggle(POOL, false);
  assert.deepEqual(sidebar.pods.watched, []);
});

test("only the rows that changed are drawn anew", async () => {
  const sidebar = await new Sidebar().open();
  await sidebar.toggle(DEV1, true);
  sidebar.pods.tell(
    "dev1",
    somePodsOf([aPod({ name: "web-1", uid: "p1" }), aPod({ name: "web-2", uid: "p2" })]),
  );
  sidebar.drawn.length = 0;
  sidebar.pods.tell(
    "dev1",
    somePodsOf([aPod({ name: "web-1", uid: "p1" }), aPod({ name: "web-2", uid: "p2", restarts: 1 })]),
  );
  assert.deepEqual(sidebar.drawn.splice(0), [`${DEV1}/pod/p2`]);
  sidebar.pods.tell("dev1", somePodsOf([aPod({ name: "web-1", uid: "p1" })]));
  assert.deepEqual(sidebar.drawn.splice(0), [DEV1]);
  sidebar.pods.tell("dev1", somePodsOf([aPod({ name: "web-1", uid: "p1" })]));
  assert.deepEqual(sidebar.drawn, []);
});

test("a colleague's deploy opens the row once and tells how many pods are ready", async () => {
  const sidebar = await new Sidebar().open();
  await sidebar.leases(working("n1"));
  assert.deepEqual([sidebar.opened, sidebar.pods.watched], [[DEV1], ["dev1"]]);
  assert.equal(sidebar.item(DEV1).collapsibleState, EXPANDED);
  sidebar.pods.tell("dev1", somePodsOf([aPod({ name: "web-1" })], 2));
  assert.equal(sidebar.item(DEV1).description, "ready 1/2 · Ben: deploy task/x…");
  await sidebar.toggle(DEV1, false);
  await sidebar.deployed("pending-upgrade", 8);
  assert.deepEqual([sidebar.opened, sidebar.item(DEV1).collapsibleState], [[DEV1], COLLAPSED]);
  assert.deepEqual(sidebar.pods.watched, ["dev1"]);
  await sidebar.deployed("deployed", 8);
  await sidebar.leases();
  assert.deepEqual([sidebar.item(DEV1).description, sidebar.pods.watched], ["free", []]);
});

test("a record that helm works at opens its row, whoever began it and with what tool", async () => {
  const sidebar = await new Sidebar().open();
  await sidebar.deployed("pending-rollback", 8);
  assert.deepEqual([sidebar.opened, sidebar.pods.watched], [[DEV1], ["dev1"]]);
});

test("a rollback of this window opens its row even where no Lease tells of it", async () => {
  const sidebar = await new Sidebar().open();
  const release = { context: "staging", namespace: "web", release: "dev2" };
  const run = sidebar.runs.begin(aRunOrder({ release }));
  await sidebar.settled();
  assert.deepEqual([sidebar.opened, sidebar.pods.watched], [[DEV2], ["dev2"]]);
  run.left();
  await sidebar.settled();
  assert.deepEqual(sidebar.pods.watched, ["dev2"], "it is open");
});

test("what begins while the view is hidden opens its row once one looks, and not in a group that is closed", async () => {
  const sidebar = await new Sidebar().open(false);
  await sidebar.leases(working("n1"));
  assert.deepEqual([sidebar.opened, sidebar.pods.watched], [[], []]);
  sidebar.tree.see(true);
  await sidebar.settled();
  assert.deepEqual(sidebar.opened, [DEV1]);
  await sidebar.toggle(DEV1, false);
  await sidebar.toggle(POOL, false);
  await sidebar.leases(working("n2"));
  assert.deepEqual(sidebar.opened, [DEV1]);
});

test("a row that is opened for its pods still shows its details when it is pressed", async () => {
  const sidebar = await new Sidebar().open();
  const command = (id: string): unknown =>
    (sidebar.tree.getTreeItem(id) as { command?: { command: string } }).command?.command;
  assert.deepEqual([command(POOL), command(DEV1)], [undefined, "devdeploy.showDetails"]);
});

test("every row knows the one above it, so that it can be brought into view", async () => {
  const sidebar = await new Sidebar().open();
  assert.deepEqual([sidebar.tree.getParent(DEV1), sidebar.tree.getParent(POOL)], [POOL, undefined]);
});

test("where nothing is deployed there is nothing to open", async () => {
  const sidebar = await new Sidebar().open();
  sidebar.watches.releases("staging", "web").tell({ items: new Map() });
  await sidebar.settled();
  assert.equal(sidebar.item(DEV1).collapsibleState, NONE);
});

test("pods are followed by the connection that is there now", async () => {
  const sidebar = await new Sidebar().open();
  await sidebar.toggle(DEV1, true);
  sidebar.folder.reconnect();
  await sidebar.settled();
  await sidebar.leases();
  await sidebar.deployed();
  await sidebar.toggle(DEV1, true);
  assert.deepEqual([sidebar.pods.opened, sidebar.pods.disposed, sidebar.pods.watched], [2, 1, ["dev1"]]);
  sidebar.tree.dispose();
  assert.deepEqual([sidebar.pods.disposed, sidebar.pods.watched], [2, []]);
});
