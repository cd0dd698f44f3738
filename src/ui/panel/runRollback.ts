import type { Clock, Log } from "../../app/ports.ts";
import type { RollbackOutcome, RollbackReview } from "../../app/rollbackOutcome.ts";
import type { NotBegun } from "../messages/rollbackAlert.ts";
import { rollbackTitle } from "../messages/rollbackNotice.ts";
import type { Connection } from "../model/connection.ts";
import type { RollBackRequest } from "../model/rollbackConnection.ts";
import type { TeamFolders } from "../model/teamFolders.ts";
import type { RollbackRuns, RunOrder } from "./rollbackRuns.ts";
import { workInWindow } from "./windowWork.ts";

/** What panels work with. Built once in extension.ts. */
export interface PanelServices {
  readonly clock: Clock;
  readonly log: Log & { show(): void };
  readonly folders: TeamFolders;
  readonly foldersRead: Promise<void>;
  readonly runs: RollbackRuns;
  /** Of VS Code's display. */
  readonly language: string;
  /** Tells how a rollback ended, unless the person sees it in its panel. */
  tellEnd(order: RunOrder, outcome: RollbackOutcome): void;
}

interface Confirmed {
  readonly connection: Connection;
  readonly request: RollBackRequest;
}

/**
 * Runs a confirmed rollback to its end, whatever becomes of the panel meanwhile. Answers why it was not begun;
 * undefined where something was done, which the window's runs then hold.
 */
export async function runRollback(
  services: PanelServices,
  { connection, request }: Confirmed,
): Promise<NotBegun | undefined> {
  const { runs, log, clock } = services;
  const order = orderOf(request.review, clock.now());
  const title = rollbackTitle(order);
  log.info(title);
  const outcome = await workInWindow(log, {
    runs,
    order,
    title,
    work: (onPhase, signal) => connection.rollback.rollBack(request, onPhase, signal),
    toShow: (end) => (whyNotBegun(end) === undefined ? end : undefined),
  });
  if (outcome === undefined) return undefined;
  services.tellEnd(order, outcome);
  return whyNotBegun(outcome);
}

/** Where nothing at all was done, the review can stand there again; what was cancelled before helm began among it. */
export function whyNotBegun(outcome: RollbackOutcome): NotBegun | undefined {
  switch (outcome.kind) {
    case "stale":
    case "busy":
    case "no-lease":
    case "wrong-name":
    case "tool":
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

function orderOf({ subject, from, to, seen, commits }: RollbackReview, startedAt: number): RunOrder {
  return {
    subject: subject.name,
    release: subject.release,
    from,
    to,
    revision: seen.newest + 1,
    undone: commits.kind === "known" ? commits.undone : [],
    startedAt,
    isFollowed: false,
  };
}
