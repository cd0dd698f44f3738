import * as vscode from "vscode";
import { reasonPlaceholder, reasonTooLong } from "../messages/unlock.ts";

/** As many as are kept on a Lease. */
const MOST_CHARACTERS = 200;

export interface ReasonQuestion {
  readonly title: string;
  readonly prompt: string;
}

/** Asks why; an empty text is an answer, undefined means that the person thought better of it. */
export async function askReason({ title, prompt }: ReasonQuestion): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    placeHolder: reasonPlaceholder(),
    ignoreFocusOut: true,
    validateInput: (value) => {
      const { length } = Array.from(value.trim());
      return length > MOST_CHARACTERS ? reasonTooLong(MOST_CHARACTERS, length) : undefined;
    },
  });
  return text?.trim();
}

/** As an optional part of an order. */
export const given = (reason: string): { readonly reason?: string } => (reason === "" ? {} : { reason });
