import { l10n } from "vscode";
import type { UndoOutcome } from "../../app/undoOutcome.ts";
import { shortCommit } from "../../domain/branch.ts";
import { diagnosisWords } from "./diagnosis.ts";
import type { Button, Notice } from "./notice.ts";
import { undoNotBegunWords, type UndoNotBegun } from "./rolloutAlert.ts";
import { workloadWords } from "./rolloutHistory.ts";
import { undoCancelled, undoTruth, type UndoEnds } from "./rolloutRun.ts";
import { shown } from "./text.ts";

const SHOW_LOG: Button = { kind: "show-log" };

/** What an undo is called where there is room for a few words: `Undoing Deployment/web to 4`. */
export const undoTitle = ({ subject, to }: Pick<UndoEnds, "subject" | "to">): string =>
  l10n.t("Undoing {workload} to {revision}", {
    workload: shown(workloadWords(subject.workload)),
    revision: to.revision,
  });

/** How an undo ended whose panel is not in view; `show` opens the panel, where it is at home in this window. */
export function undoNotice(outcome: UndoOutcome, ends: UndoEnds, show: readonly Button[]): Notice {
  const facts = {
    workload: shown(workloadWords(ends.subject.workload)),
    to: ends.to.revision,
    commit: ends.to.commit === undefined ? "" : ` (${shortCommit(ends.to.commit)})`,
  };
  switch (outcome.kind) {
    case "proven":
      return {
        severity: "info",
        text: l10n.t("{workload} is undone to {to}{commit}, now revision {revision}, and it is proven.", {
          ...facts,
          revision: outcome.revision,
        }),
        buttons: show,
      };
    case "not-proven":
      return {
        severity: "error",
        text: l10n.t("The undo of {workload} to {to} did not work. {cause} {truth}", {
          ...facts,
          cause: shown(diagnosisWords(outcome.diagnosis).cause),
          truth: shown(undoTruth(outcome, ends)),
        }),
        buttons: [...show, SHOW_LOG],
      };
    case "nothing-runs":
      return {
        severity: "warning",
        text: l10n.t("{workload} is undone to {to}{commit}, but no pod is wanted, so nothing runs.", facts),
        buttons: show,
      };
    case "cancelled":
      return {
        severity: outcome.truth.kind === "nothing-done" ? "info" : "warning",
        text: l10n.t("{workload}: {truth}", { ...facts, truth: shown(undoCancelled(outcome.truth)) }),
        buttons: show,
      };
    default:
      return notBegunNotice(outcome, ends, show);
  }
}

const notBegunNotice = (why: UndoNotBegun, ends: UndoEnds, show: readonly Button[]): Notice => ({
  severity: why.kind === "same-template" ? "info" : "warning",
  text: l10n.t("{workload} was not undone. {why}", {
    workload: shown(workloadWords(ends.subject.workload)),
    why: shown(undoNotBegunWords(why, ends.subject.workload.name)),
  }),
  buttons: show,
});

/** Why a link opens no rollouts. It never does more than open. */
export const unknownPlace = (namespace: string, context: string): Notice => ({
  severity: "warning",
  text: l10n.t(
    "That link asks for rollouts in the namespace {namespace} of the context {context}, which devdeploy.json of this window does not name. Open the folder of the right repository, then try again.",
    { namespace: shown(namespace), context: shown(context) },
  ),
  buttons: [{ kind: "show-environments" }],
});

export const noRolloutPlaces = (): Notice => ({
  severity: "info",
  text: l10n.t("devdeploy.json names no namespace of a cluster, so there are no rollouts to show."),
  buttons: [{ kind: "open-config" }],
});
