import type { CommitRange, RollbackEnd } from "../domain/rollback.ts";
import type { CommitHistory } from "./rollbackPorts.ts";

/** Nobody reads more of them, and git stops there. */
const MOST_COMMITS = 100;

/** Which commits a rollback takes away and which it brings, as the clone knows them; git looks both ways. */
export async function commitRange(
  services: { commits(signal: AbortSignal): Promise<CommitHistory | undefined> },
  ends: { readonly from: RollbackEnd; readonly to: RollbackEnd; readonly migrations: readonly string[] },
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
