import * as vscode from "vscode";
import type { FollowSignals } from "../../app/followRun.ts";
import type { PastRollback, PastRuns } from "../../app/pastRuns.ts";
import type { RollbackOutcome, RollbackPhase } from "../../app/rollbackOutcome.ts";
import { rollbackTitle } from "../messages/rollbackNotice.ts";
import type { RunOrder } from "../panel/rollbackRuns.ts";
import { logItems } from "../panel/runRollback.ts";
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
  const handle = runs.begin(order);
  const outcome = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    following.followRollback(
      run,
      (phase) => {
        handle.phase(phase);
      },
      { stop: handle.signal, left: closing },
    ),
  );
  if (outcome === undefined) {
    handle.left();
    return;
  }
  log.info(`${title}: ${outcome.kind}`);
  logItems(log, outcome);
  handle.ended(outcome);
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
