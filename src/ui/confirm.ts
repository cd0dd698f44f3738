import * as vscode from "vscode";
import type { Confirm } from "../app/ports.ts";
import { confirmText } from "./messages/progress.ts";

/** Asks by a modal dialog: what is said there must not be overlooked. Closing it means no. */
export const modalConfirm: Confirm = {
  devdeploy: async (question) => {
    const { question: text, detail, yes } = confirmText(question);
    return (await vscode.window.showWarningMessage(text, { modal: true, detail }, yes)) === yes;
  },
};
