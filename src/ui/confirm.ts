import * as vscode from "vscode";
import type { Confirm } from "../app/ports.ts";
import { confirmText } from "./messages/progress.ts";
import type { Modal } from "./messages/unlock.ts";

/** Asks by a modal dialog: what is said there must not be overlooked. Closing it means no. */
export async function isConfirmed({ question, detail, yes }: Modal): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

export const modalConfirm: Confirm = {
  devdeploy: (question) => isConfirmed(confirmText(question)),
};
