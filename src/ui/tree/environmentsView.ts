import * as vscode from "vscode";
import type { Disposable } from "../../app/emitter.ts";
import type { TeamFolders } from "../model/teamFolders.ts";
import * as words from "../messages/rows.ts";
import { badgeTooltip } from "../messages/view.ts";
import type { EnvironmentTree } from "./environmentTree.ts";
import { livenesses, waitedFor, worstLiveness, type FolderView } from "./folderView.ts";
import { isMine } from "./machineRow.ts";

/** The view around the tree: what is said above the rows, beside the title, and on the icon. */
export function showEnvironments(tree: EnvironmentTree, folders: TeamFolders): Disposable {
  const view = vscode.window.createTreeView("devdeploy.environments", {
    treeDataProvider: tree,
    showCollapseAll: false,
  });
  const keys = new ContextKeys();
  const show = (): void => {
    const { views, kind } = folders;
    const stale = kind === "rows" ? worstLiveness(views) : undefined;
    const message = stale === undefined ? "" : words.staleMessage(stale);
    if (view.message !== message) view.message = message;
    view.description = kind === "rows" ? viewDescription(views) : "";
    const mine = myMachines(views);
    view.badge = mine.length === 0 ? undefined : { value: mine.length, tooltip: badgeTooltip(mine) };
    keys.set("devdeploy.view", kind);
    keys.set("devdeploy.isReady", kind === "rows");
    keys.set("devdeploy.holdsMachine", mine.length > 0);
    keys.set(
      "devdeploy.isWaiting",
      views.some((view) => waitedFor(view).length > 0),
    );
    keys.set(
      "devdeploy.hasConfig",
      views.some(({ config }) => config.kind !== "absent"),
    );
  };
  const wakeWhenSeen = (): void => {
    folders.see(view.visible);
    tree.see(view.visible);
    if (view.visible) folders.wake();
  };
  show();
  wakeWhenSeen();
  return vscode.Disposable.from(
    view,
    folders.onChange(show),
    view.onDidChangeVisibility(wakeWhenSeen),
    view.onDidExpandElement(({ element }) => {
      tree.toggle(element, true);
    }),
    view.onDidCollapseElement(({ element }) => {
      tree.toggle(element, false);
    }),
    tree.onOpen((id) => {
      void open(view, id);
    }),
  );
}

/** Nothing is chosen by that, and what has the focus keeps it. */
async function open(view: vscode.TreeView<string>, id: string): Promise<void> {
  // Revealing would bring a hidden view to the front.
  if (!view.visible) return;
  try {
    await view.reveal(id, { select: false, focus: false, expand: true });
  } catch {
    // The row went away meanwhile: there is nothing to open any more.
  }
}

/** The machines that are locked to the person who looks. */
export const myMachines = (views: readonly FolderView[]): readonly string[] =>
  views.flatMap(({ machines, me }) =>
    machines.filter(({ state }) => isMine(state, me)).map(({ name }) => name),
  );

function viewDescription(views: readonly FolderView[]): string {
  const contexts = new Set(
    views.flatMap(({ config }) => (config.kind === "valid" ? [config.config.locks.context] : [])),
  );
  const lives = views.flatMap(livenesses);
  const state = lives.some(({ kind }) => kind === "stale")
    ? words.notConnected()
    : lives.some(({ kind }) => kind === "connecting")
      ? words.connecting()
      : words.live();
  return words.parts([...contexts].join(", "), state);
}

/** Context keys for package.json, set only when they change: each setting is a message to the window. */
class ContextKeys {
  readonly #values = new Map<string, unknown>();

  set(key: string, value: string | boolean): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  }
}
