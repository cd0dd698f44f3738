import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { openRepository, repositoryAt } from "../../../../src/adapters/git/repository.ts";
import { parseCommitHash, type CommitHash } from "../../../../src/domain/branch.ts";
import { aBranch, aCommit } from "../../../builders/deploy.ts";
import { aFolder, aRemote, aRepository, type TestRepository } from "../../../builders/gitRepository.ts";

const signal = new AbortController().signal;
const made: { remove(): void }[] = [];
after(() => {
  for (const each of made) each.remove();
});

function keep<T extends { remove(): void }>(each: T): T {
  made.push(each);
  return each;
}

function hash(text: string): CommitHash {
  const commit = parseCommitHash(text);
  assert.ok(commit.ok);
  return commit.value;
}

function pushed(): { local: TestRepository; remote: TestRepository; commit: CommitHash } {
  const local = keep(aRepository());
  local.write("a.txt", "a");
  const commit = hash(local.commit("first"));
  const remote = keep(aRemote(local));
  local.git("push", "--quiet", "origin", "master");
  return { local, remote, commit };
}

test("a folder outside any repository is told as such", async () => {
  const { path: folder } = keep(aFolder());
  assert.deepEqual(await openRepository(folder, signal), {
    ok: false,
    error: { reason: "not-a-repository", folder },
  });
  const absent = join(folder, "absent");
  assert.deepEqual(await openRepository(absent, signal), {
    ok: false,
    error: { reason: "not-a-repository", folder: absent },
  });
});

test("a machine without git is told as such", async () => {
  const local = keep(aRepository());
  const path = process.env["PATH"];
  process.env["PATH"] = local.root;
  try {
    assert.deepEqual(await openRepository(local.root, signal), {
      ok: false,
      error: { reason: "git-absent" },
    });
  } finally {
    process.env["PATH"] = path;
  }
});

test("a repository that git refuses to read is not taken for no repository", async () => {
  const local = keep(aRepository());
  local.write(".git/config", "[broken");
  const opened = await openRepository(local.root, signal);
  assert.ok(!opened.ok);
  assert.equal(opened.error.reason, "git-failed");
});

test("the root is found from a folder below it", async () => {
  const local = keep(aRepository());
  local.write("deep/down/a.txt", "a");
  const opened = await openRepository(join(local.root, "deep/down"), signal);
  assert.ok(opened.ok);
  assert.equal(opened.value.root, local.root);
});

test("HEAD without a commit", async () => {
  const local = keep(aRepository());
  assert.deepEqual(await repositoryAt(local.root).head(signal), {
    ok: false,
    error: { reason: "no-commits" },
  });
});

test("HEAD on a branch, and HEAD detached", async () => {
  const { local, commit } = pushed();
  const repository = repositoryAt(local.root);
  assert.deepEqual(await repository.head(signal), {
    ok: true,
    value: { kind: "branch", branch: aBranch("master"), commit },
  });
  local.git("checkout", "--quiet", "--detach");
  assert.deepEqual(await repository.head(signal), { ok: true, value: { kind: "detached", commit } });
});

const hostile = [
  "x;$(touch${IFS}pwned)",
  "`touch${IFS}pwned`",
  "a&b|c",
  "a,b={c}",
  "v1.0",
  "1e6",
  "0012345",
  "null",
  "true",
  "\u202Egnp.exe\u200B",
  "🦊/ümlaut",
  "x'\"#!",
  `long/${"x".repeat(244)}`,
];

test("whatever its name is, a branch is data from HEAD to the remote's answer", async () => {
  const { local } = pushed();
  const repository = repositoryAt(local.root);
  for (const name of hostile) {
    local.git("update-ref", `refs/heads/${name}`, "HEAD");
    local.git("symbolic-ref", "HEAD", `refs/heads/${name}`);
    const branch = aBranch(name);
    const commit = hash(local.commit(name));
    assert.deepEqual(await repository.head(signal), { ok: true, value: { kind: "branch", branch, commit } });
    local.git("push", "--quiet", "origin", `refs/heads/${name}:refs/heads/${name}`);
    assert.deepEqual(await repository.remoteCommit(branch, signal), { ok: true, value: commit });
  }
  assert.ok(!existsSync(join(local.root, "pwned")));
});

test("a branch that begins with a dash is refused by its name", async () => {
  const { local } = pushed();
  local.git("update-ref", "refs/heads/-f", "HEAD");
  local.git("symbolic-ref", "HEAD", "refs/heads/-f");
  assert.deepEqual(await repositoryAt(local.root).head(signal), {
    ok: false,
    error: { reason: "bad-branch-name", text: "-f", detail: "leading-dash" },
  });
});

test("changed, new, removed and renamed files are counted, each once", async () => {
  const { local } = pushed();
  local.write("b.txt", "b");
  local.write("c.txt", "c");
  local.commit("second");
  local.write("a.txt", "changed");
  local.write("new with\nline end.txt", "new");
  local.git("rm", "--quiet", "c.txt");
  assert.deepEqual(await repositoryAt(local.root).uncommittedFiles(signal), { ok: true, value: 3 });
});

test("a look at the working tree runs nothing that the repository names", async () => {
  const { local } = pushed();
  local.git("config", "core.fsmonitor", "touch pwned; false");
  local.git("config", "core.hooksPath", ".");
  await repositoryAt(local.root).uncommittedFiles(signal);
  assert.ok(!existsSync(join(local.root, "pwned")));
});

test("the remote itself is asked, not what was last fetched from it", async () => {
  const { local, remote, commit } = pushed();
  const other = keep(aRepository());
  other.git("remote", "add", "origin", join(remote.root, ".git"));
  other.git("pull", "--quiet", "origin", "master");
  const moved = hash(other.commit("by somebody else"));
  other.git("push", "--quiet", "origin", "master");
  const repository = repositoryAt(local.root);
  assert.deepEqual(await repository.remoteCommit(aBranch("master"), signal), { ok: true, value: moved });
  assert.equal(await repository.isAncestor(moved, commit, signal), undefined);
});

test("a ref that only ends like the branch is not the branch", async () => {
  const { local } = pushed();
  local.git("push", "--quiet", "origin", "HEAD:refs/heads/x/refs/heads/task");
  assert.deepEqual(await repositoryAt(local.root).remoteCommit(aBranch("task"), signal), {
    ok: true,
    value: undefined,
  });
});

test("a repository without a remote, and a remote that does not answer", async () => {
  const local = keep(aRepository());
  local.commit("first");
  const repository = repositoryAt(local.root);
  const master = aBranch("master");
  assert.deepEqual(await repository.remoteCommit(master, signal), {
    ok: false,
    error: { reason: "no-remote" },
  });
  local.git("remote", "add", "upstream", "/nowhere/at/all");
  const answer = await repository.remoteCommit(master, signal);
  assert.ok(!answer.ok && answer.error.reason === "remote-unreachable");
  assert.equal(answer.error.remote, "upstream");
});

test("the branch's own remote wins over origin; among several without either, none is guessed", async () => {
  const { local, commit } = pushed();
  keep(aRemote(local, "fork"));
  const repository = repositoryAt(local.root);
  const master = aBranch("master");
  local.git("config", "branch.master.remote", "fork");
  assert.deepEqual(await repository.remoteCommit(master, signal), { ok: true, value: undefined });
  local.git("config", "--unset", "branch.master.remote");
  assert.deepEqual(await repository.remoteCommit(master, signal), { ok: true, value: commit });
  local.git("remote", "rename", "origin", "upstream");
  assert.deepEqual(await repository.remoteCommit(master, signal), {
    ok: false,
    error: { reason: "remote-unclear", remotes: ["fork", "upstream"] },
  });
});

test("distances and ancestry", async () => {
  const { local, commit } = pushed();
  local.git("checkout", "--quiet", "-b", "task");
  const task = hash(local.commit("task"));
  local.git("checkout", "--quiet", "master");
  local.commit("one");
  local.commit("two");
  local.git("push", "--quiet", "origin", "master");
  const repository = repositoryAt(local.root);
  assert.deepEqual(await repository.aheadBehind(task, aBranch("master"), signal), { ahead: 1, behind: 2 });
  assert.equal(await repository.aheadBehind(task, aBranch("absent"), signal), undefined);
  assert.deepEqual(
    await Promise.all([
      repository.isAncestor(commit, task, signal),
      repository.isAncestor(task, commit, signal),
      repository.isAncestor(aCommit("123"), task, signal),
    ]),
    [true, false, undefined],
  );
});

test("the person is git's, the mail in lower case; without a mail there is nobody", async () => {
  const local = keep(aRepository());
  const repository = repositoryAt(local.root);
  assert.deepEqual(await repository.person(signal), {
    ok: true,
    value: { name: "Ann Lee", mail: "ann@example.com" },
  });
  local.git("config", "user.email", "");
  assert.deepEqual(await repository.person(signal), { ok: false, error: { reason: "no-mail" } });
});

test("an abort is told as such", async () => {
  const { local } = pushed();
  const aborted = AbortSignal.abort();
  assert.deepEqual(await repositoryAt(local.root).head(aborted), { ok: false, error: { reason: "aborted" } });
});
