import { l10n } from "vscode";
import { shortCommit } from "../../domain/branch.ts";
import type { Button, RollBackTo } from "./notice.ts";
import { shown } from "./text.ts";

/** What stands on a button of a notification. */
export function buttonLabel(button: Button): string {
  switch (button.kind) {
    case "open-url":
      return l10n.t("Open {machine}", { machine: shown(button.machine) });
    case "copy-url":
      return l10n.t("Copy URL");
    case "show-log":
      return l10n.t("Show Log");
    case "push-and-devdeploy":
      return l10n.t("Push and Devdeploy");
    case "pull":
      return l10n.t("Pull");
    case "choose-branch":
      return l10n.t("Choose Branch…");
    case "devdeploy-again":
      return l10n.t("Devdeploy Again");
    case "unlock":
      return l10n.t("Unlock {machine}", { machine: shown(button.machine) });
    case "unlock-now":
      return l10n.t("Unlock Now");
    case "keep":
      return l10n.t("Keep");
    case "extend":
      return l10n.t("Extend…");
    case "devdeploy-branch":
      return l10n.t("Devdeploy {branch}", { branch: shown(button.branch) });
    case "give-up-waiting":
      return l10n.t("Give It Up");
    case "wait":
      return l10n.t("Tell Me When One Is Free");
    case "stop-waiting":
      return l10n.t("Stop Waiting");
    case "devdeploy-any":
      return l10n.t("Devdeploy to Any");
    case "show-environments":
      return l10n.t("Show Environments");
    case "show-history":
      return l10n.t("Show");
    case "roll-back":
      return rollBackLabel(button);
    case "open-log":
      return l10n.t("Show Log");
    case "create-config":
      return l10n.t("Create devdeploy.json");
    case "open-config":
      return l10n.t("Open devdeploy.json");
    case "open-settings":
      return l10n.t("Open Setting");
    case "manage-trust":
      return l10n.t("Manage Workspace Trust");
  }
}

/** It opens a review, hence the dots. */
function rollBackLabel({ chosen, commit }: RollBackTo): string {
  if (commit !== undefined) return l10n.t("Roll Back to {commit}…", { commit: shortCommit(commit) });
  return chosen === undefined
    ? l10n.t("Roll Back…")
    : l10n.t("Roll Back to Revision {revision}…", { revision: chosen });
}
