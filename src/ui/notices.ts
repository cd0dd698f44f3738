import * as vscode from "vscode";
import { buttonLabel } from "./messages/buttons.ts";
import type { Button, Notice } from "./messages/notice.ts";

/** Shows one notification and answers with the button that was pressed; undefined where it was closed. */
export async function showNotice({ severity, text, buttons }: Notice): Promise<Button | undefined> {
  const labels = buttons.map(buttonLabel);
  const pressed = await show(severity, text, labels);
  return pressed === undefined ? undefined : buttons[labels.indexOf(pressed)];
}

function show(
  severity: Notice["severity"],
  text: string,
  labels: readonly string[],
): Thenable<string | undefined> {
  switch (severity) {
    case "info":
      return vscode.window.showInformationMessage(text, ...labels);
    case "warning":
      return vscode.window.showWarningMessage(text, ...labels);
    case "error":
      return vscode.window.showErrorMessage(text, ...labels);
  }
}
