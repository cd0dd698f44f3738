import * as vscode from "vscode";
import type { Disposable } from "../../app/emitter.ts";
import type { Place, TeamFolder } from "./teamFolder.ts";
import type { TeamFolders } from "./teamFolders.ts";

/** A folder that was opened, with what ends when it is closed. */
export interface OpenedFolder {
  readonly team: TeamFolder;
  readonly disposables: readonly Disposable[];
}

export type OpenFolder = (folder: vscode.WorkspaceFolder, place: Place) => Promise<OpenedFolder>;

const placeOf = ({ uri, name }: vscode.WorkspaceFolder): Place => ({
  key: uri.toString(),
  name,
  path: uri.fsPath,
});

/** Keeps the folders those of the workspace. `read` resolves once each has been opened for the first time. */
export function followWorkspace(
  folders: TeamFolders,
  openFolder: OpenFolder,
): Disposable & { readonly read: Promise<void> } {
  const opened = new Map<string, OpenedFolder>();
  const open = async (folder: vscode.WorkspaceFolder): Promise<void> => {
    const place = placeOf(folder);
    const one = await openFolder(folder, place);
    opened.set(place.key, one);
    folders.add(one.team);
  };
  const close = (key: string): void => {
    folders.remove(key);
    for (const disposable of opened.get(key)?.disposables ?? []) disposable.dispose();
    opened.delete(key);
  };
  const openAll = async (all: readonly vscode.WorkspaceFolder[]): Promise<void> => {
    // Folders without files on this machine have neither a repository nor a helm beside it.
    for (const folder of all) if (folder.uri.scheme === "file") await open(folder);
  };
  const read = openAll(vscode.workspace.workspaceFolders ?? []);
  const listening = [
    vscode.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      for (const folder of removed) close(placeOf(folder).key);
      void openAll(added);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      folders.look();
    }),
  ];
  return {
    read,
    dispose: () => {
      for (const one of listening) one.dispose();
      for (const key of [...opened.keys()]) close(key);
    },
  };
}
