import assert from "node:assert/strict";
import { after, test } from "node:test";
import { repositoryAt } from "../../../../src/adapters/git/repository.ts";
import { parseCommitHash, type CommitHash, type KnownBranch } from "../../../../src/domain/branch.ts";
import { aBranch, aCommit } from "../../../builders/deploy.ts";
import { aRemote, aRepository, type TestRepository } from "../../../builders/gitRepository.ts";

const { signal } = new AbortController();
const made: { remove(): void }[] = [];
after(() => {
  for (const each of made) each.remove();
});

function keep<T extends { remove(): void }>(each: T): T {
  made.push(each);
  return each;
}

function commit(of: TestRepository, message: string): CommitHash {
  of.write("a.txt", message);
  const hash = parseCommitHash(of.commit(message));
  assert.ok(hash.ok);
  return hash.value;
}

const known = (branches: readonly KnownBranch[]): readonly object[] =>
  branches.map(({ branch, commit: at, subject, isOnRemote }) => ({ branch, at, subject, isOnRemote }));

async function branchesOf({ root }: TestRepository): Promise<readonly KnownBranch[]> {
  const found = await repositoryAt(root).branches(signal);
  assert.ok(found.ok);
  return found.value;
}

/** Two clones of one remote: what the other one pushes is not in the first before it is fetched. */
function clones(): { here: TestRepository; there: TestRepository; first: CommitHash } {
  const here = keep(aRepository());
  const first = commit(here, "first");
  const remote = keep(aRemote(here));
  here.git("push", "--quiet", "origin", "master");
  const there = keep(aRepository());
  there.git("remote", "add", "origin", `${remote.root}/.git`);
  there.git("fetch", "--quiet", "origin");
  there.git("reset", "--quiet", "--hard", "origin/master");
  return { here, there, first };
}

test("branches of the clone and of the remote are listed once each, the remote's commit counting", async () => {
  const { here, first } = clones();
  here.git("branch", "task/only-here");
  here.git("checkout", "--quiet", "-b", "task/both");
  const pushed = commit(here, "Say “hello”\n\nand more");
  here.git("push", "--quiet", "origin", "task/both");
  commit(here, "not pushed");
  here.git("remote", "set-head", "origin", "master");
  const found = known(await branchesOf(here));
  assert.deepEqual(
    [...found].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    [
      { branch: "master", at: first, subject: "first", isOnRemote: true },
      { branch: "task/both", at: pushed, subject: "Say “hello”", isOnRemote: true },
      { branch: "task/only-here", at: first, subject: "first", isOnRemote: false },
    ],
  );
});

test("among several remotes the one that branches follow is the team's, and the fork beside it is not", async () => {
  const { here, first } = clones();
  here.git("push", "--quiet", "origin", "master:task/theirs");
  here.git("branch", "--set-upstream-to", "origin/master", "master");
  keep(aRemote(here, "fork"));
  here.git("remote", "rename", "origin", "company");
  const repository = repositoryAt(here.root);
  assert.deepEqual(await repository.remoteBranches(signal), {
    ok: true,
    value: new Map([
      [aBranch("master"), first],
      [aBranch("task/theirs"), first],
    ]),
  });
  assert.deepEqual(await repository.remoteCommit(aBranch("task/theirs"), signal), { ok: true, value: first });
  here.git("config", "branch.other.remote", "fork");
  assert.deepEqual(await repository.remoteBranches(signal), {
    ok: false,
    error: { reason: "remote-unclear", remotes: ["company", "fork"] },
  });
});

test("the branch with the newest commit comes first, with its author and its time", async () => {
  const here = keep(aRepository());
  const times = [3, 1, 2].map((minute) => 1_800_000_000 + minute * 60);
  for (const time of times) {
    here.git("checkout", "--quiet", "-b", `task/at-${time}`);
    here.write("a.txt", String(time));
    here.git("add", "--all");
    const tree = here.git("write-tree").trim();
    const raw = `tree ${tree}\nauthor Ben Ode <ben@example.com> ${time} +0000\ncommitter Ann <ann@example.com> ${time} +0000\n\nat ${time}\n`;
    here.write(".git/commit.txt", raw);
    const hash = here.git("hash-object", "-t", "commit", "-w", ".git/commit.txt").trim();
    here.git("update-ref", `refs/heads/task/at-${time}`, hash);
  }
  assert.deepEqual(
    (await branchesOf(here)).map(({ branch, author, committedAt }) => [branch, author, committedAt]),
    [1_800_000_180, 1_800_000_120, 1_800_000_060].map((time) => [`task/at-${time}`, "Ben Ode", time * 1_000]),
  );
});

test("hostile names are data; one that reads as a flag is left out", async () => {
  const { here, first } = clones();
  const hostile = "task/$(touch${IFS}pwned);`id`|x&y'\"";
  here.git("update-ref", `refs/heads/${hostile}`, "HEAD");
  here.git("update-ref", "refs/heads/--upload-pack=evil", "HEAD");
  here.git("push", "--quiet", "origin", `refs/heads/${hostile}`);
  const repository = repositoryAt(here.root);
  const names = (await branchesOf(here)).map(({ branch }) => String(branch)).sort();
  const remote = await repository.remoteBranches(signal);
  assert.ok(remote.ok);
  assert.deepEqual(
    [names, [...remote.value].sort()],
    [
      ["master", hostile],
      [
        ["master", first],
        [hostile, first],
      ],
    ],
  );
});

test("the remote's own list holds what was pushed since, and what the clone lacks is fetched", async () => {
  const { here, there } = clones();
  const name = aBranch("task/$(touch${IFS}pwned)");
  there.git("checkout", "--quiet", "-b", name);
  const pushed = commit(there, "theirs");
  there.git("push", "--quiet", "origin", `refs/heads/${name}`);
  const repository = repositoryAt(here.root);
  const listed = await repository.remoteBranches(signal);
  assert.ok(listed.ok);
  const before = known(await branchesOf(here)).length;
  const fetched = await repository.fetchCommit(name, pushed, signal);
  assert.deepEqual(
    [listed.value.get(name), before, fetched, known(await branchesOf(here)).length],
    [pushed, 1, { ok: true, value: undefined }, 2],
  );
  // Nothing of the person's own state is touched.
  assert.equal(here.git("status", "--porcelain"), "");
  assert.equal(await repository.isAncestor(pushed, pushed, signal), true);
});

test("a branch that was rewritten on the remote is fetched as it is now", async () => {
  const { here, there } = clones();
  const name = aBranch("task/x");
  there.git("checkout", "--quiet", "-b", name);
  commit(there, "one");
  there.git("push", "--quiet", "origin", name);
  here.git("fetch", "--quiet", "origin");
  there.git("reset", "--quiet", "--hard", "master");
  const rewritten = commit(there, "two");
  there.git("push", "--quiet", "--force", "origin", name);
  const repository = repositoryAt(here.root);
  assert.deepEqual(await repository.fetchCommit(name, rewritten, signal), { ok: true, value: undefined });
});

test("a commit that is there is not fetched; one that nobody has, and a branch that is gone, are told", async () => {
  const { here, first } = clones();
  const repository = repositoryAt(here.root);
  here.git("remote", "set-url", "origin", "/nowhere/at/all");
  const there = await repository.fetchCommit(aBranch("master"), first, signal);
  const gone = await repository.fetchCommit(aBranch("task/gone"), aCommit("abc"), signal);
  const listed = await repository.remoteBranches(signal);
  assert.deepEqual(
    [there, gone.ok ? undefined : gone.error.reason, listed.ok ? undefined : listed.error.reason],
    [{ ok: true, value: undefined }, "remote-unreachable", "remote-unreachable"],
  );
});

test("a branch of the clone has its own commit, pushed or not", async () => {
  const { here, first } = clones();
  const ahead = commit(here, "not pushed");
  const repository = repositoryAt(here.root);
  assert.deepEqual(
    [
      await repository.localCommit(aBranch("master"), signal),
      await repository.localCommit(aBranch("task/none"), signal),
      await repository.remoteCommit(aBranch("master"), signal),
    ],
    [
      { ok: true, value: ahead },
      { ok: true, value: undefined },
      { ok: true, value: first },
    ],
  );
});

test("without a remote the clone's own branches are listed", async () => {
  const here = keep(aRepository());
  const first = commit(here, "first");
  assert.deepEqual(known(await branchesOf(here)), [
    { branch: "master", at: first, subject: "first", isOnRemote: false },
  ]);
});
