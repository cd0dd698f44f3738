import { copyText, openUrl } from "../commands/urls.ts";
import type { DocumentRequest } from "../documents.ts";
import { undoDiffTitle } from "../messages/rolloutReview.ts";
import { undoSheet } from "../messages/rolloutSheet.ts";
import type { Deed } from "./deeds.ts";
import type { DiffDocuments } from "./diffDocuments.ts";
import { rolloutLink } from "./historyLink.ts";
import { copyReverts, fetchCommits, tellLifted } from "./outwardDeeds.ts";
import type { AttachedRollouts } from "./rolloutFollowed.ts";
import type { UndoRuns } from "./rolloutRuns.ts";
import type { RolloutSession } from "./rolloutSession.ts";

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
      return fetchCommits(services, attached.history);
    case "lift-hold":
      return liftHold(services, attached, deed.nonce);
    case "copy-proof":
      return copyProof(services, session);
    case "revert-commits":
      return copyReverts(services.undos.of(about.workload)?.order.undone);
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

async function openDiff(
  { diffs }: RolloutDeedServices,
  id: string,
  { review, attached }: RolloutSession,
): Promise<void> {
  if (review?.id !== id || attached === undefined) return;
  await diffs.open(undoDiffTitle(review), await attached.connection.rollouts.undoDocuments(review));
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
  if (lifted.ok) services.undos.sawHold(workload);
  return tellLifted(services, place.name, lifted);
}

async function copyProof({ undos }: RolloutDeedServices, { about }: RolloutSession): Promise<void> {
  const run = undos.of(about.workload);
  if (run?.kind === "ended") await copyText(undoSheet(run.order, run.outcome, run.at));
}
