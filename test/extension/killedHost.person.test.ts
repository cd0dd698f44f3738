import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openDemo, openWindow } from "./demoWindow.ts";
import { gateHelm } from "./gatedHelm.ts";
import { screenshot } from "./harness/browser.ts";
import {
  descriptionOf,
  eventually,
  openSidebar,
  pressDialogButton,
  rowsThat,
  runCommand,
  statusBar,
  toastThat,
  withoutHashes,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { leaseOf } from "./leases.ts";

/** The process that runs the extensions of the window, as the run under way names it. */
async function hostOfRun(data: string): Promise<number> {
  const files = await readdir(data, { recursive: true });
  const about = files.find((file) => /[/\\]runs[/\\][^/\\]+[/\\]about\.json$/u.test(file));
  const read: unknown = JSON.parse(await readFile(join(data, about ?? ""), "utf8"));
  assert.ok(typeof read === "object" && read !== null && "hostPid" in read);
  assert.equal(typeof read.hostPid, "number");
  return Number(read.hostPid);
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("a devdeploy whose extension host is killed goes on, and the next one follows it to its proof", async (t) => {
  const demo = await openDemo(t);
  const helm = await gateHelm(t, String(demo.settings["devdeploy.helmPath"]));
  const ann = await openWindow(t, demo, "ann", { "devdeploy.helmPath": helm.path });
  const { page, url } = ann;
  // On the desktop, where a window's address is not known, it cannot be opened once more.
  if (url === undefined) {
    t.diagnostic("left out on the desktop");
    return;
  }

  const step = storyOf(t, { ann });
  let killed = 0;

  await step("Ann's extension host is killed while helm is at work", async () => {
    await openSidebar(page);
    await runCommand(page, "Devdeploy: Devdeploy Current Branch");
    await pressDialogButton(page, "Devdeploy Anyway");
    await helm.arrival();
    await toastThat(page, /helm is at work on dev1/u);
    killed = await hostOfRun(ann.data);
    process.kill(killed, "SIGKILL");
    await eventually(
      () => Promise.resolve(isAlive(killed)),
      (lives) => !lives,
    );
  });

  await step("once she has reloaded the window, it says what goes on", async () => {
    // A window with installed extensions starts them anew by itself; one that runs them from sources does not.
    await page.goto(url);
    await openSidebar(page);
    const told = await toastThat(page, /begun at/u, 90_000);
    await screenshot(page, "killed-host-followed");
    assert.match(withoutHashes(told), /^Devdeploy task\/login ####### to dev1, begun at /u);
    await rowsThat(page, (rows) => descriptionOf(rows, "dev1").includes("deploying… · you · "), 60_000);
    // Somebody keeps the machine from everybody else meanwhile.
    const before = await leaseOf(demo, "dev1-operation");
    assert.equal(before.holder, "ann <ann@example.com>");
    await eventually(
      () => leaseOf(demo, "dev1-operation"),
      ({ renewTime }) => renewTime !== before.renewTime,
      40_000,
    );
  });

  await step("helm comes to its end, and the proof is told there", async () => {
    await helm.open();
    const told = await toastThat(page, /runs on dev1/u, 60_000);
    await screenshot(page, "killed-host-proven");
    assert.match(
      withoutHashes(told),
      /^task\/login ####### runs on dev1: https:\/\/dev1\.example\.com — yours until /u,
    );
    await eventually(
      () => statusBar(page),
      (items) => items.includes("dev1 · 12 h left"),
    );
    assert.equal((await leaseOf(demo, "dev1-operation")).holder, "");
  });
});
