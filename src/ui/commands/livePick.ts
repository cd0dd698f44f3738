import * as vscode from "vscode";
import type { Listen } from "../../app/emitter.ts";
import { withoutIcons } from "../messages/text.ts";

/** A line of a list that changes while it is open. */
export interface LiveItem<T> {
  /** Tells the lines apart while their texts change, so that the chosen one stays chosen. */
  readonly key: string;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** Absent for a line that only says something. */
  readonly value?: T;
}

/** A heading between lines. */
export interface Heading {
  readonly heading: string;
}

export interface TitleButton<T> {
  readonly icon: string;
  readonly tooltip: string;
  readonly value: T;
}

export interface LiveList<T> {
  readonly title: string;
  readonly placeholder: string;
  /** Called again with every change; an empty list may still be filling. */
  readonly items: () => readonly (LiveItem<T> | Heading)[];
  /** Whether more may come: shown as a moving bar. */
  readonly isBusy?: () => boolean;
  readonly onChange: Listen<void>;
  readonly buttons?: readonly TitleButton<T>[];
  /** Something waits for the answer, so that a look elsewhere must not be one. */
  readonly staysOpen?: true;
}

interface PickItem<T> extends vscode.QuickPickItem {
  readonly key?: string;
  readonly value?: T;
}

/** Shows the list and answers with what was chosen; undefined where it was closed, or aborted. */
export function livePick<T>(list: LiveList<T>, signal?: AbortSignal): Promise<T | undefined> {
  if (signal?.aborted === true) return Promise.resolve(undefined);
  const pick = vscode.window.createQuickPick<PickItem<T>>();
  pick.title = list.title;
  pick.placeholder = list.placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.keepScrollPosition = true;
  pick.ignoreFocusOut = list.staysOpen === true;
  const buttons = new Map<vscode.QuickInputButton, T>(
    (list.buttons ?? []).map(({ icon, tooltip, value }) => [
      { iconPath: new vscode.ThemeIcon(icon), tooltip },
      value,
    ]),
  );
  pick.buttons = [...buttons.keys()];
  const fill = filler(pick, list);
  return new Promise((resolve) => {
    const end = (value?: T): void => {
      resolve(value);
      for (const one of owned) one.dispose();
      signal?.removeEventListener("abort", onAbort);
    };
    const onAbort = (): void => {
      end();
    };
    const owned: { dispose(): unknown }[] = [
      pick,
      list.onChange(fill),
      pick.onDidHide(onAbort),
      pick.onDidTriggerButton((button) => {
        end(buttons.get(button));
      }),
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item?.value !== undefined) end(item.value);
      }),
    ];
    signal?.addEventListener("abort", onAbort);
    fill();
    pick.show();
  });
}

/** Only what has changed is set anew: each setting moves the list under the person's eyes. */
function filler<T>(pick: vscode.QuickPick<PickItem<T>>, list: LiveList<T>): () => void {
  let shown = "";
  return () => {
    pick.busy = list.isBusy?.() ?? false;
    const items = list.items();
    const text = JSON.stringify(items);
    if (text === shown) return;
    shown = text;
    const active = pick.activeItems[0]?.key;
    pick.items = items.map(pickItem);
    const again = pick.items.filter(({ key }) => key !== undefined && key === active);
    if (again.length > 0) pick.activeItems = again;
  };
}

function pickItem<T>(item: LiveItem<T> | Heading): PickItem<T> {
  if ("heading" in item) {
    return { label: withoutIcons(item.heading), kind: vscode.QuickPickItemKind.Separator };
  }
  const { description, detail } = item;
  return {
    ...item,
    ...(description === undefined ? {} : { description: withoutIcons(description) }),
    ...(detail === undefined ? {} : { detail: withoutIcons(detail) }),
  };
}
