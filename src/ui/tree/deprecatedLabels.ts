import * as vscode from "vscode";
import type { Disposable } from "../../app/emitter.ts";

const SCHEME = "devdeploy-deprecated";

/** The address that makes a row's label grey. */
export const deprecatedUri = (id: string): vscode.Uri =>
  vscode.Uri.from({ scheme: SCHEME, path: `/${encodeURIComponent(id)}` });

/**
 * VS Code lets no extension draw a line through a row's label, and characters that overlay each other fall apart
 * in many fonts; so what is deprecated is greyed, and its words say the rest.
 */
export function greyDeprecatedLabels(): Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration: ({ scheme }) =>
      scheme === SCHEME
        ? new vscode.FileDecoration(undefined, undefined, new vscode.ThemeColor("disabledForeground"))
        : undefined,
  });
}
