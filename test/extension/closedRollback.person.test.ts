import assert from "node:assert/strict";
import { test } from "node:test";
import { openDemo, openWindow } from "./demoWindow.ts";
import { gateHelm } from "./gatedHelm.ts";
import { screenshot } from "./harness/browser.ts";
import {
  openSidebar,
  pressToastButton,
  rowsThat,
  runCommand,
  statusBar,
  toastThat,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { confirmWith, openHistory, panelFrame, sideThat } from "./panelFrame.ts";

test("a rollback whose panel and window are closed half-way goes on, and the next window shows how it ends", async (t) => {
  const demo = await openDemo(t);
  const helm = await gateHelm(t, String(demo.settings["devdeploy.helmPath"]));
  const ann = await openWindow(t, demo, "ann", { "devdeploy.helmPath": helm.path });
  const { page, url } = ann;
  // On the desktop, closing the only window ends the program that the test holds on to.
  if (url === undefined) {
    t.diagnostic("left out on the desktop");
    return;
  }
  const step = storyOf(t, { ann });

  await step("Ann confirms, and closes the panel and then the window while helm is at work", async () => {
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^web (?!.*reading…)/u.test(text)), 60_000);
    const frame = await openHistory(page, "web");
    await sideThat(frame, /A rollback does not undo/iu);
    await confirmWith(frame, "web");
    await helm.arrival();
    await sideThat(frame, /^Rolling back 168 /u);
    await runCommand(page, "View: Close Editor");
    assert.ok((await statusBar(page)).some((text) => text.includes("Rolling back web to 167")));
    await page.goto("about:blank");
  });

  await step("her next window has no panel open, and says in the status bar what goes on", async () => {
    await page.goto(url);
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^web (?!.*reading…)/u.test(text)), 60_000);
    const frame = await openHistory(page, "web");
    await sideThat(frame, /^Rolling back 168 .*A window that is closed began it/u);
    await screenshot(page, "rollback-followed");
    await runCommand(page, "View: Close Editor");
  });

  await step("helm comes to its end, the notification tells it, and leads to the proof", async () => {
    await helm.open();
    const told = /^web is rolled back to 167 \(\w{7}\), and it is proven\.$/u;
    await toastThat(page, told, 90_000);
    await pressToastButton(page, /web is rolled back to 167/u, "Show");
    const frame = await panelFrame(page);
    await sideThat(frame, /^Rolled back to 167 .*New revision 169 = 168 \+ 1.*web is on hold/u);
    await screenshot(page, "rollback-followed-proven");
  });
});
