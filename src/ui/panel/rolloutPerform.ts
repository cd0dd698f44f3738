import * as vscode from "vscode";
import { copyText, openUrl } from "../commands/urls.ts";
import type { DocumentRequest } from "../documents.ts";
import type { Notice } from "../messages/notice.ts";
import { revertCommands } from "../messages/proofSheet.ts";
import * as say from "../messages/rollbackNotice.ts";
import { undoDiffTitle } from "../messages/rolloutReview.ts";
import { undoSheet } from "../messages/rolloutSheet.ts";
import { showNotice } from "../notices.ts";
import type { Deed } from "./deeds.ts";
import type { DiffDocuments } from "./diffDocuments.ts";
import { rolloutLink } from "./historyLink.ts";
import type { AttachedRollouts } from "./rolloutFollowed.ts";
import type { UndoRuns } from "./rolloutRuns.ts";
import type { RolloutSession } from "./rolloutSession.ts";

const SAID_MS = 3_000;

export interface RolloutDeedServices {
  readonly undos: UndoRuns;
  readonly diffs: Pick<DiffDocuments, "open">;
  readonly log: { show(): void };
  /** Opens something of the cluster's to be read. */
  readonly openDocument: (request: DocumentRequest) => Promise<void>;
  /** Opens the history of a helm release. */
  showRelease(about: { readonly folder: string; readonly subject: string; readonly target: string }): void;
}

/** Does what leads out of the panel of a workload. Nothing in here decides about an undo. */
export async function performRolloutDeed(
  services: RolloutDeedServices,
  deed: Deed,
  session: RolloutSession,
): Promise<void> {
  const { attached, about } = session;
  if (attached === undefined) return;
  switch (deed.kind) {
    case "open-url":
      return openUrl(deed.url);
    case "copy":
      return copyText(deed.text);
    case "copy-link":
      return copyText(rolloutLink(about.workload));
    case "open-diff":
      return openDiff(services, deed.review, session);
    case "open-document":
      return services.openDocument(deed);
    case "show-release":
      services.showRelease(deed);
      return;
    case "fetch-commits":
      return fetchCommits(services, attached);
    case "lift-hold":
      return liftHold(services, attached, deed.nonce);
    case "copy-proof":
      return copyProof(services, session);
    case "revert-commits":
      return copyReverts(services, session);
    case "show-log":
      services.log.show();
      return;
    // The session does these itself, or no workload's panel offers them.
    case "choose":
    case "review-again":
    case "remove":
    case "stop-watching":
    case "why":
    case "refresh":
    case "undo-to":
      return;
  }
}

async function tell({ log }: RolloutDeedServices, notice: Notice): Promise<void> {
  if ((await showNotice(notice))?.kind === "show-log") log.show();
}

async function openDiff(
  { diffs }: RolloutDeedServices,
  id: string,
  { review, attached }: RolloutSession,
): Promise<void> {
  if (review?.id !== id || attached === undefined) return;
  await diffs.open(undoDiffTitle(review), await attached.connection.rollouts.undoDocuments(review));
}

async function fetchCommits(services: RolloutDeedServices, { history }: AttachedRollouts): Promise<void> {
  const { signal } = new AbortController();
  const fetched = await history.fetchCommits(signal);
  // A notification may stand for long, and the fetch is over already.
  if (!fetched.ok) void tell(services, say.fetchFailed(fetched.error));
  else if (!fetched.value) void tell(services, say.fetchedNothing());
}

async function liftHold(
  services: RolloutDeedServices,
  { connection, subject }: AttachedRollouts,
  nonce: string,
): Promise<void> {
  const { place, workload } = subject;
  if (place === undefined) return;
  const { signal } = new AbortController();
  const lifted = await connection.rollouts.liftHold(subject, nonce, signal);
  if (!lifted.ok) return tell(services, say.liftFailed(lifted.error, place.name));
  services.undos.sawHold(workload);
  vscode.window.setStatusBarMessage(say.holdIsLifted(place.name), SAID_MS);
}

async function copyProof({ undos }: RolloutDeedServices, { about }: RolloutSession): Promise<void> {
  const run = undos.of(about.workload);
  if (run?.kind === "ended") await copyText(undoSheet(run.order, run.outcome, run.at));
}

async function copyReverts({ undos }: RolloutDeedServices, { about }: RolloutSession): Promise<void> {
  const run = undos.of(about.workload);
  if (run === undefined || run.order.undone.length === 0) return;
  await copyText(revertCommands(run.order.undone));
  void showNotice(say.revertCopied(run.order.undone.length));
}
