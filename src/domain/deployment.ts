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
  /** Commits that only the clone has, of a branch that was chosen and so is deployed as the remote has it. */
  readonly leftOutCommits?: number;
  /** The branch that this devdeploy replaces: on the person's own machine, or on the one that they chose. */
  readonly own?: {
    readonly machine: string;
    readonly branch: BranchName;
    /** Whether the default branch of the remote has its commit; undefined where that is not known. */
    readonly isMerged: boolean | undefined;
  };
  /** Commits of this branch that a rollback took away, by the holds that say so. */
  readonly rolledBack?: readonly RolledBack[];
  /** The machine that the person insists on; `also` is another one of the pool that they hold already. */
  readonly particular?: { readonly machine: string; readonly also?: string };
}

/** Commits that were rolled back somewhere, newest first. */
export interface RolledBack {
  readonly environment: string;
  readonly commits: readonly string[];
}

export type DeployWarning =
  /** They would come straight back. */
  | ({ readonly kind: "rolled-back-commits" } & RolledBack)
  | { readonly kind: "uncommitted-files"; readonly count: number }
  | { readonly kind: "behind-default"; readonly count: number; readonly defaultBranch: BranchName }
  | { readonly kind: "left-out-commits"; readonly count: number; readonly branch: BranchName }
  /** The person's own machine runs another unmerged branch of theirs, which this devdeploy replaces. */
  | { readonly kind: "replaces-branch"; readonly machine: string; readonly branch: BranchName }
  /** To need one machine among several that are alike is a sign that something is amiss. */
  | { readonly kind: "particular-machine"; readonly machine: string }
  | { readonly kind: "second-machine"; readonly machine: string; readonly also: string };

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
  /** The same of a branch that was chosen: there is nothing to pull. */
  | {
      readonly reason: "chosen-moved";
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
  return { kind: "plan", plan: { branch, commit, warnings: warningsOf(facts, branch) } };
}

function warningsOf(facts: DeployFacts, branch: BranchName): readonly DeployWarning[] {
  const { own, particular, behindDefault = 0, leftOutCommits = 0, defaultBranch } = facts;
  const warnings: DeployWarning[] = (facts.rolledBack ?? []).map((rolledBack) => ({
    kind: "rolled-back-commits",
    ...rolledBack,
  }));
  if (facts.uncommittedFiles > 0) warnings.push({ kind: "uncommitted-files", count: facts.uncommittedFiles });
  if (leftOutCommits > 0) warnings.push({ kind: "left-out-commits", count: leftOutCommits, branch });
  if (behindDefault > 0 && branch !== defaultBranch) {
    warnings.push({ kind: "behind-default", count: behindDefault, defaultBranch });
  }
  // What nobody could say counts as unmerged: it is the work of hours that may be replaced.
  if (own !== undefined && own.branch !== branch && own.isMerged !== true) {
    warnings.push({ kind: "replaces-branch", machine: own.machine, branch: own.branch });
  }
  if (particular !== undefined) {
    const { machine, also } = particular;
    warnings.push({ kind: "particular-machine", machine });
    if (also !== undefined) warnings.push({ kind: "second-machine", machine, also });
  }
  return warnings;
}
