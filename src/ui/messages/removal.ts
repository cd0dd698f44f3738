import { l10n } from "vscode";
import type { RemoveOutcome } from "../../app/removeStuck.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Piece } from "../../protocol/panel.ts";
import { clusterSentence, releaseReadSentence } from "./cluster.ts";
import { diagnosisWords } from "./diagnosis.ts";
import { code, pieces, plain, strong } from "./pieces.ts";
import { busyWords } from "./rollbackAlert.ts";
import { deployerSentence } from "./deployer.ts";
import { localAndUtc } from "./time.ts";

export const removeIt = (): string => l10n.t("Remove the Unfinished Release…");

export const heading = (release: string): readonly Piece[] =>
  pieces(l10n.t("{what} {release}"), { what: strong(l10n.t("Remove the release")), release: code(release) });

export const intro = (revision: number): string =>
  l10n.t(
    "Its first installation, revision {revision}, was never finished, so there is nothing to go back to. helm uninstall takes away its record and whatever it had made of it; then it can be deployed anew.",
    { revision },
  );

export const keepsHeading = (): string => l10n.t("It does not take away");
export const keeps = (): readonly string[] => [
  l10n.t("Definitions of kinds (CRDs), what is in volumes, and objects that the chart asks helm to keep"),
  l10n.t("What its hooks have made and done"),
];

export const button = (release: string): string => l10n.t("Uninstall {release}", { release: plain(release) });
export const removing = (release: string): readonly Piece[] =>
  pieces(l10n.t("{what} {release}"), {
    what: strong(l10n.t("Removing the release")),
    release: code(release),
  });
export const removed = (release: string): readonly Piece[] =>
  pieces(l10n.t("The release {release} is removed"), { release: code(release) });
export const removedIntro = (): string => l10n.t("helm has no record of it any more. Deploy it anew.");
export const removingIntro = (): string =>
  l10n.t("helm uninstall is at work. It goes on if this panel or this window closes.");

/** Why it was not removed, or not certainly. */
export function notRemovedWords(
  outcome: Exclude<RemoveOutcome, { readonly kind: "removed" }>,
  release: string,
  now: EpochMs,
): string {
  switch (outcome.kind) {
    case "wrong-name":
      return l10n.t("Nothing was changed: what was typed is not {release}.", { release: plain(release) });
    case "stale":
      return l10n.t("Nothing was changed: the release is another one by now. The list shows it.");
    case "not-yet":
      return l10n.t("Nothing was changed: helm may take until {time}.", {
        time: localAndUtc(outcome.freeAt, now),
      });
    case "not-removable":
      return l10n.t(
        "Nothing was changed: there is a revision to go back to, and going back to it clears what is unfinished.",
      );
    case "busy":
      return busyWords(outcome.busy);
    case "no-lease":
      return l10n.t(
        "Nothing was changed: whether anybody is at work is not known, since the operation Lease could not be had. {cause}",
        { cause: clusterSentence(outcome.error) },
      );
    case "tool":
      return l10n.t("Nothing was changed. {cause}", { cause: deployerSentence(outcome.error) });
    case "unread":
      return l10n.t("Nothing was changed: helm's records could not be read. {cause}", {
        cause: releaseReadSentence(outcome.error),
      });
    case "failed":
      return l10n.t("helm did not remove it. {cause}", { cause: diagnosisWords(outcome.diagnosis).cause });
    case "cancelled":
      return outcome.goesOn
        ? l10n.t("Nobody watches any more, and helm uninstall goes on. The list shows what becomes of it.")
        : l10n.t("Stopped before helm began. Nothing was changed.");
  }
}
