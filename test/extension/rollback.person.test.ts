import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
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
  toastThat,
  withoutHashes,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { kubectl } from "./leases.ts";
import {
  changeTheme,
  chooseRow,
  comparedText,
  confirmWith,
  findings,
  openHistory,
  panelFrame,
  press,
  revisions,
  rowText,
  sideText,
  sideThat,
} from "./panelFrame.ts";

const THEMES = [
  ["light", "Default Light Modern"],
  ["dark", "Default Dark Modern"],
  ["high-contrast", "Default High Contrast"],
] as const;

/** helm gives up on the web's pods after a minute instead of five. */
async function hurryHelm(folder: string): Promise<void> {
  const path = join(folder, "devdeploy.json");
  const text = await readFile(path, "utf8");
  const hurried = text.replace('"release": "web"', '"release": "web", "timeoutMinutes": 1');
  assert.notEqual(hurried, text);
  await writeFile(path, hurried);
}

test("a person rolls back to what is recommended, reads the proof, and is told why another target fails", async (t) => {
  const demo = await openDemo(t);
  await hurryHelm(demo.people.ann.folder);
  const ann = await openAnn(t, demo);
  const { page } = ann;
  const step = storyOf(t, { ann });
  let frame = page.mainFrame();

  /** The panel in every kind of theme, each looked at by an accessibility checker. */
  const inAllThemes = async (name: string): Promise<void> => {
    for (const [kind, theme] of THEMES) {
      await changeTheme(page, theme);
      await eventually(
        () => frame.locator("body").getAttribute("data-vscode-theme-id"),
        (id) => id === theme,
      );
      await screenshot(page, `panel-${name}-${kind}`);
      assert.deepEqual(await findings(frame), [], theme);
    }
    await changeTheme(page, THEMES[1][1]);
  };

  await step("the history opens from the row, with what runs and what is recommended", async () => {
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^web (?!.*reading…)/u.test(text)), 60_000);
    frame = await openHistory(page, "web");
    await page.keyboard.press("Control+b");
    await sideThat(frame, /^Roll back 168 \w{7} → 167 \w{7} Recommended: .*A rollback does not undo/iu);
    assert.deepEqual(await revisions(frame), [168, 167, 166, 165, 164, 163, 162, 161, 160, 159]);
    assert.match(
      withoutHashes(await rowText(frame, 168)),
      /^168 runs now .*#{7} Rework queue retries .*failed/u,
    );
    assert.match(await rowText(frame, 167), /^167 recommended .*ran \d+ h deployed/u);
    assert.match(await rowText(frame, 164), /^164 guess only a guess: /u);
    assert.match(await rowText(frame, 163), /rollback to 161/u);
    await inAllThemes("review");
  });

  await step("the review says what goes, what changes and what to know", async () => {
    const review = withoutHashes(await sideText(frame));
    for (const part of [
      /Undone by this \(4 commits\) #{7} Rework queue retries/iu,
      /Count the retries of each job \(#4126\) · .*migration/u,
      /queue\.secret ‹masked, changed›/u,
      /Nobody else is at work here/u,
      /A migration came after this commit/u,
      /You may do this in shop/u,
      /After this helm drops 159/u,
      /hooks have done.*web-migrate/u,
      /helm rollback --kube-context=prod --namespace=shop --wait\S* .*web 167/u,
    ]) {
      assert.match(review, part);
    }
  });

  await step("the comparison opens in VS Code's diff editor, and no secret is in it", async () => {
    await press(frame, "Open Diff");
    const text = await eventually(
      () => comparedText(page),
      (all) => all.includes("‹masked"),
    );
    await screenshot(page, "panel-diff");
    assert.doesNotMatch(text, /winter-2026|autumn-2026|d2ludGVyLTIwMjY|YXV0dW1uLTIwMjY/u);
    await closeEditor(page);
    frame = await panelFrame(page);
  });

  await step("a reload of the window keeps the panel, and the history is read again", async () => {
    await page.reload();
    // VS Code may not have written down in time that the comparison was closed.
    await showTab(page, "web: History");
    frame = await panelFrame(page);
    await sideThat(frame, /^Roll back 168 \w{7} → 167 \w{7} Recommended:/iu);
  });

  await step("the button needs the release's name, and then the promises fill up to a proof", async () => {
    const button = frame.locator('.confirm vscode-button[appearance="primary"]');
    assert.equal(await button.getAttribute("disabled"), "");
    await confirmWith(frame, "web");
    await sideThat(frame, /^Rolling back 168 .*The rollback goes on/u);
    await screenshot(page, "panel-running");
    const proof = await sideThat(frame, /^Rolled back to 167 /u, 120_000);
    for (const part of [
      /New revision 169 = 168 \+ 1/u,
      /It says “Rollback to 167”/u,
      /No other revision is marked as deployed/u,
      /The manifest of 169 is that of 167/u,
      /They stay ready, without a restart/u,
      /web is on hold so that \w{7} and 3 more do not come back by themselves/u,
    ]) {
      assert.match(proof, part);
    }
    await inAllThemes("proof");
  });

  await step("what it says is what the cluster has", async () => {
    const records = await kubectl(demo, "shop", [
      ...["get", "secrets", "--selector", "owner=helm,name=web,status=deployed"],
      ...["--output", "jsonpath={.items[*].metadata.name}"],
    ]);
    assert.equal(records.trim(), "sh.helm.release.v1.web.v169");
    assert.match(await rowText(frame, 169), /^169 runs now .*rollback to 167/u);
  });

  await step("the sheet is copied, the commands that revert too, and the hold is lifted", async () => {
    await press(frame, "Revert 4 Commits…");
    await toastThat(page, /git commands that revert 4 commits are on the clipboard/u);
    await press(frame, "Lift the Hold");
    await sideThat(frame, /web is not on hold/u);
    await press(frame, "Copy as Markdown");
  });

  await step(
    "a target whose image is gone is run all the same, and the panel says why it does not work",
    async () => {
      await chooseRow(frame, 160);
      await sideThat(frame, /^Roll back 169 .* → 160 .*Chosen by hand\..*A rollback does not undo/iu);
      await confirmWith(frame, "web");
      await sideThat(frame, /Cause .*cannot|Cause .*not in the registry|Cause .*pull/iu, 120_000);
      await screenshot(page, "panel-looks-wrong");
      const said = await sideThat(frame, /The rollback to 160 did not work\./u, 180_000);
      await inAllThemes("not-proven");
      assert.match(said, /What you can do/iu);
      assert.match(said, /Roll forward to 169/u);
    },
  );

  await step("the palette lists what has a history, and opens it", async () => {
    await runCommand(page, "Devdeploy: Show History and Roll Back…");
    const entries = await quickPickEntries(page);
    assert.ok(
      entries.some((entry) => entry.includes("cron · cron-updates, ")),
      entries.join("\n"),
    );
    await acceptQuickPick(page, "dev2");
    // The frame of the other panel goes away in its own time.
    await eventually(
      async () => revisions(await panelFrame(page)).catch((): readonly number[] => []),
      (all) => all.includes(22),
    );
  });

  assert.deepEqual(
    (await toasts(page)).filter((text) => text.includes("stumbled")),
    [],
  );
});
