import * as vscode from "vscode";
import type { Disposable } from "../app/emitter.ts";
import type { ConfigState } from "../domain/config.ts";
import { configUnreadable } from "./messages/config.ts";
import type { TeamFolder } from "./model/teamFolder.ts";

/** The mistakes of every devdeploy.json in the Problems view, each where it stands. */
export class ConfigDiagnostics implements Disposable {
  readonly #problems = vscode.languages.createDiagnosticCollection("devdeploy");

  /** Shows a folder's mistakes from now on. */
  follow({ place, config }: TeamFolder): Disposable {
    const uri = vscode.Uri.joinPath(vscode.Uri.file(place.path), "devdeploy.json");
    const show = (state: ConfigState): void => void this.#show(uri, state);
    show(config.current);
    const listening = config.onChange(show);
    return {
      dispose: () => {
        listening.dispose();
        this.#problems.delete(uri);
      },
    };
  }

  async #show(uri: vscode.Uri, state: ConfigState): Promise<void> {
    switch (state.kind) {
      case "absent":
      case "valid":
        this.#problems.delete(uri);
        return;
      case "unreadable":
        this.#problems.set(uri, [diagnostic(new vscode.Range(0, 0, 0, 0), configUnreadable(state.detail))]);
        return;
      case "invalid": {
        // Offsets become lines and columns by the very text; VS Code already holds it where the file is open.
        const document = await vscode.workspace.openTextDocument(uri);
        const found = state.problems.map(({ offset, length, message }) =>
          diagnostic(
            new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)),
            message,
          ),
        );
        this.#problems.set(uri, found);
      }
    }
  }

  dispose(): void {
    this.#problems.dispose();
  }
}

function diagnostic(range: vscode.Range, message: string): vscode.Diagnostic {
  const found = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  found.source = "Devdeploy";
  return found;
}
