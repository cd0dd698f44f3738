import * as vscode from "vscode";
import * as say from "../messages/status.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { folderKind } from "../tree/folderView.ts";
import { askHolderOf } from "./ask.ts";
import { folderOf } from "./choose.ts";
import { showDetails } from "./details.ts";
import { redeploy } from "./devdeploy.ts";
import { devdeployToMachine } from "./devdeployToMachine.ts";
import { extendOwn } from "./extend.ts";
import { livePick, type Heading, type LiveItem } from "./livePick.ts";
import type { CommandServices } from "./services.ts";
import { showHistory } from "./showHistory.ts";
import { statusEntries, type StatusEntry } from "./statusEntries.ts";
import { stopWaiting } from "./waiting.ts";
import { unlock } from "./unlock.ts";
import { copyText, openUrl } from "./urls.ts";

/** Marks the answer to copy everything; rows have ids of another form. */
const COPY = "copy";
const COPIED_SHOWN_MS = 2_000;

/**
 * The pool and the environments as a list that stays current while it is open; each row leads to what can be done
 * with it.
 */
export async function showStatus(services: CommandServices, id?: string): Promise<void> {
  const folder = await readyFolder(services, id);
  if (folder === undefined) return;
  for (;;) {
    const chosen = await pickRow(services, folder);
    if (chosen === undefined) return;
    if (chosen === COPY) return copyTable(folder);
    if ((await pickAction(services, folder, chosen)) !== "back") return;
  }
}

/** A folder with something to show; where there is none, the sidebar says why and what to do. */
async function readyFolder(services: CommandServices, id?: string): Promise<TeamFolder | undefined> {
  const folder = await folderOf(services, id);
  const { folders } = services;
  const isReady = folders.isTrusted && folder?.team !== undefined;
  if (!isReady) {
    await vscode.commands.executeCommand("devdeploy.environments.focus");
    return undefined;
  }
  folders.wake();
  await folder.wake();
  return folder;
}

function pickRow({ folders }: CommandServices, folder: TeamFolder): Promise<string | undefined> {
  return livePick<string>({
    title: say.statusTitle(folder.place.name),
    placeholder: say.statusHint(),
    onChange: folders.onChange,
    items: () => statusItems(statusEntries(folder.view)),
    isBusy: () => folderKind(folder.view, folders.isTrusted) === "loading",
    buttons: [{ icon: "copy", tooltip: say.copyAsTable(), value: COPY }],
  });
}

/** The rows under their headings, and at the end what can be done with all of them. */
export function statusItems(entries: readonly StatusEntry[]): readonly (LiveItem<string> | Heading)[] {
  const rows = entries.flatMap((entry, index): readonly (LiveItem<string> | Heading)[] => {
    const { id, section, row } = entry;
    const isFirst = entries[index - 1]?.section !== section;
    const icon = row.icon === undefined ? "" : `$(${row.icon.id}) `;
    const item = { key: id, label: `${icon}${row.label}`, description: row.description, value: id };
    return isFirst ? [{ heading: say.sectionTitle(section) }, item] : [item];
  });
  if (rows.length === 0) return [{ key: "nothing", label: say.nothingToShow() }];
  return [
    ...rows,
    { heading: "" },
    { key: COPY, label: `$(copy) ${say.copyAsTable()}`, description: say.copyAsTableHint(), value: COPY },
  ];
}

async function copyTable(folder: TeamFolder): Promise<void> {
  const { view } = folder;
  const lines = statusEntries(view).map(({ line }) => line);
  const [machine] = view.machines;
  const now = machine === undefined ? view.now : view.nowAt(machine.name);
  await vscode.env.clipboard.writeText(say.statusTable(folder.place.name, lines, now));
  vscode.window.setStatusBarMessage(say.tableCopied(), COPIED_SHOWN_MS);
}

type Chosen = { readonly action: say.RowAction } | "back";

/** What can be done with one row, which may turn into something else while one looks at it. */
async function pickAction(
  services: CommandServices,
  folder: TeamFolder,
  id: string,
): Promise<"done" | "back"> {
  const entry = (): StatusEntry | undefined => statusEntries(folder.view).find((one) => one.id === id);
  const name = entry()?.line.name ?? "";
  const chosen = await livePick<Chosen>({
    title: name,
    placeholder: say.actionHint(),
    onChange: services.folders.onChange,
    items: () => actionItems(entry()),
  });
  if (chosen === undefined) return "done";
  if (chosen === "back") return "back";
  await act(services, id, { action: chosen.action, url: entry()?.url });
  return "done";
}

function actionItems(entry: StatusEntry | undefined): readonly (LiveItem<Chosen> | Heading)[] {
  if (entry === undefined)
    return [{ key: "back", label: `$(arrow-left) ${say.backToStatus()}`, value: "back" }];
  const { row, line } = entry;
  return [
    { heading: row.description },
    ...entry.actions.map((action) => ({
      key: action,
      label: `$(${ICONS[action]}) ${say.actionTitle(action, line.name)}`,
      value: { action },
    })),
    { key: "back", label: `$(arrow-left) ${say.backToStatus()}`, value: "back" as const },
  ];
}

const ICONS: Readonly<Record<say.RowAction, string>> = {
  open: "link-external",
  "copy-url": "copy",
  devdeploy: "rocket",
  redeploy: "sync",
  extend: "watch",
  unlock: "unlock",
  ask: "comment",
  history: "history",
  details: "info",
  "stop-waiting": "bell-slash",
};

async function act(
  services: CommandServices,
  id: string,
  { action, url }: { readonly action: say.RowAction; readonly url: string | undefined },
): Promise<unknown> {
  switch (action) {
    case "open":
      return openUrl(url);
    case "copy-url":
      return copyText(url);
    case "devdeploy":
      return devdeployToMachine(services, id);
    case "redeploy":
      return redeploy(services, id);
    case "extend":
      return extendOwn(services, id);
    case "unlock":
      return unlock(services, id);
    case "ask":
      return askHolderOf(services, id);
    case "history":
      return showHistory(services, id);
    case "details":
      return showDetails(services, id);
    case "stop-waiting":
      return stopWaiting(services, id);
  }
}
