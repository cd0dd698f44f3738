import type { FollowSignals } from "../../app/followRun.ts";
import type { PastRollback, PastRuns } from "../../app/pastRuns.ts";
import type { RollbackOutcome, RollbackPhase } from "../../app/rollbackOutcome.ts";
import { rollbackTitle } from "../messages/rollbackNotice.ts";
import type { RunOrder } from "../panel/rollbackRuns.ts";
import { workInWindow } from "../panel/windowWork.ts";
import type { CommandServices } from "./services.ts";

/** `followRollback` with its services already given to it; opens the cluster of the run when it is called. */
export type FollowRollback = (
  run: PastRollback,
  onPhase: (phase: RollbackPhase) => void,
  signals: FollowSignals,
) => Promise<RollbackOutcome | undefined>;

/** Follows a rollback whose window is gone, in its panel where that is open, and tells how it ended. */
export async function tellPastRollback(
  { log, panels, runs }: CommandServices,
  following: { readonly pastRuns: PastRuns; readonly followRollback: FollowRollback },
  run: PastRollback,
  closing: AbortSignal,
): Promise<void> {
  const order = orderOf(run);
  const title = rollbackTitle(order);
  log.info(`${title}, begun in a window that is closed`);
  const outcome = await workInWindow(log, {
    runs,
    order,
    title,
    work: (onPhase, stop) => following.followRollback(run, onPhase, { stop, left: closing }),
    toShow: (end) => end,
  });
  if (outcome === undefined) return;
  // One that goes on unwatched is the next window's to tell.
  const isOver = outcome.kind !== "cancelled" || outcome.truth.kind !== "goes-on";
  if (isOver) await following.pastRuns.seen(run.id);
  await panels.tellEnd(order, outcome);
}

const orderOf = ({ order, startedAt }: PastRollback): RunOrder => ({
  subject: order.subject,
  release: order.release,
  from: order.from,
  to: order.to,
  revision: order.revision,
  undone: (order.hold?.undone ?? []).map((commit) => ({ commit })),
  startedAt,
  isFollowed: true,
});
