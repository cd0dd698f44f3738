import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Head, Repository, RepositoryError } from "../../app/ports.ts";
import { parseBranchName, parseCommitHash, type BranchName, type CommitHash } from "../../domain/branch.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { runGit, type GitAnswer } from "./command.ts";

/** A remote may be far away, and ssh may take its time. */
const REMOTE_TIMEOUT_MS = 30_000;

type Exited = GitAnswer & { readonly kind: "exited" };

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
  const git = async (args: readonly string[], signal: AbortSignal, timeoutMs?: number): Promise<Git> =>
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
  };
}

type Git = Result<Exited, RepositoryError>;
type RunGit = (args: readonly string[], signal: AbortSignal, timeoutMs?: number) => Promise<Git>;

function exited(answer: GitAnswer, folder: string): Git {
  switch (answer.kind) {
    case "exited":
      return ok(answer);
    case "absent":
      return fail({ reason: "git-absent" });
    case "folder-absent":
      return fail({ reason: "not-a-repository", folder });
    case "timeout":
      return fail({ reason: "git-failed", detail: `no output for ${answer.afterMs / 1000} s` });
    case "aborted":
      return fail({ reason: "aborted" });
  }
}

const failed = ({ exitCode, stderr }: Exited): Result<never, RepositoryError> =>
  fail({ reason: "git-failed", detail: stderr === "" ? `git exited with ${exitCode}` : stderr });

const HEADS = "refs/heads/";

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

/** The full hash of a ref's commit; undefined where there is none. */
async function resolve(
  git: RunGit,
  ref: string,
  signal: AbortSignal,
): Promise<Result<CommitHash | undefined, RepositoryError>> {
  const answer = await git(
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`],
    signal,
  );
  if (!answer.ok) return answer;
  if (answer.value.exitCode === 1) return ok(undefined);
  const commit = parseCommitHash(answer.value.stdout.trim());
  return commit.ok ? commit : failed(answer.value);
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

async function remoteCommit(
  git: RunGit,
  branch: BranchName,
  signal: AbortSignal,
): Promise<Result<CommitHash | undefined, RepositoryError>> {
  const remote = await remoteOf(git, branch, signal);
  if (!remote.ok) return remote;
  const ref = `${HEADS}${branch}`;
  const answer = await git(["ls-remote", "--refs", "--", remote.value, ref], signal, REMOTE_TIMEOUT_MS);
  if (!answer.ok) {
    return answer.error.reason === "git-failed"
      ? fail({ reason: "remote-unreachable", remote: remote.value, detail: answer.error.detail })
      : answer;
  }
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode !== 0) return fail({ reason: "remote-unreachable", remote: remote.value, detail: stderr });
  // The pattern also matches refs that only end with it, such as refs/heads/x/refs/heads/main.
  const line = stdout.split("\n").find((text) => text.slice(text.indexOf("\t") + 1) === ref);
  if (line === undefined) return ok(undefined);
  const commit = parseCommitHash(line.slice(0, line.indexOf("\t")));
  return commit.ok ? commit : failed(answer.value);
}

/** The branch's configured remote, else origin, else the only one. */
async function remoteOf(
  git: RunGit,
  branch: BranchName,
  signal: AbortSignal,
): Promise<Result<string, RepositoryError>> {
  const [all, configured] = await Promise.all([
    git(["remote"], signal),
    git(["config", "--get", `branch.${branch}.remote`], signal),
  ]);
  if (!all.ok) return all;
  if (all.value.exitCode !== 0) return failed(all.value);
  const remotes = all.value.stdout.split("\n").filter((name) => name !== "");
  if (!configured.ok) return configured;
  const wanted = configured.value.exitCode === 0 ? configured.value.stdout.trim() : "origin";
  const [only, ...others] = remotes;
  // A configured remote that is no name is a URL, or "." for a branch that follows a local one.
  const remote = remotes.includes(wanted) ? wanted : remotes.includes("origin") ? "origin" : only;
  const isChosen = remote === wanted || remote === "origin" || others.length === 0;
  return remote === undefined || !isChosen ? fail({ reason: "no-remote" }) : ok(remote);
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
