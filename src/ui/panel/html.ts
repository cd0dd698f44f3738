import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { loadingHistory } from "../messages/history.ts";
import { escapedHtml } from "./escaped.ts";

/** What the webview may load: its own files, and nothing from anywhere else. */
export function panelHtml(
  webview: Pick<vscode.Webview, "asWebviewUri" | "cspSource">,
  dist: vscode.Uri,
  subject: string,
): string {
  const nonce = randomBytes(16).toString("base64");
  const { cspSource } = webview;
  const file = (name: string): string =>
    escapedHtml(webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString());
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
  ].join("; ");
  return `<!doctype html>
<html lang="${escapedHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${escapedHtml(policy)}">
<title>${escapedHtml(subject)}</title>
<link rel="stylesheet" href="${file("webview.css")}">
</head>
<body data-loading="${escapedHtml(loadingHistory(subject))}">
<div id="panel"></div>
<script nonce="${nonce}" src="${file("webview.js")}"></script>
</body>
</html>`;
}
