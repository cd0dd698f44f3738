import assert from "node:assert/strict";
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
  toasts,
  toastThat,
  widenSidebar,
  withoutHashes,
} from "./harness/person.ts";
import { storyOf } from "./harness/story.ts";
import { kubectl, leaseOf } from "./leases.ts";

test("a devdeploy whose window is closed half-way goes on, and the next window follows it to its proof", async (t) => {
  const demo = await openDemo(t);
  const helm = await gateHelm(t, String(demo.settings["devdeploy.helmPath"]));
  const ann = await openWindow(t, demo, "ann", { "devdeploy.helmPath": helm.path });
  const ben = await openWindow(t, demo, "ben");
  const { url } = ann;
  // On the desktop, closing the only window ends the program that the test holds on to.
  if (url === undefined) {
    t.diagnostic("left out on the desktop");
    return;
  }

  const step = storyOf(t, { ann, ben });

  await step("Ann closes her window while helm is at work", async () => {
    await openSidebar(ann.page);
    await runCommand(ann.page, "Devdeploy: Devdeploy Current Branch");
    await pressDialogButton(ann.page, "Devdeploy Anyway");
    await helm.arrival();
    await toastThat(ann.page, /helm is at work on dev1/u);
    await ann.page.goto("about:blank");
  });

  await step("with no window of hers, the machine is still hers and she is seen at work on it", async () => {
    await openSidebar(ben.page);
    await widenSidebar(ben.page);
    // The row opens by itself where somebody is at work: what ran before still does, for helm stands at the gate.
    const seen = "ready 2/2 · deploying… · Ann Lee · task/login · #######";
    await rowsThat(ben.page, (all) => withoutHashes(descriptionOf(all, "dev1")) === seen, 60_000);
    await screenshot(ben.page, "closed-window-seen-by-ben");
    const before = await leaseOf(demo, "dev1-operation");
    await eventually(
      () => leaseOf(demo, "dev1-operation"),
      ({ renewTime }) => renewTime !== before.renewTime,
      40_000,
    );
  });

  await step("her next window says what goes on", async () => {
    await ann.page.goto(url);
    const told = await toastThat(ann.page, /in a window that is closed/u, 60_000);
    assert.match(
      withoutHashes(told),
      /^Devdeploy task\/login ####### to dev1, begun at .*\d\d:\d\d.* in a window that is closed/u,
    );
    await openSidebar(ann.page);
    await screenshot(ann.page, "closed-window-followed");
  });

  await step("helm comes to its end, and the proof is told there", async () => {
    await helm.open();
    const told = await toastThat(ann.page, /runs on dev1/u, 60_000);
    assert.match(
      withoutHashes(told),
      /^task\/login ####### runs on dev1: https:\/\/dev1\.example\.com — yours until /u,
    );
    await screenshot(ann.page, "closed-window-proven");
    await rowsThat(ann.page, (all) => descriptionOf(all, "dev1").startsWith("you · task/login · "));
    await eventually(
      () => statusBar(ann.page),
      (items) => items.includes("dev1 · 12 h left"),
    );
    await rowsThat(ben.page, (all) => descriptionOf(all, "dev1").startsWith("Ann Lee · task/login · "));
    assert.equal((await leaseOf(demo, "dev1-operation")).holder, "");
    const images = await kubectl(demo, "dev", [
      "get",
      "deployment",
      "dev1",
      "--output",
      "jsonpath={..image}",
    ]);
    assert.match(images, /:[0-9a-f]{40}$/u);
  });

  await step("it is told once: a third window has nothing to say about it", async () => {
    await ann.page.goto("about:blank");
    await ann.page.goto(url);
    await openSidebar(ann.page);
    await rowsThat(ann.page, (all) => descriptionOf(all, "dev1").startsWith("you · task/login · "), 60_000);
    assert.deepEqual(await toasts(ann.page), []);
  });
});
