import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Frame, Page } from "playwright-core";
import { contextMenu, eventually, fillInput, runCommand, webviewFrame } from "./harness/person.ts";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Waits for the rollback panel's own frame, inside of VS Code's; after a reload it is another one. */
export const panelFrame = (page: Page): Promise<Frame> => webviewFrame(page, "tr[data-revision]", 60_000);

/** Opens the history from a row of the sidebar. */
export async function openHistory(page: Page, row: string): Promise<Frame> {
  await contextMenu(page, row, "Show History and Roll Back…");
  return panelFrame(page);
}

const words = (text: string): string => text.replaceAll(/\s+/gu, " ").trim();

/** The right-hand side in one line; commits differ from run to run, and so do times. */
export const sideText = async (frame: Frame): Promise<string> =>
  words(await frame.locator("aside").innerText());

/** Waits until the right-hand side says this. */
export const sideThat = (frame: Frame, matches: RegExp, limitMs = 60_000): Promise<string> =>
  eventually(
    () => sideText(frame),
    (text) => matches.test(text),
    limitMs,
  );

/** A row in one line. */
export const rowText = async (frame: Frame, revision: number): Promise<string> =>
  words(await frame.locator(`tr[data-revision="${revision}"]`).innerText());

/** The rows' revisions, from top to bottom. */
export const revisions = (frame: Frame): Promise<readonly number[]> =>
  frame
    .locator("tr[data-revision]")
    .evaluateAll((rows: { getAttribute(name: string): string | null }[]) =>
      rows.map((row) => Number(row.getAttribute("data-revision"))),
    );

/** Chooses a row as a person does. */
export const chooseRow = (frame: Frame, revision: number): Promise<void> =>
  frame.locator(`tr[data-revision="${revision}"]`).click();

/** Presses a button or a link of the panel by what stands on it. */
export const press = (frame: Frame, label: string): Promise<void> =>
  frame.locator("vscode-button, vscode-link, button, a").filter({ hasText: label }).first().click();

/** Types the name of the release or workload and presses the button that acts; a reason is asked for before it. */
export async function confirmWith(frame: Frame, name: string): Promise<void> {
  await frame.locator(".confirm input").last().fill(name);
  await frame.locator('.confirm vscode-button[appearance="primary"]').click();
}

/** What an accessibility checker finds amiss in the panel, as `rule: element`; nothing where all is well. */
export async function findings(frame: Frame): Promise<readonly string[]> {
  return frame.evaluate<readonly string[]>(`(async () => {
    if (window.axe === undefined) { ${axe} }
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => id + ": " + target.join(" ") + " (" + failureSummary + ")"));
  })()`);
}

/** Another colour theme, as it is called in VS Code. */
export async function changeTheme(page: Page, theme: string): Promise<void> {
  await runCommand(page, "Preferences: Color Theme");
  await fillInput(page, theme);
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
}

/** The texts of the open comparison, as far as they are in view. */
export async function comparedText(page: Page): Promise<string> {
  const lines = page.locator(".multiDiffEditor .view-line, .monaco-diff-editor .view-line");
  await lines.first().waitFor();
  return (await lines.allInnerTexts()).join("\n").replaceAll("\u00a0", " ");
}
