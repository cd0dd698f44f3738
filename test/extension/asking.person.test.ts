import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN } from "../../scripts/demo/people.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { openTeam } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
  acceptQuickPick,
  clearToasts,
  contextMenu,
  descriptionOf,
  pressToastButton,
  quickInputTitled,
  quickPickEntries,
  rowsThat,
  runCommand,
  toasts,
  toastThat,
  withoutHashes,
  withoutTimes,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { leaseOf, lockTo } from "./leases.ts";

test("somebody asks the holder for a machine, who keeps it at first and then gives it up", async (t) => {
  const { demo, ann, ben } = await openTeam(t);
  const step = storyOf(t, { ann, ben });

  await step("Ben looks at who has what, and asks Ann for dev1", async () => {
    await lockTo(demo, "dev1", { by: ANN, branch: "task/my-special-task", left: 5 * HOUR_MS });
    await rowsThat(
      ben.page,
      (rows) =>
        descriptionOf(rows, "dev1").startsWith("Ann Lee · task/my-special-task · ") &&
        descriptionOf(rows, "thumbnails").includes("CrashLoopBackOff"),
    );
    await runCommand(ben.page, "Devdeploy: Status");
    const entries = await quickPickEntries(ben.page);
    await screenshot(ben.page, "status");
    assert.deepEqual(entries.map(withoutHashes), [
      "account  dev2, you · task/profile · ####### · 8 h left, mine",
      "unlock  dev3, free · Mia Chen's lock has ended, free",
      "lock  dev1, Ann Lee · task/my-special-task · ####### · 5 h left, held by others, by time left",
      "warning  web, ####### · rollout failed · 2 h · mia-chen, environments",
      "server-environment  api, ####### · 2 d",
      "server-environment  cron, 2 targets · ####### · 47 h · Mia Chen",
      "circle-slash  utils, deprecated: All workers are in Kubernetes now",
      "server-environment  dev-api, master · ####### · 27 h · Ann Lee",
      "warning  thumbnails, ####### · 0 of 2 ready · CrashLoopBackOff · 3 h",
      "copy  Copy as Table, Markdown, for a chat or an issue",
    ]);
    await acceptQuickPick(ben.page, "dev1");
    await quickInputTitled(ben.page, "dev1");
    await screenshot(ben.page, "status-actions");
    await acceptQuickPick(ben.page, "Ask the Holder");
    const told = await toastThat(ben.page, /is asked for dev1/u);
    assert.equal(told, "Ann Lee is asked for dev1, for master, and you will be told if they keep it.");
  });

  await step("Ann is told who asks and for what, and keeps it; Ben is told", async () => {
    assert.equal(await toastThat(ann.page, /asks for dev1/u), "Ben Ortiz asks for dev1, for master.");
    await screenshot(ann.page, "asked");
    await pressToastButton(ann.page, /asks for dev1/u, "Keep");
    assert.equal(
      withoutTimes(await toastThat(ben.page, /keeps dev1/u)),
      "Ann Lee keeps dev1; the lock ends at TIME.",
    );
    await screenshot(ben.page, "declined");
    assert.equal((await leaseOf(demo, "dev1")).holder, "ann <ann@example.com>");
  });

  await step("asked once more, she gives it up with one button", async () => {
    await clearToasts(ben.page);
    await contextMenu(ben.page, "dev1", "Ask the Holder");
    await toastThat(ben.page, /is asked for dev1/u);
    await pressToastButton(ann.page, /asks for dev1/u, "Unlock Now");
    for (const { page } of [ann, ben]) {
      await rowsThat(page, (rows) => descriptionOf(rows, "dev1") === "free");
    }
    assert.equal((await leaseOf(demo, "dev1")).holder, "");
  });

  await step("nobody is told of anything else", async () => {
    await clearToasts(ann.page);
    await clearToasts(ben.page);
    assert.deepEqual([await toasts(ann.page), await toasts(ben.page)], [[], []]);
  });
});
