import { setTimeout as delay } from "node:timers/promises";
import { errors, type Frame, type Locator, type Page } from "playwright-core";

/** A row of the sidebar as a person sees it. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** Label and description as they stand there. */
  readonly text: string;
  /** What a screen reader says. */
  readonly ariaLabel: string;
  readonly level: number;
  readonly isExpanded: boolean | undefined;
}

const ROWS = ".sidebar .pane-body .monaco-list-row";

/** Opens a view container of the activity bar, unless it is open. */
export async function openSidebar(page: Page, title = "Devdeploy"): Promise<void> {
  const open = page.locator(`.sidebar .composite.title:has-text("${title}")`);
  if (await open.isVisible()) return;
  await page.locator(`.activitybar .action-item a.action-label[aria-label^="${title}"]`).click();
  await open.waitFor();
}

/** Makes room for whole rows. */
export async function widenSidebar(page: Page): Promise<void> {
  const sidebar = await page.locator(".part.sidebar").boundingBox();
  if (sidebar === null) throw new Error("The sidebar is not open.");
  const [x, y] = [sidebar.x + sidebar.width, sidebar.y + sidebar.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 130, y, { steps: 5 });
  await page.mouse.up();
  // Away from the border, which is drawn in blue under the pointer.
  await page.mouse.move(x + 400, y);
}

/** The rows of the open sidebar, from top to bottom. */
export async function treeRows(page: Page): Promise<TreeRow[]> {
  // No named function in here: the loader adds a helper to those, and the page does not have it.
  const rows = await page.locator(ROWS).evaluateAll((elements: InPage[]) =>
    elements.map((row) => ({
      label: row.querySelector(".label-name")?.textContent ?? "",
      description: row.querySelector(".label-description")?.textContent ?? "",
      ariaLabel: row.getAttribute("aria-label") ?? "",
      level: Number(row.getAttribute("aria-level")),
      expanded: row.getAttribute("aria-expanded"),
    })),
  );
  return rows.map(({ expanded, ...row }) => ({
    ...row,
    text: `${row.label} ${row.description}`.trim(),
    isExpanded: expanded === null ? undefined : expanded === "true",
  }));
}

/** As much of an element as is read here: the types of a browser do not belong into programs of Node. */
interface InPage {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  querySelector(selector: string): InPage | null;
}

/** What stands beside a row's label; empty where there is no such row. */
export const descriptionOf = (rows: readonly TreeRow[], label: string): string =>
  rows.find((row) => row.label === label)?.description ?? "";

/** Commits differ from run to run. */
export const withoutHashes = (text: string): string => text.replaceAll(/\b[0-9a-f]{7}\b/gu, "#######");

/** A time as our sentences write it: in local time and UTC, with the day where it is another one. */
export const TIME = String.raw`(?:\w{3} )?\d\d:\d\d(?: \((?:\w{3} )?\d\d:\d\d UTC\)| UTC)`;

/** Times differ from run to run, and from machine to machine. */
export const withoutTimes = (text: string): string => text.replaceAll(new RegExp(TIME, "gu"), "TIME");

/** The row with this label. */
export function rowOf(page: Page, label: string): Locator {
  const name = page.locator(".label-name").getByText(label, { exact: true });
  return page.locator(ROWS).filter({ has: name });
}

/** Waits until the sidebar's rows are as wanted; answers them. */
export function rowsThat(
  page: Page,
  areAsWanted: (rows: readonly TreeRow[]) => boolean,
  limitMs = 20_000,
): Promise<readonly TreeRow[]> {
  return eventually(() => treeRows(page), areAsWanted, limitMs);
}

/** Runs a command by its title as the palette shows it: `Devdeploy: Refresh`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const input = page.locator(".quick-input-widget input.input");
  const entry = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: title }).first();
  // Whatever takes the focus meanwhile, such as an editor that closes, closes the palette: then it is opened again.
  await eventually(
    async () => {
      try {
        await page.keyboard.press("F1");
        await input.waitFor({ state: "visible", timeout: 1_000 });
        await input.fill(`>${title}`, { timeout: 2_000 });
        await entry.click({ timeout: 3_000 });
        return true;
      } catch (error) {
        if (error instanceof errors.TimeoutError) return false;
        throw error;
      }
    },
    (isRun) => isRun,
    60_000,
  );
}

const tabsOf = (page: Page): Locator => page.locator(".tabs-container .tab");

/** Closes the editor that is in front, and waits until it is gone. */
export async function closeEditor(page: Page): Promise<void> {
  const before = await tabsOf(page).count();
  await runCommand(page, "View: Close Editor");
  await eventually(
    () => tabsOf(page).count(),
    (count) => count < before,
  );
}

/** Brings an open editor to the front by its tab. */
export const showTab = (page: Page, title: string): Promise<void> =>
  tabsOf(page).filter({ hasText: title }).first().click();

/** Picks the entry with this text in the open quick pick. */
export async function acceptQuickPick(page: Page, text: string): Promise<void> {
  const entry = page.locator(".quick-input-list .monaco-list-row").filter({ hasText: text }).first();
  await entry.click();
}

/** The entries of the open quick pick, as a screen reader says them. */
export async function quickPickEntries(page: Page): Promise<readonly string[]> {
  const rows = page.locator(".quick-input-list .monaco-list-row");
  await rows.first().waitFor();
  return rows.evaluateAll((all: InPage[]) => all.map((row) => row.getAttribute("aria-label") ?? ""));
}

/** Waits until the open quick pick or input box has this title. */
export async function quickInputTitled(page: Page, title: string): Promise<void> {
  await eventually(
    () => page.locator(".quick-input-widget .quick-input-title").innerText(),
    (text) => text === title,
  );
}

/** Closes the open quick pick or input box without an answer. */
export async function leaveQuickInput(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
}

/** Types into the open input box and accepts. */
export async function fillInput(page: Page, text: string): Promise<void> {
  const input = page.locator(".quick-input-widget input.input");
  await input.waitFor();
  await input.fill(text);
  await input.press("Enter");
}

/** Presses an action that a row shows when the pointer is over it. */
export async function inlineAction(page: Page, label: string, title: string): Promise<void> {
  const row = rowOf(page, label);
  await row.hover();
  await row.locator(`.actions a.action-label[aria-label^="${title}"]`).click();
}

/** Chooses an entry of a row's context menu. */
export async function contextMenu(page: Page, label: string, title: string): Promise<void> {
  await rowOf(page, label).click({ button: "right" });
  const entry = page.locator(".monaco-menu .action-item a.action-menu-item").filter({ hasText: title });
  await entry.waitFor();
  // A menu ignores clicks in its first moments, lest the click that opened it chooses something.
  await delay(200);
  await entry.click();
  await page.locator(".monaco-menu").waitFor({ state: "hidden" });
}

/** The notifications on screen. */
export function toasts(page: Page): Promise<readonly string[]> {
  return page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts();
}

/** Waits for a notification whose text matches; answers the text. */
export async function toastThat(page: Page, matches: RegExp, limitMs = 30_000): Promise<string> {
  const shown = await eventually(
    () => toasts(page),
    (texts) => texts.some((text) => matches.test(text)),
    limitMs,
  );
  return shown.find((text) => matches.test(text)) ?? "";
}

/** Puts away what notifications there are, so that the next ones are seen. */
export async function clearToasts(page: Page): Promise<void> {
  await runCommand(page, "Notifications: Clear All Notifications");
  await eventually(
    () => toasts(page),
    (shown) => shown.length === 0,
  );
}

/** Presses a button of the notification whose text matches. */
export async function pressToastButton(page: Page, matches: RegExp, button: string): Promise<void> {
  const toast = page.locator(".notifications-toasts .notification-toast").filter({ hasText: matches });
  const pressed = toast.locator(".notification-list-item-buttons-container .monaco-button", {
    hasText: button,
  });
  await toast.waitFor();
  // A notification that is pressed goes away. One that another one just pushes aside may miss the press.
  await eventually(
    async () => {
      await toast.hover({ timeout: 2_000 }).catch(() => undefined);
      await pressed.click({ timeout: 2_000 }).catch(() => undefined);
      return toast.count();
    },
    (count) => count === 0,
  );
}

/** A modal question. */
export interface Dialog {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

/** Waits for a modal question and reads it. */
export async function dialog(page: Page): Promise<Dialog> {
  const box = page.locator(".monaco-dialog-box");
  await box.waitFor();
  return {
    message: await box.locator(".dialog-message-text").innerText(),
    detail: (await box.locator(".dialog-message-detail").allInnerTexts()).join("\n"),
    buttons: await box.locator(".monaco-button").allInnerTexts(),
  };
}

/** Answers a modal question. */
export async function pressDialogButton(page: Page, button: string): Promise<void> {
  await page.locator(".monaco-dialog-box .monaco-button").filter({ hasText: button }).click();
  await page.locator(".monaco-dialog-box").waitFor({ state: "hidden" });
}

/** What stands in the status bar. */
export async function statusBar(page: Page): Promise<readonly string[]> {
  const items = await page.locator(".statusbar .statusbar-item").allInnerTexts();
  return items.map((text) => text.replace(/\s+/gu, " ").trim()).filter((text) => text !== "");
}

/** What is asked of an element in the page: this program has no DOM of its own. */
interface DrawnLine {
  readonly innerText: string;
  getBoundingClientRect(): { readonly y: number };
}

/** What is in view of the open output channel; lines that are wrapped are whole again. */
export async function outputText(page: Page): Promise<string> {
  // In one piece: a line that scrolls out of view while the others are read would be waited for.
  const placed = await page
    .locator(".part.panel .view-line")
    .evaluateAll((lines: readonly DrawnLine[]) =>
      lines.map((line) => ({ text: line.innerText, top: line.getBoundingClientRect().y })),
    );
  // The editor draws them in the order in which they came into view.
  const sorted = placed.sort((a, b) => a.top - b.top).map(({ text }) => text.replaceAll("\u00a0", " "));
  return sorted
    .join("")
    .replaceAll(/(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[)/gu, "\n")
    .trim();
}

/** Waits for the webview's inner frame that shows this. */
export async function webviewFrame(page: Page, selector: string, limitMs = 20_000): Promise<Frame> {
  const frameWith = async (): Promise<Frame | undefined> => {
    for (const frame of page.frames()) {
      if (
        (await frame
          .locator(selector)
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    }
    return undefined;
  };
  const found = await eventually(frameWith, (frame) => frame !== undefined, limitMs);
  if (found === undefined) throw new Error(`No webview shows ${selector}.`);
  return found;
}

/**
 * Reads until what was read is accepted, and answers it. After the limit it throws with what was read last, so
 * that a failing test says what was on screen.
 */
export async function eventually<T>(
  read: () => Promise<T>,
  isAccepted: (value: T) => boolean,
  limitMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (isAccepted(value)) return value;
    if (performance.now() > deadline) {
      throw new Error(`Not within ${limitMs / 1000} s. Last seen: ${JSON.stringify(value, undefined, 2)}`);
    }
    await delay(50);
  }
}
