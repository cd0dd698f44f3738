import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What an accessibility checker finds amiss on the page, as `rule: element (why)`; nothing where all is well. */
export async function findings(page: Page, except: readonly string[] = []): Promise<readonly string[]> {
  const rules = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]));
  return page.evaluate<readonly string[]>(`(async () => {
    if (window.axe === undefined) { ${source} }
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"], rules: ${JSON.stringify(rules)} });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => id + ": " + target.join(" ") + " (" + failureSummary + ")"));
  })()`);
}
