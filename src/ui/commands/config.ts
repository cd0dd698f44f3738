import * as vscode from "vscode";
import { configExists } from "../messages/config.ts";
import { showNotice } from "../notices.ts";
import { folderOf, pickFolder } from "./choose.ts";
import type { CommandServices } from "./services.ts";
import { STARTER_CONFIG } from "./starterConfig.ts";

const uriOf = (path: string): vscode.Uri => vscode.Uri.joinPath(vscode.Uri.file(path), "devdeploy.json");

/** Opens devdeploy.json of the folder, and the Problems view where it has mistakes. */
export async function openConfig(services: CommandServices, id?: string): Promise<void> {
  const folder = await folderOf(services, id);
  if (folder === undefined) return;
  await vscode.window.showTextDocument(uriOf(folder.place.path));
  if (folder.config.current.kind === "invalid") {
    await vscode.commands.executeCommand("workbench.actions.view.problems");
  }
}

/** Writes a commented devdeploy.json to start from and opens it. A file that is there is never touched. */
export async function createConfig(services: CommandServices, id?: string): Promise<void> {
  const isUnsaid = id === undefined && services.folders.all.length > 1;
  const folder = isUnsaid ? await pickFolder(services) : await folderOf(services, id);
  if (folder === undefined) return;
  const uri = uriOf(folder.place.path);
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { overwrite: false, contents: new TextEncoder().encode(STARTER_CONFIG) });
  const isCreated = folder.config.current.kind === "absent" && (await vscode.workspace.applyEdit(edit));
  await vscode.window.showTextDocument(uri);
  if (!isCreated) void showNotice(configExists());
}
