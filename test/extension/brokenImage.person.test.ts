import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
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
import { panelFrame, rowText, sideThat } from "./panelFrame.ts";

const run = promisify(execFile);

/** Ann is on the branch whose image was never built; helm gives up on its pods after a minute instead of five. */
async function brokenBranch(folder: string): Promise<void> {
  await run("git", ["-C", folder, "checkout", "--quiet", "task/broken-image"]);
  const path = join(folder, "devdeploy.json");
  const text = await readFile(path, "utf8");
  const hurried = text.replace('"release": "${machine}"', '"release": "${machine}", "timeoutMinutes": 1');
  assert.notEqual(hurried, text);
  await writeFile(path, hurried);
}

test("a branch whose image does not exist is told why, and rolled back from there to a proof", async (t) => {
  const demo = await openDemo(t);
  await brokenBranch(demo.people.ann.folder);
  const ann = await openAnn(t, demo);
  const { page } = ann;
  const step = storyOf(t, { ann });

  await step("while helm waits, the new pods stand below the row and say what keeps them", async () => {
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^dev1 (?!.*reading…)/u.test(text)), 60_000);
    await widenSidebar(page);
    await runCommand(page, "Devdeploy: Devdeploy Current Branch");
    await dialog(page);
    await pressDialogButton(page, "Devdeploy Anyway");
    const rows = await rowsThat(
      page,
      (all) => all.some(({ text }) => /^dev1-\S+ .*ImagePullBackOff/u.test(text)),
      60_000,
    );
    await screenshot(page, "broken-pods");
    assert.ok(
      rows.some(({ text }) => /^dev1-\S+ 0\/1 ready/u.test(text)),
      rows.map(({ text }) => text).join("\n"),
    );
  });

  await step("the notification says that the image is missing, and leads to the rollback", async () => {
    const told = await toastThat(page, /is locked to you until/u, 120_000);
    await screenshot(page, "broken-told");
    assert.match(told, /Image \S+:missing-[0-9a-f]{40} is not in the registry/u);
    await pressToastButton(page, /is locked to you until/u, "Roll Back");
  });

  await step("the review stands there, one press rolls back, and it is proven", async () => {
    const frame = await panelFrame(page);
    await sideThat(frame, /^Roll back 15 .*→ 14 /iu);
    await screenshot(page, "broken-review");
    await frame.locator('.confirm vscode-button[appearance="primary"]').click();
    const proof = await sideThat(frame, /^Rolled back to 14 /u, 120_000);
    await screenshot(page, "broken-proof");
    assert.match(proof, /It says “Rollback to 14”/u);
    assert.match(await rowText(frame, 16), /^16 runs now .*rollback to 14/u);
  });

  await step("what it says is what the cluster has", async () => {
    const pods = await kubectl(demo, "dev", [
      ...["get", "pods", "--selector", "app.kubernetes.io/instance=dev1", "--output"],
      "jsonpath={.items[*].status.containerStatuses[0].ready} {.items[*].spec.containers[0].image}",
    ]);
    assert.match(pods, /^true(?: true)* registry\.example\.com\/shop:[0-9a-f]{40}/u);
    assert.doesNotMatch(pods, /missing/u);
  });

  assert.deepEqual(
    (await toasts(page)).filter((text) => text.includes("stumbled")),
    [],
  );
});
