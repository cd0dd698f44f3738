import * as vscode from "vscode";
import type { Disposable } from "../../app/emitter.ts";
import { commandFailed } from "../messages/command.ts";
import { showNotice } from "../notices.ts";
import { askHolderOf } from "./ask.ts";
import { pickFolder } from "./choose.ts";
import { createConfig, openConfig } from "./config.ts";
import { showDetails } from "./details.ts";
import { devdeployCurrentBranch, redeploy } from "./devdeploy.ts";
import { devdeployBranch } from "./devdeployBranch.ts";
import { devdeployToMachine } from "./devdeployToMachine.ts";
import { extendOwn } from "./extend.ts";
import { openPodEvents, openPodLog, openPodYaml } from "./podDocuments.ts";
import type { CommandServices } from "./services.ts";
import { showHistory } from "./showHistory.ts";
import { showRollouts } from "./showRollouts.ts";
import { showStatus } from "./status.ts";
import { unlock } from "./unlock.ts";
import { copyText, openUrl, urlOf } from "./urls.ts";
import { stopWaiting } from "./waiting.ts";

/** A command may be called on a row, whose id it then gets. */
type Handler = (services: CommandServices, id?: string) => unknown;

/** All commands; package.json declares exactly these, which a test compares. */
export const commands = {
  "devdeploy.devdeployCurrentBranch": devdeployCurrentBranch,
  "devdeploy.redeploy": redeploy,
  "devdeploy.devdeployBranch": devdeployBranch,
  "devdeploy.devdeployToMachine": devdeployToMachine,
  "devdeploy.status": showStatus,
  "devdeploy.showHistory": showHistory,
  "devdeploy.showRollouts": showRollouts,
  "devdeploy.unlock": unlock,
  "devdeploy.extendLock": extendOwn,
  "devdeploy.askHolder": askHolderOf,
  "devdeploy.stopWaiting": stopWaiting,
  "devdeploy.openUrl": (services, id) => openUrl(urlOf(services, id)),
  "devdeploy.copyUrl": (services, id) => copyText(urlOf(services, id)),
  "devdeploy.showDetails": showDetails,
  "devdeploy.openPodLog": openPodLog,
  "devdeploy.openPodYaml": openPodYaml,
  "devdeploy.openPodEvents": openPodEvents,
  "devdeploy.refresh": ({ folders }) => {
    folders.refresh();
  },
  "devdeploy.showLog": ({ log }) => {
    log.show();
  },
  "devdeploy.createConfig": createConfig,
  "devdeploy.openConfig": openConfig,
  "devdeploy.chooseFolder": pickFolder,
} as const satisfies Record<string, Handler>;

export function registerCommands(services: CommandServices): Disposable {
  return vscode.Disposable.from(
    ...Object.entries<Handler>(commands).map(([id, handler]) =>
      vscode.commands.registerCommand(id, (row?: unknown) => guarded(services, id, handler, row)),
    ),
  );
}

/** What is thrown is a mistake of ours: it is logged whole and told once, and never lost. */
async function guarded(
  services: CommandServices,
  name: string,
  handler: Handler,
  row: unknown,
): Promise<void> {
  try {
    await handler(services, typeof row === "string" ? row : undefined);
  } catch (error) {
    services.log.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if ((await showNotice(commandFailed(error)))?.kind === "show-log") services.log.show();
  }
}
