import * as vscode from "vscode";
import * as say from "../messages/command.ts";
import type { Button, Notice } from "../messages/notice.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { isMine } from "../tree/machineRow.ts";
import { folderOf, pickMachine } from "./choose.ts";
import type { CommandServices } from "./services.ts";

const TOAST_SHOWN_MS = 5_000;

/** Gives back a machine of mine: that of the row, or the one I pick. The row tells the rest by itself. */
export async function unlockOwn(services: CommandServices, id?: string): Promise<Button | undefined> {
  const folder = await folderOf(services, id);
  if (folder === undefined) return undefined;
  const subject = id === undefined ? undefined : services.tree.subject(id);
  const mine = folder.view.machines.filter(({ state }) => isMine(state, folder.me)).map(({ name }) => name);
  if (mine.length === 0) return showNotice(say.nothingToUnlock());
  const name = subject?.machine ?? (await pickMachine(mine));
  return name === undefined ? undefined : unlockNamed(services, folder, name);
}

/** Gives back the machine of that name, if it is mine. */
export async function unlockNamed(
  services: CommandServices,
  folder: TeamFolder,
  name: string,
): Promise<Button | undefined> {
  const machine = folder.team?.pools.flatMap(({ machines }) => machines).find((one) => one.name === name);
  const { me } = folder;
  if (machine === undefined || me === undefined) return showNotice(say.nothingToUnlock());
  if (isAtWork(services, folder, name)) return showNotice(say.unlockWhileDeploying(name));
  const connection = await folder.wake();
  const outcome = await connection.unlockMachine(machine, me, new AbortController().signal);
  services.log.info(`unlock ${name}: ${outcome.kind}`);
  const notice: Notice | undefined = say.unlockNotice(outcome, name);
  if (notice !== undefined) return showNotice(notice);
  vscode.window.setStatusBarMessage(say.unlockedToast(name), TOAST_SHOWN_MS);
  return undefined;
}

function isAtWork({ running }: CommandServices, folder: TeamFolder, name: string): boolean {
  const view = folder.view.machines.find((machine) => machine.name === name);
  return running.current?.machine === name || view?.operation?.kind === "working";
}
