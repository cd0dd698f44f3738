import type { PanelPage } from "./panelPage.ts";

/** What the keyboard is on: `row 167`, `field Status`, `heading …`, `button …`; `nothing` where it is nowhere. */
export const focused = ({ page }: PanelPage): Promise<string> =>
  page.evaluate<string>(`(() => {
    const found = document.activeElement;
    if (found === null || found === document.body) return "nothing";
    if (found.dataset.revision) return "row " + found.dataset.revision;
    if (found.id === "side-heading") return "heading " + found.textContent.replace(/\\s+/g, " ").trim();
    const label = found.getAttribute("aria-label");
    return label === null ? "button " + found.textContent.trim() : "field " + label;
  })()`);

/** The revisions that are listed, from top to bottom: their text, since rows out of sight have no inner text. */
export const listed = ({ page }: PanelPage): Promise<readonly string[]> =>
  page.locator("tr[data-revision] .number").allTextContents();

/** What a screen reader was told. */
export const announced = async ({ page }: PanelPage): Promise<string> =>
  (await page.locator("div.spoken[role]").allInnerTexts()).join("");

/** Everything that is on the page. The toolkit's controls show what was typed only in a later frame. */
export const markup = ({ page }: PanelPage): Promise<string> =>
  page.evaluate<string>(`(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return document.querySelector("#panel").innerHTML;
  })()`);

/** A row of the history. */
export const row = (revision: number): string => `tr[data-revision="${revision}"]`;

/** The button that acts. */
export const CONFIRM = '.confirm vscode-button[appearance="primary"]';
