import * as vscode from "vscode";
import type { Clock, Log } from "../../app/ports.ts";
import type { RollbackOutcome, RollbackReview } from "../../app/rollbackOutcome.ts";
import { commandFailed } from "../messages/command.ts";
import type { NotBegun } from "../messages/rollbackAlert.ts";
import { rollbackTitle } from "../messages/rollbackNotice.ts";
import type { Connection } from "../model/connection.ts";
import type { RollBackRequest } from "../model/rollbackConnection.ts";
import type { TeamFolders } from "../model/teamFolders.ts";
import { showNotice } from "../notices.ts";
import type { RollbackRuns, RunOrder } from "./rollbackRuns.ts";

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
  const handle = runs.begin(order);
  try {
    const outcome = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title },
      () =>
        connection.rollback.rollBack(
          request,
          (phase) => {
            handle.phase(phase);
          },
          handle.signal,
        ),
    );
    log.info(`${title}: ${outcome.kind}`);
    logItems(log, outcome);
    const notBegun = whyNotBegun(outcome);
    if (notBegun === undefined) handle.ended(outcome);
    else handle.left();
    services.tellEnd(order, outcome);
    return notBegun;
  } catch (error) {
    // A mistake of ours: what helm does goes on, and the next window follows it.
    handle.left();
    log.error(`${title}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if ((await showNotice(commandFailed(error)))?.kind === "show-log") log.show();
    return undefined;
  }
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

/** The whole proof sheet goes to the log as well. */
export function logItems(log: Log, outcome: RollbackOutcome): void {
  if (!("items" in outcome)) return;
  for (const { kind, state, workload, facts } of outcome.items) {
    log.info(`proof: ${state} ${kind}${workload === undefined ? "" : ` ${workload}`}: ${facts}`);
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
