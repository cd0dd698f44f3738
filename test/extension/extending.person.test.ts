import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN } from "../../scripts/demo/people.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/domain/time.ts";
import { openTeam } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
  acceptQuickPick,
  clearToasts,
  descriptionOf,
  eventually,
  fillInput,
  leaveQuickInput,
  pressToastButton,
  quickPickEntries,
  rowOf,
  rowsThat,
  runCommand,
  statusBar,
  toasts,
  toastThat,
  withoutHashes,
  withoutTimes,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { leaseOf, letEndIn, lockTo } from "./leases.ts";

test("a lock lasts as long as its holder says, and ends by itself", async (t) => {
  const { demo, ann, ben } = await openTeam(t);
  const step = storyOf(t, { ann, ben });

  await step("a machine that runs something else than its lock says is marked for everybody", async () => {
    await lockTo(demo, "dev1", { by: ANN, branch: "task/login", left: 5 * HOUR_MS });
    for (const [{ page }, holder] of [
      [ann, "you"],
      [ben, "Ann Lee"],
    ] as const) {
      const wanted = `${holder} · runs #######, not ####### · 5 h left`;
      await rowsThat(page, (rows) => withoutHashes(descriptionOf(rows, "dev1")) === wanted);
    }
    await screenshot(ben.page, "flagged");
  });

  await step("Ann extends her lock to 36 hours and says why; Ben sees both", async () => {
    await lockTo(demo, "dev1", { by: ANN, branch: "task/my-special-task", left: 5 * HOUR_MS });
    await rowsThat(ann.page, (rows) =>
      descriptionOf(rows, "dev1").startsWith("you · task/my-special-task · "),
    );
    await runCommand(ann.page, "Devdeploy: Extend Lock…");
    const entries = await quickPickEntries(ann.page);
    await screenshot(ann.page, "extend");
    assert.deepEqual(entries.map(withoutTimes), [
      "24 hours, until TIME",
      "36 hours, until TIME",
      "48 hours, until TIME",
    ]);
    await acceptQuickPick(ann.page, "36 hours");
    await fillInput(ann.page, "demo on Thursday");
    assert.equal(
      withoutTimes(await toastThat(ann.page, /dev1 is locked to you/u)),
      "dev1 is locked to you until TIME.",
    );
    await screenshot(ann.page, "extended");
    for (const { page } of [ann, ben]) {
      await rowsThat(page, (rows) => descriptionOf(rows, "dev1").endsWith(" · 36 h left"));
    }
    await rowOf(ben.page, "dev1").click();
    const facts = await quickPickEntries(ben.page);
    await screenshot(ben.page, "extended-seen-by-ben");
    assert.ok(
      facts.some((entry) => /Reason.*demo on Thursday/u.test(entry)),
      facts.join("\n"),
    );
    await leaveQuickInput(ben.page);
  });

  await step("it is never shortened", async () => {
    await clearToasts(ann.page);
    await runCommand(ann.page, "Devdeploy: Extend Lock…");
    const [shorter = ""] = await quickPickEntries(ann.page);
    assert.equal(withoutTimes(shorter), "24 hours, would end at TIME: not longer than now");
    await leaveQuickInput(ann.page);
  });

  await step("half an hour before its end Ann alone is asked, and extends it", async () => {
    await letEndIn(demo, "dev1", 25 * MINUTE_MS);
    const told = await toastThat(ann.page, /lock ends/u);
    await screenshot(ann.page, "ending");
    assert.match(withoutTimes(told), /^dev1's lock ends at TIME, in 2[45] min\.$/u);
    assert.deepEqual(await toasts(ben.page), []);
    await pressToastButton(ann.page, /lock ends/u, "Extend…");
    await acceptQuickPick(ann.page, "24 hours");
    await fillInput(ann.page, "");
    await rowsThat(ann.page, (rows) => descriptionOf(rows, "dev1").endsWith(" · 24 h left"));
  });

  await step("in its last minutes the status bar counts down with a warning", async () => {
    await letEndIn(demo, "dev1", 9 * MINUTE_MS);
    const items = await eventually(
      () => statusBar(ann.page),
      (all) => all.some((text) => text.startsWith("dev1 ends")),
    );
    assert.ok(
      items.some((text) => /^dev1 ends in [89] min$/u.test(text)),
      items.join("\n"),
    );
    await screenshot(ann.page, "ending-in-minutes");
  });

  await step("at its end the row turns by itself for everybody, and nothing is written", async () => {
    await letEndIn(demo, "dev1", 8 * SECOND_MS);
    const before = await leaseOf(demo, "dev1");
    const end = Date.parse(before.renewTime) + before.seconds * SECOND_MS;
    await rowsThat(ann.page, (rows) => descriptionOf(rows, "dev1") === "free · your lock has ended");
    const late = Date.now() - end;
    await rowsThat(ben.page, (rows) => descriptionOf(rows, "dev1") === "free · Ann Lee's lock has ended");
    await screenshot(ben.page, "ended");
    t.diagnostic(`the row turned ${late} ms after the lock's end`);
    assert.ok(late >= 0, `It turned ${-late} ms before its end.`);
    assert.deepEqual(await leaseOf(demo, "dev1"), before);
  });
});
