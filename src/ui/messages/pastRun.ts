import { l10n } from "vscode";
import type { PastDeploy } from "../../app/pastRuns.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { EpochMs } from "../../domain/time.ts";
import { shown } from "./text.ts";
import { localAndUtc } from "./time.ts";

/** What a devdeploy is called whose window is gone, while this one follows it to its end. */
export function pastRunTitle({ order, startedAt }: PastDeploy, now: EpochMs): string {
  const { branch, commit } = order.mark;
  return l10n.t("Devdeploy {what} to {machine}, begun at {time} in a window that is closed", {
    what: branch === undefined ? shortCommit(commit) : `${shown(branch)} ${shortCommit(commit)}`,
    machine: shown(order.subject),
    time: localAndUtc(startedAt, now),
  });
}
