import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { systemClock as clock } from "../../src/adapters/system/clock.ts";
import { claimMachine } from "../../src/app/claimMachine.ts";
import { openCluster } from "../../src/cluster.ts";
import { parseBranchName, parseCommitHash } from "../../src/domain/branch.ts";
import type { Pool } from "../../src/domain/config.ts";
import { isPending } from "../../src/domain/release.ts";
import { readConfig } from "../../src/adapters/config/load.ts";
import type { Demo } from "../../scripts/demo/makeDemo.ts";
import { toolPath } from "../../scripts/tools/provision.ts";
import { openAnn, openDemo } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
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
  type TreeRow,
} from "./harness/person.ts";

const run = promisify(execFile);

const textOf = (rows: readonly TreeRow[], label: string): string =>
  rows.find((row) => row.label === label)?.description ?? "";

/** Commits differ from run to run. */
const withoutHashes = (text: string): string => text.replaceAll(/\b[0-9a-f]{7}\b/gu, "#######");

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
        textOf(all, "dev1") === "free" &&
        !all.some(({ description }) => /reading…|revision \d/u.test(description)),
      60_000,
    );
    assert.deepEqual(
      rows.map(({ level, text }) => `${"  ".repeat(level - 1)}${withoutHashes(text)}`),
      [
        "Production",
        "  web ####### · 2 d · Ben Ortiz",
        "  api ####### · 2 d",
        "  cron 2 targets · ####### · 47 h · Mia Chen",
        "  utils deprecated: All workers are in Kubernetes now",
        "Staging",
        "  dev-api master · ####### · 27 h · Ann Lee",
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
        "The branch is 1 commit behind master.",
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
    await claimAsBen(demo, "dev3");
    await rowsThat(page, (rows) => textOf(rows, "dev3").startsWith("Ben Ortiz · task/profile · "));
    t.diagnostic(`colleague's claim on screen after ${Math.round(performance.now() - began)} ms`);
  });

  await t.test("success is told with the address, and the row is mine", async () => {
    const told = await toastThat(page, /runs on dev1/u, 60_000);
    assert.match(
      withoutHashes(told),
      /^task\/login ####### runs on dev1: https:\/\/dev1\.example\.com — yours until (?:\w+ )?\d\d:\d\d(?: \(\d\d:\d\d UTC\)| UTC)\.$/u,
    );
    const rows = await rowsThat(page, (all) => textOf(all, "dev1").startsWith("you ·"));
    assert.equal(withoutHashes(textOf(rows, "dev1")), "you · task/login · ####### · 12 h left");
    assert.equal(textOf(rows, "dev"), "0 of 3 free");
    const items = await eventually(
      () => statusBar(page),
      (all) => all.some((text) => text.startsWith("dev1 ·")),
    );
    assert.ok(items.includes("dev1 · 12 h left"));
    await screenshot(page, "devdeploy-proven");
  });

  await t.test("what runs on the machine is the commit that was shown", async () => {
    const { stdout: head } = await run("git", ["-C", demo.folder, "rev-parse", "HEAD"]);
    const images = await kubectl(demo, "dev1", ["get", "deployments", "--output", "jsonpath={..image}"]);
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
    await rowsThat(page, (rows) => textOf(rows, "dev1") === "free");
    assert.deepEqual(
      (await statusBar(page)).filter((text) => text.startsWith("dev1 ·")),
      [],
    );
  });

  await t.test(
    "a window that closes while helm works leaves helm to it, and the next window tells",
    async (st) => {
      const { url } = vsCode;
      // On the desktop, closing the only window ends the program that the test holds on to.
      if (url === undefined) {
        st.diagnostic("left out on the desktop");
        return;
      }
      // Whether helm is at work is what its own record says; the window may close only then. A watch tells it in
      // time, where a program that is started to ask may come too late.
      await whenHelmWorks(demo, "dev1", async () => {
        await runCommand(page, "Devdeploy: Devdeploy Current Branch");
        await pressDialogButton(page, "Devdeploy Anyway");
      });
      await page.goto("about:blank");
      await page.goto(url);
      const text = await toastThat(page, /While the window was closed/u, 60_000);
      assert.match(
        withoutHashes(text),
        /helm (?:deployed|is still deploying) task\/login ####### to dev1.* None of it is proven/u,
      );
      await screenshot(page, "after-closed-window");
      await openSidebar(page);
      await rowsThat(page, (rows) => textOf(rows, "dev1").startsWith("you ·"), 60_000);
    },
  );

  assert.deepEqual(
    (await toasts(page)).filter((text) => text.includes("stumbled")),
    [],
  );
});

/** What kubectl says to Ann about a machine's namespace. */
async function kubectl(demo: Demo, name: string, args: readonly string[]): Promise<string> {
  const namespace = ["--namespace", await namespaceOf(demo, name)];
  const env = { ...process.env, ...demo.env };
  return (await run(await toolPath("kubectl"), [...args, ...namespace], { env })).stdout;
}

async function poolOf(demo: Demo, name: string): Promise<{ readonly pool: Pool; readonly context: string }> {
  const state = await readConfig(demo.folder);
  assert.ok(state.kind === "valid");
  const pool = state.config.pools.find(({ machines }) => machines.some((machine) => machine.name === name));
  assert.ok(pool);
  return {
    pool: { ...pool, machines: pool.machines.filter((machine) => machine.name === name) },
    context: state.config.locks.context,
  };
}

async function namespaceOf(demo: Demo, name: string): Promise<string> {
  const driver = (await poolOf(demo, name)).pool.machines[0]?.target.driver;
  assert.ok(driver?.kind === "helm");
  return driver.namespace;
}

/** Makes room for whole rows. */
async function widenSidebar(page: Page): Promise<void> {
  const sidebar = await page.locator(".part.sidebar").boundingBox();
  assert.ok(sidebar);
  const [x, y] = [sidebar.x + sidebar.width, sidebar.y + sidebar.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 130, y, { steps: 5 });
  await page.mouse.up();
}

/** Does something, and waits until helm's newest record in the machine's namespace is a pending one. */
async function whenHelmWorks(demo: Demo, name: string, act: () => Promise<void>): Promise<void> {
  const { pool } = await poolOf(demo, name);
  const driver = pool.machines[0]?.target.driver;
  assert.ok(driver?.kind === "helm");
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const cluster = openCluster({ kubeconfig: demo.people.ann.kubeconfig, env: process.env, clock, log });
  const watch = cluster.watches.releases(driver.context, driver.namespace);
  let isPendingSeen = false;
  const listening = watch.onChange(({ items }) => {
    isPendingSeen ||= [...items.values()].some(
      ([newest]) => newest !== undefined && isPending(newest.status),
    );
  });
  try {
    await act();
    await eventually(
      () => Promise.resolve(isPendingSeen),
      (isSeen) => isSeen,
    );
  } finally {
    listening.dispose();
    watch.dispose();
    cluster.dispose();
  }
}

/** What Ben's VS Code does when he devdeploys, as far as the locks go. */
async function claimAsBen(demo: Demo, name: string): Promise<void> {
  const { ben } = demo.people;
  const { pool, context } = await poolOf(demo, name);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const cluster = openCluster({ kubeconfig: ben.kubeconfig, env: process.env, clock, log });
  try {
    const branch = parseBranchName("task/profile");
    const { stdout: tip } = await run("git", ["-C", ben.folder, "rev-parse", "origin/task/profile"]);
    const commit = parseCommitHash(tip.trim());
    assert.ok(branch.ok && commit.ok);
    const { signal } = new AbortController();
    const user = await cluster.identity.whoAmI(context, signal);
    assert.ok(user.ok);
    const by = { user: user.value, mail: ben.gitMail, name: ben.gitName };
    const claim = { by, branch: branch.value, commit: commit.value };
    const services = { ...cluster, clock, random: Math.random, newNonce: () => "ben's claim" };
    const outcome = await claimMachine(services, { pool, claim }, signal);
    assert.equal(outcome.kind, "claimed");
  } finally {
    cluster.dispose();
  }
}
