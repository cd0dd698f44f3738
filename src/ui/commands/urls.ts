import * as vscode from "vscode";
import { copied } from "../messages/command.ts";
import type { CommandServices } from "./services.ts";

const COPIED_SHOWN_MS = 2_000;

/** Opens a URL of devdeploy.json in the person's browser; anything but http(s) is none of ours. */
export async function openUrl(url: string | undefined): Promise<void> {
  if (url === undefined || !/^https?:\/\//u.test(url)) return;
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
}

export async function copyText(text: string | undefined): Promise<void> {
  if (text === undefined) return;
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(copied(), COPIED_SHOWN_MS);
}

export const urlOf = ({ tree }: CommandServices, id: string | undefined): string | undefined =>
  id === undefined ? undefined : tree.subject(id)?.url;
