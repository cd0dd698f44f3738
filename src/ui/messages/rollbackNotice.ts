import { l10n } from "vscode";
import type { RollbackOutcome } from "../../app/rollbackOutcome.ts";
import type { FetchError } from "../../app/releaseHistory.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { LiftHoldError } from "../model/rollbackConnection.ts";
import { clusterSentence } from "./cluster.ts";
import { diagnosisWords } from "./diagnosis.ts";
import type { Button, Notice } from "./notice.ts";
import { notBegunWords, type NotBegun } from "./rollbackAlert.ts";
import { cancelledWords, notProvenTruth, type RunEnds } from "./rollbackRun.ts";
import { shown } from "./text.ts";

const SHOW_LOG: Button = { kind: "show-log" };

/** What a rollback is called where there is room for a few words: `Rolling back web to 167`. */
export const rollbackTitle = ({ subject, to }: Pick<RunEnds, "subject" | "to">): string =>
  l10n.t("Rolling back {subject} to {revision}", { subject: shown(subject), revision: to.revision });

interface Told {
  readonly ends: RunEnds;
  readonly release: string;
  /** Opens the panel, where the release is at home in this window. */
  readonly show: readonly Button[];
}

/** How a rollback ended whose panel is not in view. */
export function rollbackNotice(outcome: RollbackOutcome, { ends, release, show }: Told): Notice {
  const facts = {
    subject: shown(ends.subject),
    revision: ends.to.revision,
    commit: ends.to.commit === undefined ? "" : ` (${shortCommit(ends.to.commit)})`,
  };
  switch (outcome.kind) {
    case "proven":
      return {
        severity: "info",
        text: l10n.t("{subject} is rolled back to {revision}{commit}, and it is proven.", facts),
        buttons: show,
      };
    case "not-proven":
      return {
        severity: "error",
        text: notProvenWords(outcome, ends),
        buttons: [...show, SHOW_LOG],
      };
    case "nothing-runs":
      return {
        severity: "warning",
        text: l10n.t(
          "{subject} is rolled back to {revision}{commit}, but no pod is wanted, so nothing runs.",
          facts,
        ),
        buttons: show,
      };
    case "cancelled":
      return {
        severity: outcome.truth.kind === "nothing-done" ? "info" : "warning",
        text: l10n.t("{subject}: {truth}", { ...facts, truth: shown(cancelledWords(outcome.truth, ends)) }),
        buttons: show,
      };
    default:
      return notBegunNotice(outcome, { ends, release, show });
  }
}

function notProvenWords(outcome: RollbackOutcome & { readonly kind: "not-proven" }, ends: RunEnds): string {
  const facts = {
    subject: shown(ends.subject),
    revision: ends.to.revision,
    cause: shown(diagnosisWords(outcome.diagnosis).cause),
    truth: shown(notProvenTruth(outcome, ends)),
  };
  return outcome.record.kind === "unreadable"
    ? l10n.t("Whether the rollback of {subject} to {revision} worked is not known. {cause} {truth}", facts)
    : l10n.t("The rollback of {subject} to {revision} did not work. {cause} {truth}", facts);
}

const notBegunNotice = (why: NotBegun, { ends, release, show }: Told): Notice => ({
  severity: "warning",
  text: l10n.t("{subject} was not rolled back. {why}", {
    subject: shown(ends.subject),
    why: shown(notBegunWords(why, release)),
  }),
  buttons: show,
});

export const fetchFailed = (error: FetchError): Notice => ({
  severity: "warning",
  text:
    error.reason === "remote-unreachable"
      ? l10n.t(
          "The commits could not be fetched, since the remote cannot be asked: {detail}. Check the network and your sign-in to it.",
          {
            detail: shown(error.detail),
          },
        )
      : l10n.t("The commits could not be fetched: {detail}. Run git fetch in a terminal.", {
          detail: shown(error.detail),
        }),
  buttons: [SHOW_LOG],
});

export const fetchedNothing = (): Notice => ({
  severity: "info",
  text: l10n.t(
    "The remote has not got all of these commits either: they were never pushed, or were removed from it.",
  ),
  buttons: [],
});

export function liftFailed(error: LiftHoldError, subject: string): Notice {
  const name = shown(subject);
  switch (error.reason) {
    case "another-hold":
      return {
        severity: "warning",
        text: l10n.t("The hold on {name} was not lifted: it is another one by now. Look at it first.", {
          name,
        }),
        buttons: [],
      };
    default:
      return {
        severity: "error",
        text: l10n.t("The hold on {name} was not lifted. {cause}", { name, cause: clusterSentence(error) }),
        buttons: [SHOW_LOG],
      };
  }
}

export const holdIsLifted = (subject: string): string =>
  l10n.t("The hold on {name} is lifted", { name: shown(subject) });

/** The commands are on the clipboard. */
export const revertCopied = (count: number): Notice => ({
  severity: "info",
  text:
    count === 1
      ? l10n.t(
          "The git command that reverts the commit is on the clipboard. Run it on a branch of your own, look at the result, and have it reviewed.",
        )
      : l10n.t(
          "The git commands that revert {count} commits are on the clipboard, newest first. Run them on a branch of your own, look at the result, and have it reviewed.",
          { count },
        ),
  buttons: [],
});

/** Why a link opens nothing. It never does more than open. */
export function badLink(why: "not-ours" | "unnamed" | "unknown-subject", subject = ""): Notice {
  switch (why) {
    case "not-ours":
      return {
        severity: "warning",
        text: l10n.t("That link is none that Devdeploy knows, so nothing was opened."),
        buttons: [],
      };
    case "unnamed":
      return {
        severity: "warning",
        text: l10n.t(
          "That link names no environment or machine as Devdeploy writes them, so nothing was opened.",
        ),
        buttons: [],
      };
    case "unknown-subject":
      return {
        severity: "warning",
        text: l10n.t(
          "That link asks for the history of {subject}, which devdeploy.json of this window does not name. Open the folder of the right repository, then try again.",
          { subject: shown(subject) },
        ),
        buttons: [{ kind: "show-environments" }],
      };
  }
}

export const noHistoryToShow = (): Notice => ({
  severity: "info",
  text: l10n.t(
    "devdeploy.json names no helm release and no Deployment with a fixed name, so there is no history to show.",
  ),
  buttons: [{ kind: "open-config" }],
});

export const noHistoryOf = (subject: string): Notice => ({
  severity: "info",
  text: l10n.t(
    "{subject} has no helm release and no Deployment with a fixed name, so there is no history to show.",
    {
      subject: shown(subject),
    },
  ),
  buttons: [{ kind: "open-config" }],
});

export const chooseHistory = (): string => l10n.t("The history of which release or Deployment?");
export const historyTitle = (): string => l10n.t("Show History and Roll Back");
