import type { CommitMatch, RepositoryLinks } from "../domain/commitMatch.ts";
import type { EnvironmentHold } from "../domain/hold.ts";
import type { OperationRecord } from "../domain/operation.ts";
import type { CommitLookup } from "./commitLookup.ts";
import type { HistoryLeases } from "./historyLeases.ts";

/** What a history shows beside its revisions, be they a release's or a workload's. */
export interface HistoryFacts {
  /** Who works at it by the operation Lease; absent where nobody does, and where that is not known. */
  readonly operation?: OperationRecord;
  readonly hold?: EnvironmentHold;
  readonly links?: RepositoryLinks;
  /** Commits of its revisions that the clone has not got; a fetch may bring them. */
  readonly missingCommits: readonly string[];
}

/** Facts of the Leases, where there are any, and of the clone about what its revisions are of. */
export function historyFacts(
  leases: Pick<HistoryLeases, "operation" | "hold"> | undefined,
  commits: Pick<CommitLookup, "links" | "missing">,
  matches: readonly CommitMatch[],
): HistoryFacts {
  const { operation, hold } = leases ?? {};
  const { links } = commits;
  return {
    ...(operation === undefined ? {} : { operation }),
    ...(hold === undefined ? {} : { hold }),
    ...(links === undefined ? {} : { links }),
    missingCommits: commits.missing(matches),
  };
}
