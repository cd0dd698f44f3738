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
    own: { machine: "dev2", branch: other, isMerged: false },
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
    own: { machine: "dev1", branch: master, isMerged: false },
  });
  assert.deepEqual(planDeploy(facts), { kind: "plan", plan: { branch: master, commit, warnings: [] } });
});

test("a merged branch may be replaced without a word; one of which that is not known may not", () => {
  const replacing = (isMerged: boolean | undefined): readonly string[] => {
    const own = { machine: "dev1", branch: aBranch("task/other"), isMerged };
    const planned = planDeploy(someFacts({ own }));
    return planned.kind === "plan" ? planned.plan.warnings.map(({ kind }) => kind) : [planned.kind];
  };
  assert.deepEqual(
    [replacing(true), replacing(false), replacing(undefined)],
    [[], ["replaces-branch"], ["replaces-branch"]],
  );
});

test("commits that only the clone has are left out of a chosen branch, and that is said", () => {
  assert.deepEqual(planDeploy(someFacts({ leftOutCommits: 2 })), {
    kind: "plan",
    plan: { branch, commit, warnings: [{ kind: "left-out-commits", count: 2, branch }] },
  });
});

test("to insist on a machine is warned of, and to hold a second one is said", () => {
  const warned = (particular: { machine: string; also?: string }): readonly object[] => {
    const planned = planDeploy(someFacts({ particular }));
    return planned.kind === "plan" ? planned.plan.warnings : [];
  };
  assert.deepEqual(
    [warned({ machine: "dev2" }), warned({ machine: "dev2", also: "dev1" })],
    [
      [{ kind: "particular-machine", machine: "dev2" }],
      [
        { kind: "particular-machine", machine: "dev2" },
        { kind: "second-machine", machine: "dev2", also: "dev1" },
      ],
    ],
  );
});
