import * as vscode from "vscode";
import type { FetchError } from "../../app/releaseHistory.ts";
import type { Result } from "../../domain/result.ts";
import { copyText } from "../commands/urls.ts";
import type { Notice } from "../messages/notice.ts";
import { revertCommands } from "../messages/proofSheet.ts";
import * as say from "../messages/rollbackNotice.ts";
import type { LiftHoldError } from "../model/rollbackConnection.ts";
import { showNotice } from "../notices.ts";

/** What leads out of a panel in the same way, whether it is about a release or about a workload. */

const SAID_MS = 3_000;

interface ShowsLog {
  readonly log: { show(): void };
}

interface FetchesCommits {
  fetchCommits(signal: AbortSignal): Promise<Result<boolean, FetchError>>;
}

/** Fetches what the clone has not got; of what did not come the person is told. */
export async function fetchCommits(services: ShowsLog, history: FetchesCommits): Promise<void> {
  const { signal } = new AbortController();
  const fetched = await history.fetchCommits(signal);
  // A notification may stand for long, and the fetch is over already.
  if (!fetched.ok) void tell(services, say.fetchFailed(fetched.error));
  else if (!fetched.value) void tell(services, say.fetchedNothing());
}

/** Says whether the hold on `subject` was lifted. */
export async function tellLifted(
  services: ShowsLog,
  subject: string,
  lifted: Result<undefined, LiftHoldError>,
): Promise<void> {
  if (!lifted.ok) return tell(services, say.liftFailed(lifted.error, subject));
  vscode.window.setStatusBarMessage(say.holdIsLifted(subject), SAID_MS);
}

/** The git commands that take what was undone out of the branch as well, newest first; none are copied of nothing. */
export async function copyReverts(undone: Parameters<typeof revertCommands>[0] = []): Promise<void> {
  if (undone.length === 0) return;
  await copyText(revertCommands(undone));
  void showNotice(say.revertCopied(undone.length));
}

async function tell({ log }: ShowsLog, notice: Notice): Promise<void> {
  if ((await showNotice(notice))?.kind === "show-log") log.show();
}
