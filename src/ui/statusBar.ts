import * as vscode from "vscode";
import type { Disposable } from "../app/emitter.ts";
import { holderIdentity, isSamePerson } from "../domain/person.ts";
import { MINUTE_MS, type DurationMs } from "../domain/time.ts";
import {
  statusAsking,
  statusBarName,
  statusDeploying,
  statusEnding,
  statusHeld,
  statusKept,
  statusWaiting,
  type StatusText,
} from "./messages/statusBar.ts";
import type { TeamFolders } from "./model/teamFolders.ts";
import type { Run, Running } from "./running.ts";
import type { FolderView } from "./tree/folderView.ts";
import { isMine } from "./tree/machineRow.ts";
import { machineId, poolId } from "./tree/nodes.ts";

/** From here on the item has the colour of a warning; its words say the same. */
const WARN_BEFORE_END_MS: DurationMs = 10 * MINUTE_MS;

interface Shown extends StatusText {
  readonly isWarning: boolean;
  /** The row that it is about, whose details a click shows; undefined offers all. */
  readonly row?: string;
}

/** My deploy under way, else what ends first of what I hold and what is kept for me, else where I wait. */
export function statusBarText(views: readonly FolderView[], run: Run | undefined): Shown | undefined {
  if (run?.isAsking === true) return { ...statusAsking(run.branch), isWarning: false };
  if (run !== undefined) return { ...statusDeploying(run.machine, run.branch), isWarning: false };
  const [first] = views.flatMap(mine).sort((a, b) => a.left - b.left);
  return first?.shown ?? views.flatMap(waiting)[0];
}

interface Mine {
  readonly left: DurationMs;
  readonly shown: Shown;
}

const mine = ({ key, machines, me, nowAt }: FolderView): readonly Mine[] =>
  machines.flatMap(({ name, state }): readonly Mine[] => {
    const row = machineId(key, name);
    if (state.kind === "held" && isMine(state, me)) {
      const { until } = state.hold;
      const left = until - nowAt(name);
      const isWarning = left < WARN_BEFORE_END_MS;
      const text = isWarning ? statusEnding(name, { until, left }) : statusHeld(name, { until, left });
      return [{ left, shown: { ...text, isWarning, row } }];
    }
    if (state.kind === "kept" && me !== undefined && isSamePerson(state.for, me)) {
      const { until } = state;
      const left = until - nowAt(name);
      return [{ left, shown: { ...statusKept(name, { until, left }), isWarning: true, row } }];
    }
    return [];
  });

const waiting = ({ key, pools, me }: FolderView): readonly Shown[] =>
  pools.flatMap(({ name, waiters }) => {
    const index = me === undefined ? -1 : waiters.findIndex(({ by }) => by === holderIdentity(me));
    return index === -1
      ? []
      : [{ ...statusWaiting(name, index + 1), isWarning: false, row: poolId(key, name) }];
  });

export function showStatusBar(folders: TeamFolders, running: Running): Disposable {
  const item = vscode.window.createStatusBarItem("devdeploy.machine", vscode.StatusBarAlignment.Left);
  item.name = statusBarName();
  const show = (): void => {
    const shown = statusBarText(folders.views, running.current);
    if (shown === undefined) {
      item.hide();
      return;
    }
    item.text = shown.text;
    item.tooltip = shown.tooltip;
    item.accessibilityInformation = { label: shown.spoken };
    item.command = {
      command: "devdeploy.showDetails",
      title: shown.spoken,
      arguments: shown.row === undefined ? [] : [shown.row],
    };
    item.backgroundColor = shown.isWarning
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
    item.show();
  };
  show();
  return vscode.Disposable.from(item, folders.onChange(show), running.onChange(show));
}
