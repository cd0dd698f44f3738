import * as vscode from "vscode";
import { copyText, openUrl } from "../commands/urls.ts";
import * as say from "../messages/rollbackNotice.ts";
import { proofSheet, revertCommands } from "../messages/proofSheet.ts";
import { diffTitle } from "../messages/rollbackReview.ts";
import type { Notice } from "../messages/notice.ts";
import { showNotice } from "../notices.ts";
import type { DocumentRequest } from "../documents.ts";
import type { DiffDocuments } from "./diffDocuments.ts";
import type { Attached } from "./followedHistory.ts";
import { historyLink } from "./historyLink.ts";
import type { RollbackRuns, RunState } from "./rollbackRuns.ts";
import type { Outward, PanelSession } from "./session.ts";

const SAID_MS = 3_000;

export interface DeedServices {
  readonly runs: RollbackRuns;
  readonly diffs: DiffDocuments;
  /** Opens something of the cluster's to be read. */
  readonly openDocument: (request: DocumentRequest) => Promise<void>;
  readonly log: { show(): void };
}

/** Does what leads out of the panel. Nothing in here decides about a rollback. */
export async function performDeed(
  services: DeedServices,
  deed: Outward,
  session: PanelSession,
): Promise<void> {
  const { attached } = session;
  if (attached === undefined) return;
  switch (deed.kind) {
    case "open-url":
      return openUrl(deed.url);
    case "copy":
      return copyText(deed.text);
    case "copy-link":
      return copyText(historyLink(session.about));
    case "open-diff":
      return openDiff(services, deed.review, session);
    case "fetch-commits":
      return fetchCommits(services, attached);
    case "lift-hold":
      return liftHold(services, attached, deed.nonce);
    case "copy-proof":
      return copyProof(services.runs.of(attached.subject.release));
    case "revert-commits":
      return copyReverts(services.runs.of(attached.subject.release));
    case "open-document":
      return services.openDocument(deed);
    case "show-log":
      services.log.show();
      return;
    // A workload's panel alone offers these.
    case "undo-to":
    case "show-release":
      return;
  }
}

async function tell({ log }: DeedServices, notice: Notice): Promise<void> {
  if ((await showNotice(notice))?.kind === "show-log") log.show();
}

async function openDiff(
  { diffs }: DeedServices,
  id: string,
  { review, attached }: PanelSession,
): Promise<void> {
  if (review?.id !== id || attached === undefined) return;
  const documents = await attached.connection.rollback.diffDocuments(review);
  const { from, to, subject } = review;
  await diffs.open(diffTitle(from.revision, to.revision, subject.name), documents);
}

async function fetchCommits(services: DeedServices, { history }: Attached): Promise<void> {
  const { signal } = new AbortController();
  const fetched = await history.fetchCommits(signal);
  // A notification may stand for long, and the fetch is over already.
  if (!fetched.ok) void tell(services, say.fetchFailed(fetched.error));
  else if (!fetched.value) void tell(services, say.fetchedNothing());
}

async function liftHold(
  services: DeedServices,
  { connection, subject }: Attached,
  nonce: string,
): Promise<void> {
  const { signal } = new AbortController();
  const lifted = await connection.rollback.liftHold(subject, nonce, signal);
  if (!lifted.ok) return tell(services, say.liftFailed(lifted.error, subject.name));
  services.runs.sawHold(subject.release);
  vscode.window.setStatusBarMessage(say.holdIsLifted(subject.name), SAID_MS);
}

async function copyProof(run: RunState | undefined): Promise<void> {
  if (run?.kind === "ended") await copyText(proofSheet(run.order, run.outcome, run.at));
}

async function copyReverts(run: RunState | undefined): Promise<void> {
  if (run === undefined || run.order.undone.length === 0) return;
  await copyText(revertCommands(run.order.undone));
  void showNotice(say.revertCopied(run.order.undone.length));
}
