import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Demo } from "../../scripts/demo/makeDemo.ts";
import { openDemo, openWindow } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
  eventually,
  openSidebar,
  pressToastButton,
  rowsThat,
  runCommand,
  toasts,
  toastThat,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { kubectl } from "./leases.ts";
import {
  chooseRow,
  confirmWith,
  findings,
  openHistory,
  panelFrame,
  revisions,
  rowText,
  sideThat,
} from "./panelFrame.ts";

const DEPLOYMENT = ["deployment", "thumbnails", "--output"] as const;

/** The image of the newest revision, and that of the one before it. */
async function lastImages(demo: Demo): Promise<readonly string[]> {
  const sort = "--sort-by={.metadata.annotations.deployment\\.kubernetes\\.io/revision}";
  const image = "jsonpath={range .items[*]}{.spec.template.spec.containers[0].image}{'\\n'}{end}";
  const own = ["--selector=app=thumbnails", sort, "--output", image];
  return (await kubectl(demo, "staging", ["get", "replicasets", ...own])).trim().split("\n").reverse();
}

/** Somebody deploys past helm, and the controller numbers it. */
async function deploy(demo: Demo, image: string): Promise<void> {
  const number = [
    "get",
    ...DEPLOYMENT,
    "jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}",
  ];
  const before = await kubectl(demo, "staging", number);
  const spec = { template: { spec: { containers: [{ name: "app", image }] } } };
  await kubectl(demo, "staging", [
    "patch",
    "deployment",
    "thumbnails",
    `--patch=${JSON.stringify({ spec })}`,
  ]);
  await eventually(
    () => kubectl(demo, "staging", number),
    (now) => now !== before,
  );
}

/** The team calls it production from now on. */
async function makeProduction(demo: Demo): Promise<void> {
  const file = join(demo.people.ann.folder, "devdeploy.json");
  const text = await readFile(file, "utf8");
  const changed = text.replace(/("thumbnails": \{\s*"tier": )"staging"/u, '$1"production"');
  assert.notEqual(changed, text);
  await writeFile(file, changed);
}

test("an undo whose window is closed after its write is followed to its proof and its hold by the next window", async (t) => {
  const demo = await openDemo(t);
  await makeProduction(demo);
  const [crashing = "", before = ""] = await lastImages(demo);
  await deploy(demo, before.replace("thumbnails:", "thumbnails:slow-"));
  await deploy(demo, crashing);
  // Long enough to close a window and to open the next one.
  const ann = await openWindow(t, demo, "ann", { "devdeploy.proof.steadySeconds": 30 });
  const { page, url } = ann;
  // On the desktop, closing the only window ends the program that the test holds on to.
  if (url === undefined) {
    t.diagnostic("left out on the desktop");
    return;
  }
  const step = storyOf(t, { ann });

  await step("Ann goes back to revision 7, and closes the window once it is written", async () => {
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^thumbnails \w{7} · /u.test(text)), 60_000);
    const frame = await openHistory(page, "thumbnails");
    await eventually(
      () => revisions(frame),
      (all) => all.includes(7),
    );
    assert.match(await rowText(frame, 8), /^8 .*was 6/u);
    await chooseRow(frame, 7);
    await sideThat(frame, /8 .*→ 7 .*type/iu);
    await confirmWith(frame, "thumbnails");
    const undoneTo = ["get", ...DEPLOYMENT, "jsonpath={.metadata.annotations.devdeploy\\.dev/undone-to}"];
    await eventually(
      () => kubectl(demo, "staging", undoneTo),
      (revision) => revision === "7",
    );
    await sideThat(frame, /^Undoing 8 .*the next window tells how it ended/u);
    await page.goto("about:blank");
  });

  await step("her next window follows what goes on", async () => {
    await page.goto(url);
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^thumbnails (?!.*reading…)/u.test(text)), 60_000);
    // VS Code may have the panel again, or may not have written down in time that it was open.
    const frame = await openHistory(page, "thumbnails");
    await sideThat(frame, /^Undoing 8 .*→ 7 .*A window that is closed began it/u);
    await screenshot(page, "undo-followed");
    assert.deepEqual(await findings(frame), []);
    await runCommand(page, "View: Close Editor");
  });

  await step("the proof is told, the environment is on hold, and the notification leads there", async () => {
    const told = /^Deployment\/thumbnails is undone to 7 \(\w{7}\), now revision 9, and it is proven\.$/u;
    await toastThat(page, told, 120_000);
    await screenshot(page, "undo-followed-told");
    await pressToastButton(page, /is undone to 7/u, "Show");
    const frame = await panelFrame(page);
    const end = await sideThat(frame, /^Undone to 7 .*now revision 9 .*thumbnails is on hold/u);
    assert.match(end, /so that \w{7} and 2 more do not come back by themselves.*Revert 3 Commits/u);
    await screenshot(page, "undo-followed-proven");
  });

  await step("it is told once: a third window has nothing to say about it", async () => {
    await page.goto("about:blank");
    await page.goto(url);
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^thumbnails \w{7} · /u.test(text)), 60_000);
    assert.deepEqual(await toasts(page), []);
  });
});
