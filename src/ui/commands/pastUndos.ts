import type { PastUndoEnd } from "../../app/followUndo.ts";
import type { FollowSignals } from "../../app/followRun.ts";
import type { KeptUndos, PastUndo } from "../../app/keptUndo.ts";
import type { Clock, Log } from "../../app/ports.ts";
import type { UndoPhase, WrittenUndoEnd } from "../../app/undoOutcome.ts";
import { unreadableUndo } from "../messages/pastUndo.ts";
import { undoTitle } from "../messages/rolloutNotice.ts";
import type { TeamFolders } from "../model/teamFolders.ts";
import { showNotice } from "../notices.ts";
import type { HistoryPanels } from "../panel/historyPanels.ts";
import type { UndoOrder, UndoRuns } from "../panel/rolloutRuns.ts";
import { workInWindow } from "../panel/windowWork.ts";
import { lookForLeftBehind } from "./leftBehind.ts";

/** What following undos of windows that are gone works with. */
export interface PastUndoServices {
  readonly clock: Clock;
  readonly log: Log & { show(): void };
  readonly folders: Pick<TeamFolders, "isTrusted">;
  /** The undos of this window. */
  readonly undos: UndoRuns;
  readonly panels: Pick<HistoryPanels, "tellUndone" | "tellLeft">;
  readonly kept: Pick<KeptUndos, "adopt" | "told">;
  /** `followUndo` with its services already given to it; opens the cluster of the undo when it is called. */
  readonly follow: (
    past: PastUndo,
    onPhase: (phase: UndoPhase) => void,
    signals: FollowSignals,
  ) => Promise<PastUndoEnd | undefined>;
}

/** Follows undos whose window was closed, in their panels where those are open, and tells how they end. */
export function followPastUndos(services: PastUndoServices, closing: AbortSignal): Promise<void> {
  const look = async (): Promise<void> => {
    for (const found of await services.kept.adopt()) {
      if (found.kind === "undo") void followOne(services, found, closing);
      else void tellUnreadable(services);
    }
  };
  return lookForLeftBehind(services, look, closing);
}

async function followOne(services: PastUndoServices, past: PastUndo, closing: AbortSignal): Promise<void> {
  const { log, undos, panels, kept, follow } = services;
  const order = orderOf(past);
  const title = undoTitle(order);
  log.info(`${title}, begun in a window that is closed`);
  const end = await workInWindow(log, {
    runs: undos,
    order,
    title,
    work: (onPhase, stop) => follow(past, onPhase, { stop, left: closing }),
    toShow: (found) => (isWritten(found) ? found : undefined),
  });
  if (end === undefined) return;
  await kept.told(past.id);
  await (isWritten(end) ? panels.tellUndone(order, end) : panels.tellLeft(past.undo, end));
}

function isWritten(end: PastUndoEnd): end is WrittenUndoEnd {
  switch (end.kind) {
    case "proven":
    case "not-proven":
    case "nothing-runs":
    case "cancelled":
      return true;
    default:
      return false;
  }
}

async function tellUnreadable({ log }: PastUndoServices): Promise<void> {
  if ((await showNotice(unreadableUndo()))?.kind === "show-log") log.show();
}

const orderOf = ({ undo, startedAt }: PastUndo): UndoOrder => ({
  subject: undo.subject,
  from: undo.from,
  to: undo.to,
  fromUid: undo.fromUid,
  undone: undo.undone,
  startedAt,
  isFollowed: true,
});
