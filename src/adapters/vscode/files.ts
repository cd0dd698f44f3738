import * as vscode from "vscode";
import type { Disposable, Listen } from "../../app/emitter.ts";

/** Tells when a file of a workspace folder was made, changed, saved or deleted. */
export function watchFile(
  folder: vscode.WorkspaceFolder,
  name: string,
): { readonly event: Listen<void> } & Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, name));
  const uri = vscode.Uri.joinPath(folder.uri, name).toString();
  return {
    event: (listener) => {
      const tell = (): void => {
        listener();
      };
      const subscriptions = [
        watcher.onDidChange(tell),
        watcher.onDidCreate(tell),
        watcher.onDidDelete(tell),
        // The watcher may take a second to notice; a save in the editor is known at once.
        vscode.workspace.onDidSaveTextDocument((document) => {
          if (document.uri.toString() === uri) listener();
        }),
      ];
      return vscode.Disposable.from(...subscriptions);
    },
    dispose: () => {
      watcher.dispose();
    },
  };
}
