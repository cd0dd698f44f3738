import * as vscode from "vscode";
import { buttonLabel } from "../messages/buttons.ts";
import * as say from "../messages/command.ts";
import { parts } from "../messages/rows.ts";
import { withoutIcons } from "../messages/text.ts";
import type { CommandServices } from "./services.ts";
import { copyText, openUrl } from "./urls.ts";

interface Line extends vscode.QuickPickItem {
  readonly act: () => Promise<void>;
}

/** The facts of a row, to be read, searched and copied. It never acts on a machine. */
export async function showDetails(services: CommandServices, id?: string): Promise<void> {
  const chosen = id ?? (await pickRow(services));
  const row = chosen === undefined ? undefined : services.tree.row(chosen);
  if (chosen === undefined || row === undefined) return;
  const url = services.tree.subject(chosen)?.url;
  const lines: Line[] = row.facts.map(({ name, value }) => ({
    label: withoutIcons(name),
    description: withoutIcons(value),
    act: () => copyText(value),
  }));
  if (url !== undefined) {
    lines.push(
      { label: "", kind: vscode.QuickPickItemKind.Separator, act: () => Promise.resolve() },
      {
        label: `$(link-external) ${buttonLabel({ kind: "open-url", url, machine: row.label })}`,
        act: () => openUrl(url),
      },
      { label: `$(copy) ${buttonLabel({ kind: "copy-url", url })}`, act: () => copyText(url) },
    );
  }
  const line = await vscode.window.showQuickPick(lines, {
    title: parts(row.label, row.description),
    placeHolder: say.copyHint(),
    matchOnDescription: true,
  });
  await line?.act();
}

async function pickRow({ tree }: CommandServices): Promise<string | undefined> {
  const rows = tree.detailed.flatMap((id) => {
    const row = tree.row(id);
    return row === undefined ? [] : [{ label: row.label, description: row.description, id }];
  });
  return (await vscode.window.showQuickPick(rows, { placeHolder: say.chooseRow(), matchOnDescription: true }))
    ?.id;
}
