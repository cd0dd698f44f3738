import type { TestContext } from "node:test";
import { screenshot } from "./browser.ts";
import { statusBar, toasts } from "./person.ts";
import type { VsCode } from "./vsCode.ts";

/** Does one step of a story. */
export type Step = (what: string, act: () => Promise<void>) => Promise<void>;

/**
 * The steps of a story, each a test of its own that needs the ones before it: the first that fails ends the story,
 * and what was on the screens then is kept as `failed-NAME`.
 */
export function storyOf(t: TestContext, windows: Readonly<Record<string, VsCode>>): Step {
  let failed: unknown;
  const perform = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      failed = error;
      for (const [name, { page }] of Object.entries(windows)) {
        await screenshot(page, `failed-${name}`);
        // The picture stays on the machine that ran this; the words are in its output.
        t.diagnostic(`${name} saw: ${JSON.stringify([await toasts(page), await statusBar(page)])}`);
      }
      throw error;
    }
  };
  return async (what, act) => {
    await t.test(what, () => perform(act));
    if (failed !== undefined) throw new Error(`The story ends here: ${what}`, { cause: failed });
  };
}
