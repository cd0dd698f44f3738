import assert from "node:assert/strict";
import { test } from "node:test";
import { openAnn, openDemo } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
  acceptQuickPick,
  closeEditor,
  eventually,
  openSidebar,
  quickPickEntries,
  rowsThat,
  runCommand,
  showTab,
  toasts,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { kubectl } from "./leases.ts";
import {
  changeTheme,
  comparedText,
  findings,
  openHistory,
  panelFrame,
  press,
  revisions,
  rowText,
  sideThat,
} from "./panelFrame.ts";

test("a person goes back to an earlier rollout of what helm does not know, and reads the proof", async (t) => {
  const demo = await openDemo(t);
  const ann = await openAnn(t, demo);
  const { page } = ann;
  const step = storyOf(t, { ann });
  let frame = page.mainFrame();

  await step("the row says what is rolled out, and its history opens from there", async () => {
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^thumbnails \w{7} · /u.test(text)), 60_000);
    await screenshot(page, "rollouts-row");
    frame = await openHistory(page, "thumbnails");
    await page.keyboard.press("Control+b");
    assert.deepEqual(await revisions(frame), [6, 5, 4, 3, 1]);
    await sideThat(frame, /6 .*→ 5 /u);
    assert.match(await rowText(frame, 6), /^6 newest, not ready .*Keep old links to products working/u);
    assert.match(await rowText(frame, 5), /^5 still runs recommended/u);
    assert.match(await rowText(frame, 4), /^4 was 2 /u);
    for (const [kind, theme] of [
      ["light", "Default Light Modern"],
      ["high-contrast", "Default High Contrast"],
      ["dark", "Default Dark Modern"],
    ] as const) {
      await changeTheme(page, theme);
      await screenshot(page, `rollouts-review-${kind}`);
      assert.deepEqual(await findings(frame), [], theme);
    }
  });

  await step("the difference of the templates opens in VS Code's diff editor", async () => {
    await press(frame, "Open Diff");
    await eventually(
      () => comparedText(page),
      (all) => all.includes("registry.example.com/thumbnails:crash-"),
    );
    await screenshot(page, "rollouts-diff");
    await closeEditor(page);
    frame = await panelFrame(page);
  });

  await step("a reload of the window keeps the panel, and the history is read again", async () => {
    await page.reload();
    // VS Code may not have written down in time that the comparison was closed.
    await showTab(page, "Deployment/thumbnails: Rollouts");
    frame = await panelFrame(page);
    await sideThat(frame, /6 .*→ 5 /u);
  });

  await step("one press goes back, and the promises fill up to a proof", async () => {
    await frame.locator('.confirm vscode-button[appearance="primary"]').click();
    await sideThat(frame, /stay ready, without a restart/u);
    await screenshot(page, "rollouts-running");
    const proof = await sideThat(frame, /^Undone to 5 \w{7}, now revision 7 .*proven/u, 120_000);
    for (const part of [
      /The template of Deployment\/thumbnails is that of 5/u,
      /Revision 5 has become the newest one, under a new number/u,
      /The application's image is of commit \w{7}/u,
    ]) {
      assert.match(proof, part);
    }
    await screenshot(page, "rollouts-proof");
    assert.deepEqual(await findings(frame), []);
    assert.match(await rowText(frame, 7), /^7 .*was 5/u);
  });

  await step("what it says is what the cluster has", async () => {
    const image = await kubectl(demo, "staging", [
      ...["get", "deployment", "thumbnails", "--output"],
      "jsonpath={.spec.template.spec.containers[0].image} {.metadata.annotations.devdeploy\\.dev/by}",
    ]);
    assert.match(image, /^registry\.example\.com\/thumbnails:[0-9a-f]{40} Ann Lee$/u);
    const pods = await kubectl(demo, "staging", [
      ...["get", "pods", "--selector", "app=thumbnails", "--output"],
      "jsonpath={.items[*].status.containerStatuses[0].ready}",
    ]);
    assert.equal(pods, "true true");
  });

  await step("a pod's log opens, read-only, without what is secret", async () => {
    await press(frame, "Log");
    const text = await eventually(
      () => page.locator(".editor-instance .view-lines").first().innerText(),
      (all) => all.includes("listening"),
    );
    await screenshot(page, "rollouts-log");
    assert.doesNotMatch(text, /hunter2/u);
    await closeEditor(page);
  });

  await step("the palette lists every workload of the team's namespaces, and who manages it", async () => {
    await runCommand(page, "Devdeploy: Rollout History…");
    const entries = await eventually(
      () => quickPickEntries(page),
      (all) =>
        all.some((entry) => entry.includes("thumbnails")) && all.some((entry) => entry.includes("helm")),
    );
    await screenshot(page, "rollouts-pick");
    assert.ok(
      entries.some((entry) => /dev-api.*helm/u.test(entry)),
      entries.join("\n"),
    );
    await acceptQuickPick(page, "dev-api");
    await eventually(
      async () =>
        panelFrame(page)
          .then((found) => found.locator("body").innerText())
          .catch(() => ""),
      (text) => /helm/u.test(text) && /Deployment\/dev-api/u.test(text),
    );
    await screenshot(page, "rollouts-managed");
  });

  assert.deepEqual(
    (await toasts(page)).filter((text) => text.includes("stumbled")),
    [],
  );
});
