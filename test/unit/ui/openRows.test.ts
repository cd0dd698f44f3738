import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenRows } from "../../../src/ui/tree/openRows.ts";
import type { TreeNode } from "../../../src/ui/tree/treeNode.ts";

const node = (id: string, more: Partial<TreeNode> = {}): TreeNode => ({
  id,
  row: { label: id, description: "", tokens: [], facts: [] },
  subject: { folder: "demo" },
  children: [],
  isOpen: false,
  ...more,
});

const row = (id: string, ...work: readonly string[]): TreeNode =>
  node(id, {
    pods: { subject: { kind: "release", release: { context: "c", namespace: "n", release: id } }, work },
  });

const group = (...children: readonly TreeNode[]): TreeNode => node("group", { isOpen: true, children });

test("a row opens when work begins at it, and not again for the same work", () => {
  const rows = new OpenRows();
  assert.deepEqual(rows.openAtWork([group(row("web"))]), []);
  assert.deepEqual(rows.openAtWork([group(row("web", "run 1"))]), ["web"]);
  assert.deepEqual(rows.openAtWork([group(row("web", "run 1", "revision 8"))]), []);
  assert.equal(rows.isOpen(row("web")), true);
});

test("what the person closes stays closed until other work begins, even where the connection comes and goes", () => {
  const rows = new OpenRows();
  rows.openAtWork([group(row("web", "run 1"))]);
  rows.toggle("web", false);
  assert.deepEqual(rows.openAtWork([group(row("web", "run 1", "revision 8"))]), []);
  assert.deepEqual(rows.openAtWork([group(row("web"))]), []);
  assert.deepEqual(rows.openAtWork([group(row("web", "revision 8"))]), []);
  assert.deepEqual(rows.openAtWork([]), []);
  assert.deepEqual(rows.openAtWork([group(row("web", "run 1"))]), []);
  assert.equal(rows.isOpen(row("web")), false);
  assert.deepEqual(rows.openAtWork([group(row("web", "run 2"))]), ["web"]);
});

test("a row that is open already is not opened once more, nor when its person closes it amid the work", () => {
  const rows = new OpenRows();
  rows.toggle("web", true);
  assert.deepEqual(rows.openAtWork([group(row("web", "run 1"))]), []);
  rows.toggle("web", false);
  assert.deepEqual(rows.openAtWork([group(row("web", "run 1"))]), []);
});

test("an environment of several targets opens with the one that is worked at", () => {
  const rows = new OpenRows();
  const tree = [group(node("cron", { children: [row("updates", "run 1"), row("analytics")] }))];
  assert.deepEqual(rows.openAtWork(tree), ["updates"]);
  assert.deepEqual(
    ["cron", "updates", "analytics"].map((id) => rows.isOpen(node(id))),
    [true, true, false],
  );
});

test("one sees the pods of rows that are open below groups that are", () => {
  const rows = new OpenRows();
  const tree = [group(row("web"), row("api"))];
  rows.toggle("web", true);
  assert.deepEqual(
    rows.seen(tree).map(({ id }) => id),
    ["web"],
  );
  rows.toggle("group", false);
  assert.deepEqual(rows.seen(tree), []);
});

test("a row that went away and comes back is as it was made", () => {
  const rows = new OpenRows();
  rows.toggle("web", true);
  rows.keepOnly(new Map([["web", row("web")]]));
  assert.equal(rows.isOpen(row("web")), true);
  rows.keepOnly(new Map());
  assert.equal(rows.isOpen(row("web")), false);
});
