import * as vscode from "vscode";
import type { Disposable } from "../app/emitter.ts";
import type { ConfigState } from "../domain/config.ts";
import { configUnreadable } from "./messages/config.ts";
import type { TeamFolder } from "./model/teamFolder.ts";
import { positionAt } from "./textPosition.ts";

/** The mistakes of every devdeploy.json in the Problems view, each where it stands. */
export class ConfigDiagnostics implements Disposable {
  readonly #problems = vscode.languages.createDiagnosticCollection("devdeploy");

  /** Shows a folder's mistakes from now on. */
  follow({ place, config }: TeamFolder): Disposable {
    const uri = vscode.Uri.joinPath(vscode.Uri.file(place.path), "devdeploy.json");
    // The file may go away between the reading of its mistakes and that of its lines; the next event says so.
    const show = (state: ConfigState): void => void this.#show(uri, state).catch(() => undefined);
    show(config.current);
    const onOpenOrClose = (document: vscode.TextDocument): void => {
      if (document.uri.toString() === uri.toString()) show(config.current);
    };
    const listening = [
      config.onChange(show),
      vscode.workspace.onDidOpenTextDocument(onOpenOrClose),
      vscode.workspace.onDidCloseTextDocument(onOpenOrClose),
    ];
    return {
      dispose: () => {
        for (const each of listening) each.dispose();
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
        // By the text on the disk, which is what was read: an editor may hold an older or a newer one.
        const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
          await vscode.workspace.fs.readFile(uri),
        );
        const isToldAlready = isWatchedAsJson(uri);
        const found = state.problems
          .filter(({ isSyntax }) => !(isSyntax === true && isToldAlready))
          .map(({ offset, length, message }) => diagnostic(rangeOf(text, offset, length), message));
        this.#problems.set(uri, found);
      }
    }
  }

  dispose(): void {
    this.#problems.dispose();
  }
}

/** VS Code's own JSON support says of an open file, while one types, where it is no JSON; once is enough. */
function isWatchedAsJson(uri: vscode.Uri): boolean {
  return (
    vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString()) &&
    vscode.extensions.getExtension("vscode.json-language-features") !== undefined &&
    vscode.workspace.getConfiguration("json", uri).get("validate.enable", true)
  );
}

function rangeOf(text: string, offset: number, length: number): vscode.Range {
  const [start, end] = [positionAt(text, offset), positionAt(text, offset + length)];
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

function diagnostic(range: vscode.Range, message: string): vscode.Diagnostic {
  const found = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  found.source = "Devdeploy";
  return found;
}
