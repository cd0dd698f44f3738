import type { BranchName, CommitHash } from "./branch.ts";
import type { LockState } from "./lock.ts";
import type { ReleaseStatus } from "./release.ts";
import { MINUTE_MS, type DurationMs, type EpochMs } from "./time.ts";

/** What became of a branch that is on a machine; where that is not known, nothing is said. */
export type BranchFate = "merged" | "deleted" | "alive";

/** A branch as a lock names it: merged means that this very commit is in the default branch. */
export interface DeployedBranch {
  readonly branch: BranchName;
  readonly commit: CommitHash;
}

/** Something about a machine that somebody ought to look into. */
export type Flag =
  | { readonly kind: "merged" | "deleted"; readonly branch: BranchName }
  /** helm's newest revision is of another commit than the one that the lock was taken for. */
  | { readonly kind: "other-commit"; readonly expected: CommitHash; readonly running: CommitHash }
  | { readonly kind: "unreadable" };

export interface FlagFacts {
  readonly state: LockState;
  /** Somebody's deploy is under way. */
  readonly isBusy: boolean;
  readonly fate: BranchFate | undefined;
  /** The newest revision on the machine, where it is known. */
  readonly release: { readonly status: ReleaseStatus; readonly commit?: CommitHash } | undefined;
  /** By the clock that the lock counts with. */
  readonly now: EpochMs;
}

/** A lock is claimed before helm begins, and what helm recorded comes by another watch. */
const SETTLES_MS: DurationMs = MINUTE_MS;

/** What is amiss with a machine; what is not known for sure is never amiss. */
export function flagsOf({ state, isBusy, fate, release, now }: FlagFacts): readonly Flag[] {
  if (state.kind === "unreadable") return [{ kind: "unreadable" }];
  if (state.kind !== "held") return [];
  const { branch, commit, renewedAt } = state.hold;
  const flags: Flag[] = [];
  if (branch !== undefined && (fate === "merged" || fate === "deleted")) flags.push({ kind: fate, branch });
  const running = release?.status === "deployed" ? release.commit : undefined;
  const isSettled = !isBusy && now - renewedAt >= SETTLES_MS;
  if (commit !== undefined && running !== undefined && running !== commit && isSettled) {
    flags.push({ kind: "other-commit", expected: commit, running });
  }
  return flags;
}

/** The branches that machines are locked for, each once with its commit. */
export function deployedBranches(states: readonly LockState[]): readonly DeployedBranch[] {
  const found = new Map<string, DeployedBranch>();
  for (const state of states) {
    if (state.kind !== "held") continue;
    const { branch, commit } = state.hold;
    if (branch !== undefined && commit !== undefined) {
      found.set(`${branch}\n${commit}`, { branch, commit });
    }
  }
  return [...found.values()];
}
