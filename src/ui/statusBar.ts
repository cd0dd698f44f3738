import * as vscode from "vscode";
import type { Disposable } from "../app/emitter.ts";
import { MINUTE_MS } from "../domain/time.ts";
import { statusBarName, statusDeploying, statusHeld, type StatusText } from "./messages/statusBar.ts";
import type { TeamFolders } from "./model/teamFolders.ts";
import type { Run, Running } from "./running.ts";
import type { FolderView } from "./tree/folderView.ts";
import { isMine } from "./tree/machineRow.ts";

/** From here on the item has the colour of a warning; its words say the same. */
const WARN_BEFORE_END_MS = 10 * MINUTE_MS;

interface Shown extends StatusText {
  readonly isWarning: boolean;
}

/** My machine and its time left, or my deploy under way; nothing while neither is. */
export function statusBarText(views: readonly FolderView[], run: Run | undefined): Shown | undefined {
  if (run !== undefined) return { ...statusDeploying(run.machine, run.branch), isWarning: false };
  const held = views.flatMap(({ machines, me, nowAt }) =>
    machines.flatMap(({ name, state }) =>
      state.kind === "held" && isMine(state, me) ? [{ name, left: state.hold.until - nowAt(name) }] : [],
    ),
  );
  const [first] = held.sort((a, b) => a.left - b.left);
  if (first === undefined) return undefined;
  return { ...statusHeld(first.name, first.left), isWarning: first.left < WARN_BEFORE_END_MS };
}

export function showStatusBar(folders: TeamFolders, running: Running): Disposable {
  const item = vscode.window.createStatusBarItem("devdeploy.machine", vscode.StatusBarAlignment.Left);
  item.name = statusBarName();
  item.command = "devdeploy.showDetails";
  const show = (): void => {
    const shown = statusBarText(folders.views, running.current);
    if (shown === undefined) {
      item.hide();
      return;
    }
    item.text = shown.text;
    item.tooltip = shown.tooltip;
    item.accessibilityInformation = { label: shown.spoken };
    item.backgroundColor = shown.isWarning
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
    item.show();
  };
  show();
  return vscode.Disposable.from(item, folders.onChange(show), running.onChange(show));
}
