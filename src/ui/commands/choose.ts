import * as vscode from "vscode";
import type { Pool, TeamConfig } from "../../domain/config.ts";
import * as say from "../messages/command.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import type { CommandServices } from "./services.ts";

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

async function pick<T>(placeHolder: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const [only] = choices;
  if (choices.length === 1 && only !== undefined) return only.value;
  return (await vscode.window.showQuickPick(choices, { placeHolder, matchOnDescription: true }))?.value;
}

/**
 * The folder of the row, or of the key, else the chosen one, else what the person picks; undefined where they pick
 * none. A folder that has nothing to show has no row, and is known by its key all the same.
 */
export async function folderOf(services: CommandServices, id?: string): Promise<TeamFolder | undefined> {
  await services.foldersRead;
  const { folders, tree } = services;
  const named = id === undefined ? undefined : folders.find(tree.subject(id)?.folder ?? id);
  return named ?? folders.current ?? (await pickFolder(services));
}

/** Asks for the folder that commands are about from now on. */
export async function pickFolder({ folders, foldersRead }: CommandServices): Promise<TeamFolder | undefined> {
  await foldersRead;
  const choices = folders.all.map((folder) => ({
    label: folder.place.name,
    description: folder.place.path,
    value: folder,
  }));
  if (choices.length === 0) return undefined;
  const folder = await pick(say.chooseFolder(), choices);
  if (folder !== undefined) folders.choose(folder.place.key);
  return folder;
}

export const pickPool = (team: TeamConfig): Promise<Pool | undefined> =>
  pick(
    say.choosePool(),
    team.pools.map((pool) => ({
      label: pool.name,
      description: pool.machines.map(({ name }) => name).join(", "),
      value: pool,
    })),
  );

/** The only one without a question. */
export const pickMachine = (names: readonly string[], question: string): Promise<string | undefined> =>
  pick(
    question,
    names.map((name) => ({ label: name, value: name })),
  );
