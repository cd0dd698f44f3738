import assert from "node:assert/strict";
import { test } from "node:test";
import {
  description,
  markLabels,
  rollbackArguments,
  uninstallArguments,
  upgradeArguments,
} from "../../../../src/adapters/helm/arguments.ts";
import { markOf } from "../../../../src/adapters/helm/mark.ts";
import type { DeployOrder } from "../../../../src/app/ports.ts";
import { parseCommitHash } from "../../../../src/domain/branch.ts";
import { aCommit, aHelmDriver } from "../../../builders/deploy.ts";
import { aKeptRollback } from "../../../builders/rollback.ts";

const order: DeployOrder = {
  driver: aHelmDriver(),
  release: { context: "staging", namespace: "web", release: "dev1" },
  values: {},
  mark: { commit: aCommit(), branch: "x;$(touch pwned)", by: "Ann Lee" },
  revision: 7,
  repositoryRoot: "/repository",
  subject: "dev1",
};
const files = { chart: "/runs/1/chart", values: "/runs/1/values.json" };

const expected = (wait: string): readonly string[] => [
  "upgrade",
  "--install",
  "--kube-context=staging",
  "--namespace=web",
  wait,
  "--timeout=5m0s",
  "--history-max=10",
  "--reset-values",
  "--values=/runs/1/values.json",
  "--description=Devdeploy x;$(touch pwned) 4f1c0de by Ann Lee",
  `--labels=devdeploy-commit=${aCommit()},devdeploy-revision=7,devdeploy-branch=x-touch-pwned,devdeploy-by=ann-lee`,
  "--",
  "dev1",
  "/runs/1/chart",
];

test("helm 3 and helm 4 get the same arguments but for how they wait", () => {
  assert.deepEqual(upgradeArguments(order, files, 3), expected("--wait"));
  assert.deepEqual(upgradeArguments(order, files, 4), expected("--wait=watcher"));
});

test("a rollback names cluster, namespace, revision and how many are kept, and is never forced", () => {
  const expectedRollback = (wait: string): readonly string[] => [
    "rollback",
    "--kube-context=production",
    "--namespace=buffer",
    wait,
    "--timeout=5m0s",
    "--history-max=10",
    "--",
    "web",
    "165",
  ];
  const to = { revision: 165, version: { uid: "u165", resourceVersion: "1" } };
  assert.deepEqual(rollbackArguments(aKeptRollback({ to }), 3), expectedRollback("--wait"));
  assert.deepEqual(rollbackArguments(aKeptRollback({ to }), 4), expectedRollback("--wait=watcher"));
});

test("an uninstallation waits until everything is gone", () => {
  const { release } = order;
  assert.deepEqual(uninstallArguments(release, 5, 4), [
    "uninstall",
    "--kube-context=staging",
    "--namespace=web",
    "--wait=watcher",
    "--timeout=5m0s",
    "--",
    "dev1",
  ]);
});

test("a description is one line of at most 200 characters", () => {
  const long = description({ commit: aCommit(), branch: "x".repeat(250), by: "Ann\nLee" });
  assert.equal(long.length, 200);
  assert.ok(!long.includes("\n"));
});

test("a mark is read back as it was written", () => {
  for (const branch of ["task/Pay", "1e6", "null", "a,b={c}", "ä/ö"]) {
    const mark = { commit: aCommit(), branch, by: "Jörg O'Neil" };
    assert.deepEqual(markOf(markLabels(mark, 7), 7, description(mark)), mark);
  }
});

test("where helm wrote its own description, the labels still tell commit, branch and name", () => {
  const mark = { commit: aCommit(), branch: "task/Pay", by: "Ann Lee" };
  assert.deepEqual(markOf(markLabels(mark, 7), 7, 'Upgrade "dev1" failed: context deadline exceeded'), {
    commit: aCommit(),
    branch: "task-pay",
    by: "ann-lee",
  });
});

test("a mark that was made for another revision is none", () => {
  assert.equal(markOf(markLabels({ commit: aCommit() }, 7), 8, ""), undefined);
  assert.equal(markOf({ "devdeploy-commit": "abc", "devdeploy-revision": "8" }, 8, ""), undefined);
});

test("a SHA-256 hash, which is longer than a label, is read back whole as well", () => {
  const parsed = parseCommitHash("0123456789abcdef".repeat(4));
  assert.ok(parsed.ok);
  const mark = { commit: parsed.value, branch: "task/Pay", by: "Ann Lee" };
  const labels = markLabels(mark, 7);
  assert.deepEqual(
    Object.values(labels).filter((value) => value.length > 63),
    [],
  );
  assert.deepEqual(markOf(labels, 7, description(mark)), mark);
  // Half of it says nothing, and a whole one nothing more.
  assert.equal(markOf({ ...labels, "devdeploy-commit-rest": "" }, 7, ""), undefined);
  assert.equal(markOf({ ...labels, "devdeploy-commit": aCommit() }, 7, "")?.commit, aCommit());
});
