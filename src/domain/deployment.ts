import type { BranchName, CommitHash } from "./branch.ts";
import type { Driver } from "./config.ts";
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
  /** The machine that the person holds in the pool, and the branch that is on it. */
  readonly own?: { readonly machine: string; readonly branch: BranchName };
}

export type DeployWarning =
  | { readonly kind: "uncommitted-files"; readonly count: number }
  | { readonly kind: "behind-default"; readonly count: number; readonly defaultBranch: BranchName }
  /** The person's own machine runs another branch of theirs, which this devdeploy replaces. */
  | { readonly kind: "replaces-branch"; readonly machine: string; readonly branch: BranchName };

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
    }
  /** The remote's commit changed between the plan and helm; both are shown. */
  | {
      readonly reason: "moved-meanwhile";
      readonly branch: BranchName;
      readonly commit: CommitHash;
      readonly remoteCommit: CommitHash | undefined;
    }
  | { readonly reason: "driver-not-available"; readonly driver: Driver["kind"]; readonly machine: string }
  | { readonly reason: "bad-release-name"; readonly release: string; readonly machine: string };

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
  if (facts.own !== undefined && facts.own.branch !== branch) {
    warnings.push({ kind: "replaces-branch", machine: facts.own.machine, branch: facts.own.branch });
  }
  return { kind: "plan", plan: { branch, commit, warnings } };
}
