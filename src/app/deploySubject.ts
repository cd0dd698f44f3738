import type { BranchName, CommitHash } from "../domain/branch.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import type { DeployOrderedBranch } from "./deployBranch.ts";
import type { RepositoryError } from "./ports.ts";

/** What is to be deployed, by git and by the remote's own answer. */
export interface DeploySubject {
  readonly branch: BranchName | undefined;
  readonly commit: CommitHash;
  readonly remoteCommit: CommitHash | undefined;
  /** Whether the remote's commit is in the history of ours; undefined where that was not asked or is not known. */
  readonly remoteIsAncestor: boolean | undefined;
  /** Commits of the clone that the remote has not, and that will not be deployed. */
  readonly leftOutCommits: number;
  readonly isCheckedOut: boolean;
}

/** The branch that HEAD is at, as it is here; or the one that was chosen, as the remote has it. */
export async function subjectOf(
  order: DeployOrderedBranch,
  signal: AbortSignal,
): Promise<Result<DeploySubject, RepositoryError>> {
  return order.branch === undefined
    ? checkedOut(order, signal)
    : chosen({ ...order, branch: order.branch }, signal);
}

async function checkedOut(
  { repository }: DeployOrderedBranch,
  signal: AbortSignal,
): Promise<Result<DeploySubject, RepositoryError>> {
  const head = await repository.head(signal);
  if (!head.ok) return head;
  const { commit } = head.value;
  const branch = head.value.kind === "branch" ? head.value.branch : undefined;
  const remote = branch === undefined ? ok(undefined) : await repository.remoteCommit(branch, signal);
  if (!remote.ok) return remote;
  const isAsked = remote.value !== undefined && remote.value !== commit;
  return ok({
    branch,
    commit,
    remoteCommit: remote.value,
    remoteIsAncestor: isAsked ? await repository.isAncestor(remote.value, commit, signal) : undefined,
    leftOutCommits: 0,
    isCheckedOut: true,
  });
}

async function chosen(
  { repository, branch }: DeployOrderedBranch & { readonly branch: BranchName },
  signal: AbortSignal,
): Promise<Result<DeploySubject, RepositoryError>> {
  const [remote, local, head] = await Promise.all([
    repository.remoteCommit(branch, signal),
    repository.localCommit(branch, signal),
    repository.head(signal),
  ]);
  if (!remote.ok) return remote;
  if (!local.ok) return local;
  const commit = remote.value ?? local.value;
  if (commit === undefined) return fail({ reason: "branch-absent", branch });
  const subject: DeploySubject = {
    branch,
    commit,
    remoteCommit: remote.value,
    remoteIsAncestor: undefined,
    leftOutCommits: 0,
    isCheckedOut: head.ok && head.value.kind === "branch" && head.value.branch === branch,
  };
  if (remote.value === undefined) return ok(subject);
  // The chart is read from the clone, so the commit has to be in it.
  const fetched = await repository.fetchCommit(branch, remote.value, signal);
  if (!fetched.ok) return fetched;
  if (local.value === undefined || local.value === remote.value) return ok(subject);
  const distance = await repository.aheadBehind(local.value, branch, signal);
  return ok({ ...subject, leftOutCommits: distance?.ahead ?? 0 });
}

/** Whether the default branch has this commit, by the remote's own answer; undefined where nobody can say. */
export async function isInDefaultBranch(
  { repository, config }: DeployOrderedBranch,
  commit: CommitHash,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const { defaultBranch } = config;
  const remote = await repository.remoteCommit(defaultBranch, signal);
  const isIn =
    remote.ok && remote.value !== undefined
      ? await repository.isAncestor(commit, remote.value, signal)
      : undefined;
  if (isIn !== undefined) return isIn;
  // The clone may lag behind the remote; what was merged when it was last fetched is merged still.
  const distance = await repository.aheadBehind(commit, defaultBranch, signal);
  return distance?.ahead === 0 ? true : undefined;
}
