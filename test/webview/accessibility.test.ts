import assert from "node:assert/strict";
import { test } from "node:test";
import { STATES } from "../../webview-ui/preview/states.ts";
import { screenshot } from "../extension/harness/browser.ts";
import { findings } from "./axe.ts";
import { THEMES, usePanel } from "./panelPage.ts";

const open = usePanel();

/** What the other states look like in the other themes follows from these. */
const IN_EVERY_THEME = ["review", "running", "proven", "not-proven", "notice"];

for (const theme of THEMES) {
  test(`the accessibility checker finds nothing in any state of the panel (${theme})`, async (t) => {
    const panel = await open(t, { theme });
    const all = Object.entries(STATES).filter(
      ([state]) => theme === "dark" || IN_EVERY_THEME.includes(state),
    );
    for (const [state, view] of all) {
      await t.test(state, async () => {
        await panel.show(view);
        await screenshot(panel.page, `panel-${state}-${theme}`);
        assert.deepEqual(await findings(panel.page), []);
      });
    }
  });
}

test("nor while a list is open, a row is chosen by keyboard, or nothing has come yet", async (t) => {
  const panel = await open(t);
  assert.deepEqual(await findings(panel.page), []);
  await panel.show(STATES["review"] ?? assert.fail());
  await panel.page.locator("vscode-dropdown").click();
  assert.deepEqual(await findings(panel.page), []);
  await panel.page.keyboard.press("Escape");
  await panel.page.locator('tr[data-revision="167"]').press("ArrowUp");
  assert.deepEqual(await findings(panel.page), []);
});

for (const [name, width, height] of [
  ["beside the sidebar", 932, 760],
  ["beside other editors", 600, 900],
  ["on a narrow side", 380, 900],
  ["magnified to 400 %", 320, 256],
] as const) {
  test(`nor ${name}, where nothing is cut off to the side`, async (t) => {
    const panel = await open(t, { width, height });
    for (const state of ["review", "proven", "not-proven", "notice", "hostile"]) {
      await panel.show(STATES[state] ?? assert.fail());
      await screenshot(panel.page, `panel-${state}-${width}x${height}`);
      assert.deepEqual(await findings(panel.page), [], state);
      const wide = await panel.page.evaluate<readonly string[]>(`
        [...document.querySelectorAll("#panel *")]
          .filter((each) => each.closest(".spoken, thead, pre, .commit .under > *") === null)
          .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
          .map((each) => each.tagName + "." + each.className)`);
      assert.deepEqual(wide, [], state);
    }
  });
}

test("nor with the system's own colours", async (t) => {
  const panel = await open(t);
  await panel.page.emulateMedia({ forcedColors: "active" });
  await panel.show(STATES["review"] ?? assert.fail());
  await screenshot(panel.page, "panel-review-forced-colors");
  // The checker reads the colours of before they are replaced.
  assert.deepEqual(await findings(panel.page, ["color-contrast"]), []);
});

test("nothing moves for whoever asked for that", async (t) => {
  const panel = await open(t);
  await panel.show(STATES["running"] ?? assert.fail());
  const moving = `document.getAnimations().filter(({ playState }) => playState === "running").length`;
  assert.equal(await panel.page.evaluate(moving), 0);
  await panel.page.emulateMedia({ reducedMotion: "no-preference" });
  assert.notEqual(await panel.page.evaluate(moving), 0);
});
