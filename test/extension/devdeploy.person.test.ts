import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { MIA } from "../../scripts/demo/people.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { openAnn, openDemo } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
  descriptionOf,
  dialog,
  eventually,
  inlineAction,
  openSidebar,
  outputText,
  pressDialogButton,
  quickPickEntries,
  rowOf,
  rowsThat,
  runCommand,
  statusBar,
  toasts,
  toastThat,
  widenSidebar,
  withoutHashes,
} from "./harness/person.ts";
import { kubectl, lockTo } from "./leases.ts";

const run = promisify(execFile);

test("a person devdeploys the branch, sees a colleague claim meanwhile, and gives the machine back", async (t) => {
  const demo = await openDemo(t);
  const vsCode = await openAnn(t, demo);
  const { page } = vsCode;

  await t.test("the sidebar shows the team's environments and machines", async () => {
    await openSidebar(page);
    const rows = await rowsThat(
      page,
      // Records are read one after the other; until then a row has but a revision's number.
      (all) =>
        descriptionOf(all, "dev1") === "free" &&
        descriptionOf(all, "thumbnails").includes("CrashLoopBackOff") &&
        !all.some(({ description }) => /reading…|revision \d/u.test(description)),
      60_000,
    );
    assert.deepEqual(
      rows.map(({ level, text }) => `${"  ".repeat(level - 1)}${withoutHashes(text)}`),
      [
        "Production",
        "  web ####### · rollout failed · 2 h · mia-chen",
        "  api ####### · 2 d",
        "  cron 2 targets · ####### · 47 h · Mia Chen",
        "  utils deprecated: All workers are in Kubernetes now",
        "Staging",
        "  dev-api master · ####### · 27 h · Ann Lee",
        "  thumbnails ####### · 0 of 2 ready · CrashLoopBackOff · 3 h",
        "dev 2 of 3 free",
        "  dev1 free",
        "  dev2 Ben Ortiz · task/profile · ####### · 8 h left",
        "  dev3 free · Mia Chen's lock has ended",
      ],
    );
    assert.ok(
      rows.every(({ ariaLabel }) => ariaLabel !== ""),
      "Every row has words for a screen reader.",
    );
    await widenSidebar(page);
    await screenshot(page, "sidebar-before");
  });

  await t.test("the palette's command asks about what a person may not expect", async () => {
    await runCommand(page, "Devdeploy: Devdeploy Current Branch");
    const question = await dialog(page);
    assert.deepEqual(
      [withoutHashes(question.message), question.detail, question.buttons],
      [
        "Devdeploy task/login ####### to dev1?",
        "The branch is 3 commits behind master.",
        ["Cancel", "Devdeploy Anyway"],
      ],
    );
    await pressDialogButton(page, "Devdeploy Anyway");
  });

  await t.test("progress is told, and a second devdeploy in this window is refused politely", async () => {
    await toastThat(page, /helm is at work on dev1/u);
    assert.ok((await statusBar(page)).some((text) => text.includes("deploying dev1…")));
    await screenshot(page, "devdeploy-progress");
    await runCommand(page, "Devdeploy: Devdeploy Current Branch");
    await toastThat(page, /This window is already deploying task\/login to dev1/u);
    const refusal = page.locator(".notification-toast").filter({ hasText: "This window is already" });
    await refusal.hover();
    await refusal.locator(".codicon-notifications-clear").click();
  });

  await t.test("a colleague's claim meanwhile appears by itself", async () => {
    const began = performance.now();
    await lockTo(demo, "dev3", { by: MIA, branch: "task/search-index", left: 12 * HOUR_MS });
    await rowsThat(page, (rows) => descriptionOf(rows, "dev3").startsWith("Mia Chen · task/search-index · "));
    t.diagnostic(`colleague's claim on screen after ${Math.round(performance.now() - began)} ms`);
  });

  await t.test("success is told with the address, and the row is mine", async () => {
    const told = await toastThat(page, /runs on dev1/u, 60_000);
    assert.match(
      withoutHashes(told),
      /^task\/login ####### runs on dev1: https:\/\/dev1\.example\.com — yours until (?:\w+ )?\d\d:\d\d(?: \(\d\d:\d\d UTC\)| UTC)\. You got dev1 again, which was yours before\.$/u,
    );
    const rows = await rowsThat(page, (all) => descriptionOf(all, "dev1").startsWith("you ·"));
    assert.equal(withoutHashes(descriptionOf(rows, "dev1")), "you · task/login · ####### · 12 h left");
    assert.equal(descriptionOf(rows, "dev"), "0 of 3 free");
    const items = await eventually(
      () => statusBar(page),
      (all) => all.some((text) => text.startsWith("dev1 ·")),
    );
    assert.ok(items.includes("dev1 · 12 h left"));
    await screenshot(page, "devdeploy-proven");
  });

  await t.test("what runs on the machine is the commit that was shown", async () => {
    const { stdout: head } = await run("git", ["-C", demo.folder, "rev-parse", "HEAD"]);
    const images = await kubectl(demo, "dev", [
      "get",
      "deployment",
      "dev1",
      "--output",
      "jsonpath={..image}",
    ]);
    assert.ok(images.includes(head.trim()), `${images} does not name ${head}`);
  });

  await t.test("the log has the exact command that helm was run with", async () => {
    await runCommand(page, "Devdeploy: Show Log");
    await runCommand(page, "View: Toggle Maximized Panel");
    const log = await eventually(
      () => outputText(page),
      (text) => text.includes("upgrade --install") && text.includes("proof: ok"),
    );
    await screenshot(page, "log");
    assert.match(
      log,
      /\[info\] \S*helm upgrade --install --kube-context=staging --namespace=dev .* -- dev1 \S+\/chart$/mu,
    );
    await runCommand(page, "View: Toggle Maximized Panel");
    await page.keyboard.press("Control+j");
    await page.locator(".part.panel").waitFor({ state: "hidden" });
  });

  await t.test("selecting the row shows its facts and does nothing", async () => {
    await rowOf(page, "dev1").click();
    const entries = await quickPickEntries(page);
    assert.ok(
      entries.some((entry) => /Holder.*Ann Lee — ann <ann@example\.com>/u.test(entry)),
      entries.join("\n"),
    );
    await screenshot(page, "details");
    await page.keyboard.press("Escape");
  });

  await t.test("unlock gives the machine back, and the row says so by itself", async () => {
    await inlineAction(page, "dev1", "Unlock");
    await rowsThat(page, (rows) => descriptionOf(rows, "dev1") === "free");
    assert.deepEqual(
      (await statusBar(page)).filter((text) => text.startsWith("dev1 ·")),
      [],
    );
  });

  assert.deepEqual(
    (await toasts(page)).filter((text) => text.includes("stumbled")),
    [],
  );
});
