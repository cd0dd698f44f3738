import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SANDBOX } from "../../../scripts/demo/demoCluster.ts";
import { cloneFor, writeHistory, writeOwnBranches, type Commits } from "../../../scripts/demo/gitHistory.ts";
import { ANN } from "../../../scripts/demo/people.ts";
import { tellStory } from "../../../scripts/demo/story.ts";

const NOW = Date.parse("2026-11-23T09:30:00Z");
const story = tellStory(SANDBOX);

let root = "";
let clone = "";
let pushed: Commits = new Map();
let own: Commits = new Map();

const git = (...args: readonly string[]): string =>
  execFileSync("git", ["-C", clone, ...args], { encoding: "utf8" }).trim();

before(async () => {
  root = await mkdtemp(join(tmpdir(), "devdeploy-history-"));
  clone = join(root, "ann");
  const remote = join(root, "shop.git");
  pushed = await writeHistory(remote, story, NOW);
  await cloneFor(ANN, remote, clone);
  own = await writeOwnBranches(clone, story, { now: NOW, checkedOut: "task/login" });
});
after(() => rm(root, { recursive: true }));

test("Ann's clone has her branches, with one commit that is not pushed", () => {
  const format = "--format=%(refname:short) %(upstream:short)%(upstream:track)";
  assert.deepEqual(git("for-each-ref", format, "refs/heads").split("\n"), [
    "master origin/master",
    "task/broken-image origin/task/broken-image",
    "task/faster-checkout origin/task/faster-checkout[ahead 1]",
    "task/login origin/task/login",
    "task/my-special-task origin/task/my-special-task",
  ]);
  assert.equal(git("status", "--short", "--branch"), "## task/login...origin/task/login");
});

test("the ids of the story lead to its commits", () => {
  assert.equal(git("rev-parse", "master"), pushed.get("retries"));
  assert.equal(git("rev-parse", "origin/task/profile"), pushed.get("profile"));
  assert.equal(git("rev-parse", "task/faster-checkout"), own.get("checkout"));
  assert.equal(git("merge-base", "task/login", "master"), pushed.get("currency"));
});

test("commits carry their authors and dates", () => {
  assert.equal(
    git("log", "-1", "--format=%an <%ae> %cn %s", "master~9"),
    "Tomás Silva <tomas@example.com> Tomás Silva Take the pool back: it starves the workers (#4108)",
  );
  const dates = git("log", "--format=%ct", "master").split("\n").map(Number);
  assert.deepEqual(
    dates,
    [...dates].sort((a, b) => b - a),
  );
  assert.ok(Math.max(...dates) * 1000 < NOW);
});

test("the same moment makes the same history", async () => {
  assert.deepEqual(await writeHistory(join(root, "again.git"), story, NOW), pushed);
});
