import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Head, Repository, RepositoryError } from "../../app/ports.ts";
import { parseBranchName, type BranchName, type CommitHash } from "../../domain/branch.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { fetchCommit, knownBranches, remoteBranches } from "./branches.ts";
import { runGit } from "./command.ts";
import {
  exited,
  failed,
  HEADS,
  remoteCommit,
  remoteOf,
  resolve,
  type GitResult,
  type RunGit,
} from "./remote.ts";

/**
 * Finds the repository that a folder is in. Errors come from exit codes and from what is on the disk, never
 * from git's prose, which changes with its version and language.
 */
export async function openRepository(
  folder: string,
  signal: AbortSignal,
): Promise<Result<Repository, RepositoryError>> {
  const answer = exited(await runGit({ folder, args: ["rev-parse", "--show-toplevel"] }, signal), folder);
  if (!answer.ok) return answer;
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode === 0 && stdout !== "") return ok(repositoryAt(stdout.replace(/\r?\n$/u, "")));
  // With a `.git` in sight git had another reason to refuse, such as the folder's owner being somebody else.
  return fail(
    (await isBelowDotGit(folder))
      ? { reason: "git-failed", detail: stderr }
      : { reason: "not-a-repository", folder },
  );
}

async function isBelowDotGit(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const isThere = await access(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
    if (dirname(at) === at) return false;
  }
}

/** The repository with its working tree at `root`, by simple-git. */
export function repositoryAt(root: string): Repository {
  const git = async (args: readonly string[], signal: AbortSignal, timeoutMs?: number): Promise<GitResult> =>
    exited(
      await runGit({ folder: root, args, ...(timeoutMs === undefined ? {} : { timeoutMs }) }, signal),
      root,
    );
  return {
    root,
    head: (signal) => head(git, signal),
    uncommittedFiles: (signal) => uncommittedFiles(git, signal),
    remoteCommit: (branch, signal) => remoteCommit(git, branch, signal),
    aheadBehind: (commit, base, signal) => aheadBehind(git, { commit, base }, signal),
    isAncestor: (ancestor, commit, signal) => isAncestor(git, { ancestor, commit }, signal),
    person: (signal) => person(git, signal),
    localCommit: (branch, signal) => resolve(git, `${HEADS}${branch}`, signal),
    branches: (signal) => knownBranches(git, signal),
    remoteBranches: (signal) => remoteBranches(git, signal),
    fetchCommit: (branch, commit, signal) => fetchCommit(git, { branch, commit }, signal),
  };
}

async function head(git: RunGit, signal: AbortSignal): Promise<Result<Head, RepositoryError>> {
  const symbolic = await git(["symbolic-ref", "--quiet", "HEAD"], signal);
  if (!symbolic.ok) return symbolic;
  const ref = symbolic.value.stdout.trim();
  if (symbolic.value.exitCode > 1) return failed(symbolic.value);
  if (symbolic.value.exitCode === 1 || !ref.startsWith(HEADS)) {
    const commit = await resolve(git, "HEAD", signal);
    if (!commit.ok) return commit;
    return commit.value === undefined
      ? fail({ reason: "no-commits" })
      : ok({ kind: "detached", commit: commit.value });
  }
  const branch = parseBranchName(ref.slice(HEADS.length));
  if (!branch.ok) {
    return fail({ reason: "bad-branch-name", text: ref.slice(HEADS.length), detail: branch.error.reason });
  }
  const commit = await resolve(git, ref, signal);
  if (!commit.ok) return commit;
  // A branch that HEAD names and that does not exist is one without a first commit.
  return commit.value === undefined
    ? fail({ reason: "no-commits" })
    : ok({ kind: "branch", branch: branch.value, commit: commit.value });
}

async function uncommittedFiles(git: RunGit, signal: AbortSignal): Promise<Result<number, RepositoryError>> {
  const answer = await git(
    // Renames would take two entries; and a look into submodules would run git in each of them.
    [
      "status",
      "--porcelain=v1",
      "-z",
      "--untracked-files=normal",
      "--no-renames",
      "--ignore-submodules=dirty",
    ],
    signal,
  );
  if (!answer.ok) return answer;
  if (answer.value.exitCode !== 0) return failed(answer.value);
  return ok(answer.value.stdout.split("\0").length - 1);
}

async function aheadBehind(
  git: RunGit,
  { commit, base }: { readonly commit: CommitHash; readonly base: BranchName },
  signal: AbortSignal,
): Promise<{ readonly ahead: number; readonly behind: number } | undefined> {
  const remote = await remoteOf(git, base, signal);
  const refs = [...(remote.ok ? [`refs/remotes/${remote.value}/${base}`] : []), `${HEADS}${base}`];
  for (const ref of refs) {
    const found = await resolve(git, ref, signal);
    if (!found.ok) return undefined;
    if (found.value === undefined) continue;
    const range = `${commit}...${found.value}`;
    const counts = await git(["rev-list", "--left-right", "--count", "--end-of-options", range], signal);
    const match = counts.ok ? /^(?<ahead>\d+)\t(?<behind>\d+)/u.exec(counts.value.stdout)?.groups : undefined;
    return match === undefined
      ? undefined
      : { ahead: Number(match["ahead"]), behind: Number(match["behind"]) };
  }
  return undefined;
}

async function isAncestor(
  git: RunGit,
  { ancestor, commit }: { readonly ancestor: CommitHash; readonly commit: CommitHash },
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const answer = await git(["merge-base", "--is-ancestor", ancestor, commit], signal);
  if (!answer.ok || answer.value.exitCode > 1) return undefined;
  return answer.value.exitCode === 0;
}

async function person(
  git: RunGit,
  signal: AbortSignal,
): Promise<Result<{ readonly name: string; readonly mail: string }, RepositoryError>> {
  const mail = await git(["config", "--get", "user.email"], signal);
  if (!mail.ok) return mail;
  const address = mail.value.stdout.trim().toLowerCase();
  if (address === "") return fail({ reason: "no-mail" });
  const name = await git(["config", "--get", "user.name"], signal);
  if (!name.ok) return name;
  const said = name.value.stdout.trim();
  return ok({ mail: address, name: said === "" ? (address.split("@", 1)[0] ?? address) : said });
}
