import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { Disposable } from "../../app/emitter.ts";
import type { DiffDocument } from "../../app/diffDocuments.ts";
import { diffClosed, noDiff } from "../messages/rollbackReview.ts";

export const DIFF_SCHEME = "devdeploy-diff";

/**
 * What VS Code's diff editor shows of two revisions: masked texts that live as long as they are looked at, and never
 * on a disk.
 */
export class DiffDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #texts = new Map<string, string>();
  readonly #owned: readonly Disposable[];

  constructor() {
    this.#owned = [
      vscode.workspace.registerTextDocumentContentProvider(DIFF_SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === DIFF_SCHEME) this.#texts.delete(uri.toString());
      }),
    ];
  }

  /** How many texts are kept. */
  get kept(): number {
    return this.#texts.size;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? `# ${diffClosed()}\n`;
  }

  /** Opens one editor with a diff for each document. */
  async open(title: string, documents: readonly DiffDocument[]): Promise<void> {
    if (documents.length === 0) {
      void vscode.window.showInformationMessage(noDiff());
      return;
    }
    const comparison = randomUUID();
    const changes = documents.map(({ label, left, right }) => {
      const path = `/${fileName(label)}`;
      const keep = (side: "before" | "after", text: string): vscode.Uri => {
        const uri = vscode.Uri.from({ scheme: DIFF_SCHEME, authority: side, path, query: comparison });
        this.#texts.set(uri.toString(), text);
        return uri;
      };
      const [before, after] = [keep("before", left), keep("after", right)];
      return [after, before, after];
    });
    await vscode.commands.executeCommand("vscode.changes", title, changes);
  }

  dispose(): void {
    for (const one of this.#owned) one.dispose();
    this.#texts.clear();
  }
}

/** `Deployment/web` as the name of a YAML file; labels are unique, and so are these. */
const fileName = (label: string): string => (label.endsWith(".yaml") ? label : `${label}.yaml`);
