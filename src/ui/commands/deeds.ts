import * as vscode from "vscode";
import { openDocument } from "../documents.ts";
import { gitActionFailed, noGitExtension } from "../messages/command.ts";
import type { Button } from "../messages/notice.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { machineId } from "../tree/nodes.ts";
import { createConfig, openConfig } from "./config.ts";
import type { CommandServices, GitActionEnd } from "./services.ts";
import { unlockNamed } from "./unlock.ts";
import { copyText, openUrl } from "./urls.ts";
import { stopWaitingFor, waitFor } from "./waiting.ts";

/** Does what a notification's button says. `again` asks the caller to devdeploy once more. */
export async function perform(
  services: CommandServices,
  button: Button,
  folder: TeamFolder | undefined,
): Promise<"done" | "again"> {
  switch (button.kind) {
    case "devdeploy-again":
      return "again";
    case "push-and-devdeploy":
      return (await isGitDone(services, folder, { kind: "push", branch: button.branch })) ? "again" : "done";
    case "pull":
      await isGitDone(services, folder, { kind: "pull" });
      return "done";
    case "unlock":
    case "unlock-now":
      if (folder !== undefined) await unlockNamed(services, folder, button.machine);
      return "done";
    case "wait": {
      if (folder === undefined) return "done";
      const next = await waitFor(services, folder, button);
      return next === undefined ? "done" : perform(services, next, folder);
    }
    case "stop-waiting":
    case "give-up-waiting":
      if (folder !== undefined) await stopWaitingFor(services, folder, button.pool);
      return "done";
    default:
      await open(services, button, folder);
      return "done";
  }
}

type Opening = Exclude<
  Button,
  {
    readonly kind:
      | "devdeploy-again"
      | "push-and-devdeploy"
      | "pull"
      | "unlock"
      | "unlock-now"
      | "wait"
      | "stop-waiting"
      | "give-up-waiting";
  }
>;

async function open(
  services: CommandServices,
  button: Opening,
  folder: TeamFolder | undefined,
): Promise<void> {
  switch (button.kind) {
    case "open-url":
      return openUrl(button.url);
    case "copy-url":
      return copyText(button.url);
    case "show-log":
      services.log.show();
      return;
    case "create-config":
      return createConfig(services, folder?.place.key);
    case "open-config":
      return openConfig(services, folder?.place.key);
    case "choose-branch":
      return run("git.checkout");
    case "extend":
      return run(
        "devdeploy.extendLock",
        folder === undefined ? "" : machineId(folder.place.key, button.machine),
      );
    case "devdeploy-branch":
      return run("devdeploy.devdeployBranch", button.branch);
    case "devdeploy-any":
      return run("devdeploy.devdeployCurrentBranch", ...(folder === undefined ? [] : [folder.place.key]));
    case "show-history":
    case "roll-back":
      services.panels.show(button);
      return;
    case "open-log":
      return openDocument(button.request);
    case "keep":
    case "show-environments":
      return run("devdeploy.environments.focus");
    case "open-settings":
      return run("workbench.action.openSettings", button.setting);
    case "manage-trust":
      return run("workbench.trust.manage");
  }
}

async function run(command: string, ...args: readonly string[]): Promise<void> {
  await vscode.commands.executeCommand(command, ...args);
}

type GitAction = { readonly kind: "push"; readonly branch: string } | { readonly kind: "pull" };

async function isGitDone(
  { git, log }: CommandServices,
  folder: TeamFolder | undefined,
  action: GitAction,
): Promise<boolean> {
  if (folder === undefined) return false;
  const root = folder.place.path;
  const end: GitActionEnd =
    action.kind === "push" ? await git.pushBranch(root, action.branch) : await git.pullBranch(root);
  if (end === undefined) return true;
  if (end.reason === "failed") log.error(`git ${action.kind}: ${end.detail}`);
  void showNotice(
    end.reason === "failed" ? gitActionFailed(action.kind, end.detail) : noGitExtension(action.kind),
  );
  return false;
}
