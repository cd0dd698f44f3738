import assert from "node:assert/strict";
import { test } from "node:test";
import { openAnn, openDemo } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
  dialog,
  openSidebar,
  pressDialogButton,
  pressToastButton,
  rowsThat,
  runCommand,
  toasts,
  toastThat,
  widenSidebar,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { kubectl } from "./leases.ts";
import { panelFrame, sideThat } from "./panelFrame.ts";

test("pods that fail after their deploy was proven are told once, with the way back", async (t) => {
  const demo = await openDemo(t);
  const ann = await openAnn(t, demo);
  const { page } = ann;
  const step = storyOf(t, { ann });

  await step("Ann's branch is deployed and proven", async () => {
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^dev1 (?!.*reading…)/u.test(text)), 60_000);
    await widenSidebar(page);
    await runCommand(page, "Devdeploy: Devdeploy Current Branch");
    await dialog(page);
    await pressDialogButton(page, "Devdeploy Anyway");
    await toastThat(page, /runs on dev1: /u, 60_000);
    await runCommand(page, "Notifications: Clear All Notifications");
  });

  await step("a reload of the window forgets nothing of it", async () => {
    await page.reload();
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => text.startsWith("dev1 you · ")), 60_000);
  });

  await step("somebody takes a ConfigMap away that its pods need, and they are made anew", async () => {
    await kubectl(demo, "dev", ["delete", "configmap", "dev1"]);
    await kubectl(demo, "dev", ["delete", "pods", "--selector", "app.kubernetes.io/instance=dev1"]);
    const told = await toastThat(page, /ConfigMap/u, 120_000);
    await screenshot(page, "monitoring-told");
    assert.match(told, /dev1/u);
  });

  await step("the button leads to the review of what ran before, and runs nothing", async () => {
    await pressToastButton(page, /ConfigMap/u, "Roll Back to");
    const frame = await panelFrame(page);
    await sideThat(frame, /^Roll back 15 .*→ 14 /iu);
    await screenshot(page, "monitoring-review");
    const records = await kubectl(demo, "dev", [
      ...["get", "secrets", "--selector", "owner=helm,name=dev1", "--output"],
      "jsonpath={.items[*].metadata.labels.version}",
    ]);
    assert.equal(records.trim(), "14 15");
  });

  assert.deepEqual(
    (await toasts(page)).filter((text) => /stumbled|ConfigMap/u.test(text)),
    [],
  );
});
