import * as vscode from "vscode";
import type { Pool } from "../../domain/config.ts";
import { holderIdentity } from "../../domain/person.ts";
import type { Button } from "../messages/notice.ts";
import * as say from "../messages/waiting.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { waitedFor } from "../tree/folderView.ts";
import { folderOf, pickMachine } from "./choose.ts";
import { placeOf } from "./fullPool.ts";
import type { CommandServices } from "./services.ts";

const TOAST_SHOWN_MS = 5_000;

/** Takes me off the waiting list that I am on; asks which where there are several. */
export async function stopWaiting(services: CommandServices, id?: string): Promise<void> {
  const folder = await folderOf(services, id);
  if (folder === undefined) return;
  const pools = waitedFor(folder.view);
  const name = pools.length === 0 ? undefined : await pickMachine(pools, say.chooseList());
  if (pools.length === 0) void showNotice(say.notWaiting());
  if (name !== undefined) await stopWaitingFor(services, folder, name);
}

const poolOf = ({ team }: TeamFolder, name: string): Pool | undefined =>
  team?.pools.find((pool) => pool.name === name);

/** Takes me off the list of that pool; what was kept for me goes to the next at once. */
export async function stopWaitingFor(
  services: CommandServices,
  folder: TeamFolder,
  name: string,
): Promise<void> {
  const pool = poolOf(folder, name);
  const { me } = folder;
  if (pool === undefined || me === undefined) return;
  const connection = await folder.wake();
  const outcome = await connection.leaveWaiting({ pool, by: me }, new AbortController().signal);
  services.log.info(`stop waiting for ${name}: ${outcome.kind}`);
  const notice = say.leaveNotice(outcome, name);
  if (notice === undefined) {
    vscode.window.setStatusBarMessage(say.stoppedToast(name), TOAST_SHOWN_MS);
  } else if ((await showNotice(notice))?.kind === "show-log") services.log.show();
}

export interface Wait {
  readonly pool: string;
  readonly branch?: string;
}

/** Puts me on the list of a pool; answers with the button that was pressed on what came of it. */
export async function waitFor(
  services: CommandServices,
  folder: TeamFolder,
  { pool: name, branch }: Wait,
): Promise<Button | undefined> {
  const pool = poolOf(folder, name);
  const { me } = folder;
  if (pool === undefined || me === undefined) return undefined;
  const connection = await folder.wake();
  const request = { pool, by: me, ...(branch === undefined ? {} : { branch }) };
  const outcome = await connection.joinWaiting(request, new AbortController().signal);
  services.log.info(`wait for ${name}: ${outcome.kind}`);
  return showNotice(
    outcome.kind === "waiting"
      ? say.waitingNotice(name, placeOf(outcome, holderIdentity(me)))
      : (say.joinNotice(outcome, name) ?? say.notWaiting()),
  );
}
