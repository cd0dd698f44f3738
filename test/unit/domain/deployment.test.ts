import assert from "node:assert/strict";
import { test } from "node:test";
import { planDeploy } from "../../../src/domain/deployment.ts";
import { aBranch, aCommit, someFacts } from "../../builders/deploy.ts";

const branch = aBranch();
const commit = aCommit();
const older = aCommit("0ldc0de".replace("l", "1"));

test("a pushed, clean branch is planned without a word", () => {
  assert.deepEqual(planDeploy(someFacts()), { kind: "plan", plan: { branch, commit, warnings: [] } });
});

test("a detached HEAD is refused", () => {
  assert.deepEqual(planDeploy(someFacts({ branch: undefined })), {
    kind: "refused",
    refusal: { reason: "detached-head", commit },
  });
});

test("a branch that the remote does not have is refused", () => {
  assert.deepEqual(planDeploy(someFacts({ remoteCommit: undefined })), {
    kind: "refused",
    refusal: { reason: "not-pushed", branch, commit },
  });
});

test("commits that the remote does not have are refused", () => {
  assert.deepEqual(planDeploy(someFacts({ remoteCommit: older, remoteIsAncestor: true })), {
    kind: "refused",
    refusal: { reason: "unpushed-commits", branch, commit, remoteCommit: older },
  });
});

test("a remote that went elsewhere is refused, also where the clone does not know its commit", () => {
  for (const remoteIsAncestor of [false, undefined]) {
    assert.deepEqual(planDeploy(someFacts({ remoteCommit: older, remoteIsAncestor })), {
      kind: "refused",
      refusal: { reason: "remote-moved", branch, commit, remoteCommit: older },
    });
  }
});

test("uncommitted files, a distance to the default branch and a replaced branch are warned of, in this order", () => {
  const other = aBranch("task/other");
  const facts = someFacts({
    uncommittedFiles: 3,
    behindDefault: 7,
    own: { machine: "dev2", branch: other },
  });
  assert.deepEqual(planDeploy(facts), {
    kind: "plan",
    plan: {
      branch,
      commit,
      warnings: [
        { kind: "uncommitted-files", count: 3 },
        { kind: "behind-default", count: 7, defaultBranch: aBranch("master") },
        { kind: "replaces-branch", machine: "dev2", branch: other },
      ],
    },
  });
});

test("the default branch is never behind itself, and one's own branch replaces nothing", () => {
  const master = aBranch("master");
  const facts = someFacts({
    branch: master,
    behindDefault: 2,
    own: { machine: "dev1", branch: master },
  });
  assert.deepEqual(planDeploy(facts), { kind: "plan", plan: { branch: master, commit, warnings: [] } });
});
