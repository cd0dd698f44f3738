import { copyText, openUrl } from "../commands/urls.ts";
import { proofSheet } from "../messages/proofSheet.ts";
import { diffTitle } from "../messages/rollbackReview.ts";
import type { DocumentRequest } from "../documents.ts";
import type { DiffDocuments } from "./diffDocuments.ts";
import type { Attached } from "./followedHistory.ts";
import { historyLink } from "./historyLink.ts";
import { copyReverts, fetchCommits, tellLifted } from "./outwardDeeds.ts";
import type { RollbackRuns, RunState } from "./rollbackRuns.ts";
import type { Outward, PanelSession } from "./session.ts";

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
      return fetchCommits(services, attached.history);
    case "lift-hold":
      return liftHold(services, attached, deed.nonce);
    case "copy-proof":
      return copyProof(services.runs.of(attached.subject.release));
    case "revert-commits":
      return copyReverts(services.runs.of(attached.subject.release)?.order.undone);
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

async function liftHold(
  services: DeedServices,
  { connection, subject }: Attached,
  nonce: string,
): Promise<void> {
  const { signal } = new AbortController();
  const lifted = await connection.rollback.liftHold(subject, nonce, signal);
  if (lifted.ok) services.runs.sawHold(subject.release);
  return tellLifted(services, subject.name, lifted);
}

async function copyProof(run: RunState | undefined): Promise<void> {
  if (run?.kind === "ended") await copyText(proofSheet(run.order, run.outcome, run.at));
}
