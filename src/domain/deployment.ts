import type { BranchName, CommitHash } from "./branch.ts";
import type { Person } from "./person.ts";

/** What a devdeploy knew when it was planned. The commit shown is the commit deployed. */
export interface DeployFacts {
  readonly branch: BranchName | undefined;
  readonly commit: CommitHash;
  readonly remoteCommit: CommitHash | undefined;
  /** Whether the remote's commit is in the history of ours; undefined where the clone does not have it. */
  readonly remoteIsAncestor: boolean | undefined;
  readonly uncommittedFiles: number;
  readonly behindDefault: number | undefined;
  readonly defaultBranch: BranchName;
  readonly person: Person;
}

export type DeployWarning =
  | { readonly kind: "uncommitted-files"; readonly count: number }
  | { readonly kind: "behind-default"; readonly count: number; readonly defaultBranch: BranchName };

export type Refusal =
  | { readonly reason: "detached-head"; readonly commit: CommitHash }
  | { readonly reason: "not-pushed"; readonly branch: BranchName; readonly commit: CommitHash }
  | {
      readonly reason: "unpushed-commits";
      readonly branch: BranchName;
      readonly commit: CommitHash;
      readonly remoteCommit: CommitHash;
    }
  | {
      readonly reason: "remote-moved";
      readonly branch: BranchName;
      readonly commit: CommitHash;
      readonly remoteCommit: CommitHash;
    };

export interface DeployPlan {
  readonly branch: BranchName;
  readonly commit: CommitHash;
  readonly warnings: readonly DeployWarning[];
}

export type Planned =
  | { readonly kind: "plan"; readonly plan: DeployPlan }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** All rules of what may be devdeployed, in one place. */
export function planDeploy(facts: DeployFacts): Planned {
  const { branch, commit, remoteCommit } = facts;
  const refused = (refusal: Refusal): Planned => ({ kind: "refused", refusal });
  if (branch === undefined) return refused({ reason: "detached-head", commit });
  if (remoteCommit === undefined) return refused({ reason: "not-pushed", branch, commit });
  if (remoteCommit !== commit) {
    return facts.remoteIsAncestor === true
      ? refused({ reason: "unpushed-commits", branch, commit, remoteCommit })
      : refused({ reason: "remote-moved", branch, commit, remoteCommit });
  }
  const warnings: DeployWarning[] = [];
  if (facts.uncommittedFiles > 0) warnings.push({ kind: "uncommitted-files", count: facts.uncommittedFiles });
  if (facts.behindDefault !== undefined && facts.behindDefault > 0 && branch !== facts.defaultBranch) {
    warnings.push({ kind: "behind-default", count: facts.behindDefault, defaultBranch: facts.defaultBranch });
  }
  return { kind: "plan", plan: { branch, commit, warnings } };
}
