import assert from "node:assert/strict";
import { test } from "node:test";
import { BEN, MIA, TOM } from "../../scripts/demo/people.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { openTeam } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
  acceptQuickPick,
  clearToasts,
  descriptionOf,
  dialog,
  fillInput,
  pressDialogButton,
  quickInputTitled,
  quickPickEntries,
  rowsThat,
  runCommand,
  toastThat,
  withoutHashes,
  withoutTimes,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { leaseOf, lockTo } from "./leases.ts";

test("another's machine is unlocked with a reason, and taken over when all are held", async (t) => {
  const { demo, ann, ben } = await openTeam(t);
  const step = storyOf(t, { ann, ben });

  await step("Ann unlocks Ben's machine: she is shown what she ends, and says why", async () => {
    await runCommand(ann.page, "Devdeploy: Unlock Machine…");
    assert.deepEqual((await quickPickEntries(ann.page)).map(withoutHashes), [
      "lock  dev2, Ben Ortiz · task/profile · ####### · 8 h left",
    ]);
    await acceptQuickPick(ann.page, "dev2");
    await quickInputTitled(ann.page, "Unlock dev2, held by Ben Ortiz");
    await screenshot(ann.page, "unlock-reason");
    await fillInput(ann.page, "the demo is at three");
    const { message, detail, buttons } = await dialog(ann.page);
    await screenshot(ann.page, "unlock-question");
    assert.equal(message, "Unlock dev2? Ben Ortiz holds it.");
    assert.deepEqual(withoutTimes(withoutHashes(detail)).split("\n"), [
      "Branch: task/profile at #######",
      "Held since: TIME, 3 h ago",
      "Last devdeploy: TIME, 3 h ago",
      "Locked until: TIME, 8 h left",
      "No deploy is running there right now.",
      "",
      "Ben Ortiz will be told that it was you, and why: “the demo is at three”.",
    ]);
    assert.deepEqual(buttons, ["Cancel", "Unlock dev2"]);
    await pressDialogButton(ann.page, "Unlock dev2");
    await rowsThat(ann.page, (rows) => descriptionOf(rows, "dev2") === "free");
  });

  await step("Ben is told who, when and why, and sees the machine free", async () => {
    const told = await toastThat(ben.page, /unlocked dev2/u);
    await screenshot(ben.page, "unlocked-by-another");
    assert.match(
      told,
      /^Ann Lee unlocked dev2, which you had for task\/profile, at \d\d:\d\d: “the demo is at three”\.$/u,
    );
    await rowsThat(ben.page, (rows) => descriptionOf(rows, "dev2") === "free");
    assert.match((await leaseOf(demo, "dev2")).history, /"reason":"the demo is at three"/u);
  });

  await step("a lock that changes while it is asked about is left alone", async () => {
    await lockTo(demo, "dev2", { by: BEN, branch: "task/profile", left: 8 * HOUR_MS });
    await rowsThat(ann.page, (rows) => descriptionOf(rows, "dev2").startsWith("Ben Ortiz"));
    await runCommand(ann.page, "Devdeploy: Unlock Machine…");
    await acceptQuickPick(ann.page, "dev2");
    await fillInput(ann.page, "");
    await dialog(ann.page);
    await lockTo(demo, "dev2", { by: MIA, branch: "task/search-index", left: 9 * HOUR_MS });
    await pressDialogButton(ann.page, "Unlock dev2");
    assert.match(
      await toastThat(ann.page, /not as you were shown it/u),
      /^dev2 is not as you were shown it any more: Mia Chen holds it now \(task\/search-index · 9 h left\)\. Nothing was unlocked\.$/u,
    );
    await screenshot(ann.page, "unlock-changed");
    assert.equal((await leaseOf(demo, "dev2")).holder, "mia <mia@example.com>");
  });

  await step("with all machines held, Ann's devdeploy offers the holders by time left", async () => {
    await clearToasts(ann.page);
    await clearToasts(ben.page);
    await lockTo(demo, "dev1", { by: MIA, branch: "task/my-special-task", left: 2 * HOUR_MS });
    await lockTo(demo, "dev2", { by: BEN, branch: "task/profile", left: 8 * HOUR_MS });
    await lockTo(demo, "dev3", { by: TOM, branch: "task/search-index", left: 5 * HOUR_MS });
    await rowsThat(ann.page, (rows) => descriptionOf(rows, "dev") === "0 of 3 free");
    await runCommand(ann.page, "Devdeploy: Devdeploy Current Branch");
    await pressDialogButton(ann.page, "Devdeploy Anyway");
    const entries = await quickPickEntries(ann.page);
    await screenshot(ann.page, "pool-full");
    await quickInputTitled(ann.page, "No machine of dev is free for task/login");
    assert.deepEqual(entries, [
      "unlock  Take dev1 over from Mia Chen…, dev1 · Mia Chen · task/my-special-task · 2 h left",
      "comment  Ask Mia Chen for dev1",
      "unlock  Take dev3 over from Tomás Silva…, dev3 · Tomás Silva · task/search-index · 5 h left",
      "comment  Ask Tomás Silva for dev3",
      "unlock  Take dev2 over from Ben Ortiz…, dev2 · Ben Ortiz · task/profile · 8 h left",
      "comment  Ask Ben Ortiz for dev2",
      "bell  Tell me when one is free, you would be the first; it is kept for you for 10 minutes, or",
    ]);
  });

  await step("she takes Ben's over, and the devdeploy goes on by itself to its proof", async () => {
    await acceptQuickPick(ann.page, "Take dev2 over from Ben Ortiz");
    await fillInput(ann.page, "hotfix for the shop");
    const { message } = await dialog(ann.page);
    assert.equal(message, "Take dev2 over from Ben Ortiz?");
    await screenshot(ann.page, "take-over-question");
    await pressDialogButton(ann.page, "Take Over dev2");
    const told = await toastThat(ann.page, /runs on dev2/u, 60_000);
    await screenshot(ann.page, "taken-over");
    assert.match(withoutHashes(told), /^task\/login ####### runs on dev2: https:\/\/dev2\.example\.com/u);
    await rowsThat(ann.page, (rows) => descriptionOf(rows, "dev2").startsWith("you · task/login · "));
  });

  await step("Ben is told that it was taken over, and why", async () => {
    assert.match(
      await toastThat(ben.page, /took over dev2/u),
      /^Ann Lee took over dev2, which you had for task\/profile, at \d\d:\d\d: “hotfix for the shop”\.$/u,
    );
    await screenshot(ben.page, "taken-over-by-another");
    await rowsThat(ben.page, (rows) => descriptionOf(rows, "dev2").startsWith("Ann Lee · task/login · "));
  });
});
