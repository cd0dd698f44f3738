import type { RepositoryError } from "../../app/ports.ts";
import {
  parseBranchName,
  parseCommitHash,
  type BranchName,
  type CommitHash,
  type KnownBranch,
} from "../../domain/branch.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS } from "../../domain/time.ts";
import { failed, HEADS, REMOTE_TIMEOUT_MS, remoteOf, sharedRemote, type RunGit } from "./remote.ts";

/** A first fetch of a long branch takes longer than a question. */
const FETCH_TIMEOUT_MS = 120_000;

// None of these can hold a line break or a NUL: git folds both in names and subjects.
const FIELDS = ["refname", "symref", "objectname", "committerdate:unix", "authorname", "contents:subject"];
const FORMAT = FIELDS.map((field) => `%(${field})`).join("%00");

/** The branches of the clone and of its shared remote, each once, newest first; without such a remote its own alone. */
export async function knownBranches(
  git: RunGit,
  signal: AbortSignal,
): Promise<Result<readonly KnownBranch[], RepositoryError>> {
  const remote = await sharedRemote(git, signal);
  if (!remote.ok && !isWithoutShared(remote.error)) return remote;
  const prefix = remote.ok ? `refs/remotes/${remote.value}/` : undefined;
  const answer = await git(
    [
      "for-each-ref",
      "--sort=-committerdate",
      `--format=${FORMAT}`,
      "refs/heads",
      ...(prefix === undefined ? [] : [prefix.slice(0, -1)]),
    ],
    signal,
  );
  if (!answer.ok) return answer;
  if (answer.value.exitCode !== 0) return failed(answer.value);
  const found = new Map<BranchName, KnownBranch>();
  for (const line of answer.value.stdout.split("\n")) {
    const branch = parseLine(line, prefix);
    // The remote's commit is the one that would be deployed.
    if (branch !== undefined && (branch.isOnRemote || !found.has(branch.branch)))
      found.set(branch.branch, branch);
  }
  return ok([...found.values()].sort((a, b) => b.committedAt - a.committedAt));
}

const isWithoutShared = ({ reason }: RepositoryError): boolean =>
  reason === "no-remote" || reason === "remote-unclear";

/** Undefined for what is no branch that could be deployed: `origin/HEAD`, a name that reads as a flag. */
function parseLine(line: string, remotePrefix: string | undefined): KnownBranch | undefined {
  const [ref = "", symref = "", hash = "", seconds = "", author = "", subject = ""] = line.split("\0");
  if (symref !== "") return undefined;
  const isOnRemote = remotePrefix !== undefined && ref.startsWith(remotePrefix);
  if (!isOnRemote && !ref.startsWith(HEADS)) return undefined;
  const name = parseBranchName(ref.slice(isOnRemote ? remotePrefix.length : HEADS.length));
  const commit = parseCommitHash(hash);
  if (!name.ok || !commit.ok) return undefined;
  return {
    branch: name.value,
    commit: commit.value,
    subject,
    author,
    committedAt: Number(seconds) * SECOND_MS,
    isOnRemote,
  };
}

/** All branches that the shared remote has at this moment. */
export async function remoteBranches(
  git: RunGit,
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<BranchName, CommitHash>, RepositoryError>> {
  const remote = await sharedRemote(git, signal);
  if (!remote.ok) return remote;
  const args = ["ls-remote", "--refs", "--heads", "--", remote.value];
  const answer = await git(args, signal, REMOTE_TIMEOUT_MS);
  const unreachable = (detail: string): Result<never, RepositoryError> =>
    fail({ reason: "remote-unreachable", remote: remote.value, detail });
  if (!answer.ok) return answer.error.reason === "git-failed" ? unreachable(answer.error.detail) : answer;
  if (answer.value.exitCode !== 0) return unreachable(answer.value.stderr);
  const found = new Map<BranchName, CommitHash>();
  for (const line of answer.value.stdout.split("\n")) {
    const [hash = "", ref = ""] = line.split("\t");
    const name = parseBranchName(ref.slice(HEADS.length));
    const commit = parseCommitHash(hash);
    if (ref.startsWith(HEADS) && name.ok && commit.ok) found.set(name.value, commit.value);
  }
  return ok(found);
}

/** Fetches that one branch and nothing else: no tags, no submodules, and no maintenance behind the person's back. */
export async function fetchCommit(
  git: RunGit,
  { branch, commit }: { readonly branch: BranchName; readonly commit: CommitHash },
  signal: AbortSignal,
): Promise<Result<undefined, RepositoryError>> {
  const before = await hasCommit(git, commit, signal);
  if (!before.ok) return before;
  if (before.value) return ok(undefined);
  const remote = await remoteOf(git, branch, signal);
  if (!remote.ok) return remote;
  const answer = await git(
    [
      "fetch",
      ...["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"],
      ...["--no-auto-maintenance", "--force"],
      ...["--", remote.value, `${HEADS}${branch}:refs/remotes/${remote.value}/${branch}`],
    ],
    signal,
    FETCH_TIMEOUT_MS,
  );
  const unreachable = (detail: string): Result<never, RepositoryError> =>
    fail({ reason: "remote-unreachable", remote: remote.value, detail });
  if (!answer.ok) return answer.error.reason === "git-failed" ? unreachable(answer.error.detail) : answer;
  if (answer.value.exitCode !== 0) return unreachable(answer.value.stderr);
  const after = await hasCommit(git, commit, signal);
  if (!after.ok) return after;
  return after.value
    ? ok(undefined)
    : fail({ reason: "git-failed", detail: `commit ${commit} did not come with its branch` });
}

async function hasCommit(
  git: RunGit,
  commit: CommitHash,
  signal: AbortSignal,
): Promise<Result<boolean, RepositoryError>> {
  const answer = await git(["cat-file", "-e", `${commit}^{commit}`], signal);
  return answer.ok ? ok(answer.value.exitCode === 0) : answer;
}
