import type { CommitHash } from "../domain/branch.ts";
import type { CommitRange, RollbackEnd } from "../domain/rollback.ts";
import type { Clock } from "./ports.ts";
import { REVIEW_LIMIT_MS } from "./reviewRisks.ts";
import type { CommitHistory } from "./rollbackPorts.ts";
import { withinLimit } from "./withinLimit.ts";

/** Nobody reads more of them, and git stops there. */
const MOST_COMMITS = 100;

/** The commits of both ends, as far as they are known, and the team's patterns of migrations. */
export interface RangeEnds {
  readonly from: Pick<RollbackEnd, "commit">;
  readonly to: Pick<RollbackEnd, "commit">;
  readonly migrations: readonly string[];
}

interface RangeServices {
  commits(signal: AbortSignal): Promise<CommitHistory | undefined>;
}

/** The same for as long as a review is waited for. */
export const promptCommitRange = (
  services: RangeServices & { readonly clock: Clock },
  ends: RangeEnds,
  signal: AbortSignal,
): Promise<CommitRange> =>
  withinLimit<CommitRange>(
    services.clock,
    {
      limit: REVIEW_LIMIT_MS,
      run: (stop) => commitRange(services, ends, stop),
      otherwise: () => ({ kind: "unknown", why: "git-failed", detail: "" }),
    },
    signal,
  );

/** Which commits a rollback takes away and which it brings, as the clone knows them; git looks both ways. */
export async function commitRange(
  services: RangeServices,
  ends: RangeEnds,
  signal: AbortSignal,
): Promise<CommitRange> {
  const { from, to, migrations } = ends;
  if (from.commit === undefined) return { kind: "unknown", why: "from-unknown", detail: "" };
  if (to.commit === undefined) return { kind: "unknown", why: "to-unknown", detail: "" };
  if (from.commit === to.commit) return { kind: "same" };
  const history = await services.commits(signal);
  if (history === undefined) return { kind: "unknown", why: "git-failed", detail: "" };
  const atMost = MOST_COMMITS + 1;
  const [undone, returning] = await Promise.all([
    history.between({ commit: from.commit, without: to.commit, migrations, atMost }, signal),
    history.between({ commit: to.commit, without: from.commit, migrations, atMost }, signal),
  ]);
  if (undone === undefined || returning === undefined) {
    return { kind: "unknown", why: "not-in-clone", detail: `${to.commit}..${from.commit}` };
  }
  return {
    kind: "known",
    undone: undone.slice(0, MOST_COMMITS),
    returning: returning.slice(0, MOST_COMMITS),
    isCut: undone.length > MOST_COMMITS || returning.length > MOST_COMMITS,
  };
}

/**
 * The commits that went with it, as a hold keeps them; where nobody knows them all, the one that ran. None where both
 * ends have the same one: that still runs, and deploying it brings nothing back.
 */
export function takenAway(from: RangeEnds["from"], commits: CommitRange): readonly CommitHash[] {
  if (commits.kind === "same") return [];
  const known = commits.kind === "known" ? commits.undone.map(({ commit }) => commit) : [];
  return known.length === 0 && from.commit !== undefined ? [from.commit] : known;
}
