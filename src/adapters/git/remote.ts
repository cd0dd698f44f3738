import type { RepositoryError } from "../../app/ports.ts";
import { parseCommitHash, type BranchName, type CommitHash } from "../../domain/branch.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { GitAnswer } from "./command.ts";

/** A remote may be far away, and ssh may take its time. */
export const REMOTE_TIMEOUT_MS = 30_000;

export const HEADS = "refs/heads/";

type Exited = GitAnswer & { readonly kind: "exited" };
export type GitResult = Result<Exited, RepositoryError>;

/** git in the root of one repository. */
export type RunGit = (args: readonly string[], signal: AbortSignal, timeoutMs?: number) => Promise<GitResult>;

/** An answer of git, or why it could not give one. */
export function exited(answer: GitAnswer, folder: string): GitResult {
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

/** What git did not do, in its own words. */
export const failed = ({ exitCode, stderr }: Exited): Result<never, RepositoryError> =>
  fail({ reason: "git-failed", detail: stderr === "" ? `git exited with ${exitCode}` : stderr });

/** The full hash of a ref's commit; undefined where there is none. */
export async function resolve(
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

/** The remote's own answer; undefined where it has no such branch. */
export async function remoteCommit(
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

/** The branch's configured remote, else the shared one. */
export async function remoteOf(
  git: RunGit,
  branch: BranchName,
  signal: AbortSignal,
): Promise<Result<string, RepositoryError>> {
  const [all, configured] = await Promise.all([
    remotes(git, signal),
    git(["config", "--get", `branch.${branch}.remote`], signal),
  ]);
  if (!all.ok) return all;
  if (!configured.ok) return configured;
  const wanted = configured.value.exitCode === 0 ? configured.value.stdout.trim() : "";
  // A configured remote that is no name is a URL, or "." for a branch that follows a local one.
  return all.value.includes(wanted) ? ok(wanted) : sharedAmong(git, all.value, signal);
}

/** Where the team's branches are: origin, else the only remote there is, else the only one that branches follow. */
export async function sharedRemote(
  git: RunGit,
  signal: AbortSignal,
): Promise<Result<string, RepositoryError>> {
  const all = await remotes(git, signal);
  return all.ok ? sharedAmong(git, all.value, signal) : all;
}

async function sharedAmong(
  git: RunGit,
  all: readonly string[],
  signal: AbortSignal,
): Promise<Result<string, RepositoryError>> {
  if (all.includes("origin")) return ok("origin");
  const [sole, ...more] = all;
  if (sole === undefined) return fail({ reason: "no-remote" });
  if (more.length === 0) return ok(sole);
  const answer = await git(["config", "-z", "--get-regexp", String.raw`^branch\..*\.remote$`], signal);
  if (!answer.ok) return answer;
  const followed = answer.value.stdout.split("\0").map((entry) => entry.slice(entry.indexOf("\n") + 1));
  const [only, ...others] = all.filter((name) => followed.includes(name));
  return only === undefined || others.length > 0
    ? fail({ reason: "remote-unclear", remotes: all })
    : ok(only);
}

async function remotes(
  git: RunGit,
  signal: AbortSignal,
): Promise<Result<readonly string[], RepositoryError>> {
  const answer = await git(["remote"], signal);
  if (!answer.ok) return answer;
  if (answer.value.exitCode !== 0) return failed(answer.value);
  return ok(answer.value.stdout.split("\n").filter((name) => name !== ""));
}
