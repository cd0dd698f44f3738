import type { Clock, Log } from "../../app/ports.ts";
import type { UndoOutcome, UndoReview } from "../../app/undoOutcome.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { UndoNotBegun } from "../messages/rolloutAlert.ts";
import { undoTitle } from "../messages/rolloutNotice.ts";
import type { Connection } from "../model/connection.ts";
import type { UndoRequest } from "../model/rolloutConnection.ts";
import type { AttachServices } from "./followed.ts";
import type { UndoOrder, UndoRuns } from "./rolloutRuns.ts";
import { workInWindow } from "./windowWork.ts";

/** What panels of workloads work with. */
export interface RolloutPanelServices extends AttachServices {
  readonly clock: Clock;
  readonly log: Log & { show(): void };
  readonly undos: UndoRuns;
  /** Of VS Code's display. */
  readonly language: string;
  /** Tells how an undo ended, unless the person sees it in its panel. */
  tellUndone(order: UndoOrder, outcome: UndoOutcome): void;
}

interface Confirmed {
  readonly connection: Pick<Connection, "rollouts">;
  readonly request: UndoRequest;
}

/**
 * Runs a confirmed undo to its end, whatever becomes of the panel meanwhile. Answers why it was not begun; undefined
 * where something was done, which the window's runs then hold.
 */
export async function runUndo(
  { undos, log, clock, tellUndone }: Pick<RolloutPanelServices, "undos" | "log" | "clock" | "tellUndone">,
  { connection, request }: Confirmed,
): Promise<UndoNotBegun | undefined> {
  const order = orderOf(request.review, clock.now());
  const title = undoTitle(order);
  log.info(title);
  const outcome = await workInWindow(log, {
    runs: undos,
    order,
    title,
    work: (onPhase, signal) => connection.rollouts.undo(request, onPhase, signal),
    toShow: (end) => (whyNotUndone(end) === undefined ? end : undefined),
  });
  if (outcome === undefined) return undefined;
  tellUndone(order, outcome);
  return whyNotUndone(outcome);
}

/** Where nothing at all was done, the review can stand there again; what was cancelled before the write among it. */
export function whyNotUndone(outcome: UndoOutcome): UndoNotBegun | undefined {
  switch (outcome.kind) {
    case "same-template":
    case "stale":
    case "paused":
    case "busy":
    case "no-lease":
    case "wrong-name":
    case "not-written":
    case "unread":
      return outcome;
    case "cancelled":
      return outcome.truth.kind === "nothing-done" ? { kind: "cancelled" } : undefined;
    case "proven":
    case "not-proven":
    case "nothing-runs":
      return undefined;
  }
}

function orderOf(review: UndoReview, startedAt: EpochMs): UndoOrder {
  const { subject, from, to, fromRevision, commits } = review;
  return {
    subject,
    from,
    to,
    fromUid: fromRevision?.object.uid,
    undone: commits.kind === "known" ? commits.undone : [],
    startedAt,
  };
}
