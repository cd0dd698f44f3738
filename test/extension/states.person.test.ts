import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Page } from "playwright-core";
import { freeLeases } from "../../scripts/demo/leases.ts";
import { sandboxKubeconfig, SANDBOX_FROM_SOURCE, startSandbox } from "../../scripts/demo/sandboxProcess.ts";
import { welcomeText } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
  eventually,
  openSidebar,
  pressToastButton,
  rowsThat,
  runCommand,
  toastThat,
  treeRows,
} from "./harness/person.ts";
import { startVsCode, type VsCode } from "./harness/vsCode.ts";

interface Ground {
  readonly vsCode: VsCode;
  readonly workspace: string;
  readonly kubeconfig: string;
}

/** An empty folder in somebody's VS Code, with a kubeconfig that does not exist yet. */
async function emptyGround(t: TestContext, asksForTrust = false): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-states-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const workspace = join(folder, "shop");
  await mkdir(workspace);
  const kubeconfig = join(folder, "kubeconfig.yaml");
  const vsCode = await startVsCode({ workspace, asksForTrust, env: { KUBECONFIG: kubeconfig } });
  t.after(() => vsCode.stop());
  return { vsCode, workspace, kubeconfig };
}

const welcomeThat = (page: Page, matches: RegExp, limitMs = 60_000): Promise<string> =>
  eventually(
    () => welcomeText(page),
    (text) => matches.test(text),
    limitMs,
  );

/** What is asked of an element in the page: this program has no DOM of its own. */
interface LabelledRow {
  readonly ariaLabel: string | null;
}

/** The mistakes that the Problems view lists, each as a screen reader says it. */
const problemsThat = (
  page: Page,
  areAsWanted: (problems: readonly string[]) => boolean,
): Promise<readonly string[]> =>
  eventually(
    async () => {
      // In one piece: a row that goes away while the others are read would be waited for.
      const rows = page.locator('.markers-panel .monaco-list-row[aria-level="2"]');
      return rows.evaluateAll((all: readonly LabelledRow[]) => all.map((row) => row.ariaLabel ?? ""));
    },
    areAsWanted,
    30_000,
  );

const pressWelcomeButton = (page: Page, label: string): Promise<void> =>
  page.locator(".sidebar .welcome-view-content .monaco-button", { hasText: label }).first().click();

test("the sidebar explains what is amiss, one step after the other, and mends itself", async (t) => {
  const { vsCode, workspace, kubeconfig } = await emptyGround(t);
  const { page } = vsCode;
  const config = join(workspace, "devdeploy.json");

  await t.test(
    "no devdeploy.json: one button writes it, and a second time nothing is overwritten",
    async () => {
      await openSidebar(page);
      await welcomeThat(page, /There is no devdeploy\.json/u);
      await screenshot(page, "state-no-config");
      await pressWelcomeButton(page, "Create devdeploy.json");
      await eventually(
        () => page.locator(".tabs-container .tab").allInnerTexts(),
        (tabs) => tabs.some((tab) => tab.includes("devdeploy.json")),
      );
      const written = await readFile(config, "utf8");
      assert.match(written, /"machines"/u);
      await writeFile(config, `${written}\n`);
      await runCommand(page, "Devdeploy: Create devdeploy.json");
      await toastThat(page, /exists already; it was opened and left as it is/u);
      assert.equal(await readFile(config, "utf8"), `${written}\n`);
    },
  );

  await t.test("no kubeconfig: it is said, and the devdeploy is refused with the cause", async () => {
    await welcomeThat(page, /Your kubeconfig does not lead/u);
    await screenshot(page, "state-no-context");
  });

  await t.test("a cluster that does not answer: it is said, with one button to try again", async () => {
    const nowhere = { server: "https://127.0.0.1:1", ca: "", tokens: { ann: "x" } };
    await writeFile(kubeconfig, sandboxKubeconfig(nowhere, "ann", ["staging"]));
    await runCommand(page, "Devdeploy: Refresh");
    await welcomeThat(page, /The cluster does not answer/u);
    await screenshot(page, "state-unreachable");
  });

  const sandbox = await startSandbox(SANDBOX_FROM_SOURCE, {
    people: ["ann"],
    admin: "admin",
    namespaces: ["devdeploy"],
    objects: freeLeases("devdeploy"),
  });
  t.after(() => sandbox.stop());

  await t.test("once it answers, the rows are there", async () => {
    await writeFile(kubeconfig, sandboxKubeconfig(sandbox, "ann", ["staging"]));
    await pressWelcomeButton(page, "Try Again");
    const rows = await rowsThat(
      page,
      (all) => all.length === 4 && all.every(({ text }) => !text.includes("…")),
    );
    assert.deepEqual(
      rows.map(({ text }) => text),
      ["dev 3 of 3 free", "dev1 free", "dev2 free", "dev3 free"],
    );
  });

  await t.test("a folder without a repository is refused in words", async () => {
    await runCommand(page, "Devdeploy: Devdeploy Current Branch");
    await toastThat(page, /is not in a git repository\. Open the folder of a clone\./u);
  });

  await t.test("when the cluster goes away, nothing old is shown as current", async () => {
    await sandbox.stop();
    const rows = await rowsThat(
      page,
      (all) => all.some(({ description }) => description.startsWith("unknown since")),
      120_000,
    );
    assert.ok(rows.every(({ description }) => !description.includes("free")));
    const message = await eventually(
      () => page.locator(".sidebar .pane-body .message").first().innerText(),
      (text) => text !== "",
    );
    assert.match(message, /^Not connected since \d\d:\d\d: .* cannot be reached: .*Retrying\.$/su);
    await screenshot(page, "unknown-since");
  });

  await t.test("mistakes in devdeploy.json stand in the Problems view, each where it is", async () => {
    await writeFile(config, '{ "version": 1, "defaultBranch": "main", "enviroments": {} }\n');
    await welcomeThat(page, /devdeploy\.json has mistakes/u);
    assert.deepEqual(await treeRows(page), []);
    await pressWelcomeButton(page, "Open devdeploy.json");
    // Each mistake once, and VS Code's own judgement by the schema nowhere.
    assert.deepEqual(await problemsThat(page, (all) => all.some((text) => text.includes("enviroments"))), [
      'Error: `locks` is missing: write `"locks": {"context":"staging"}` at line 1 and character 1. generated by Devdeploy',
      "Error: unknown key `enviroments`: did you mean `environments`? at line 1 and character 42. generated by Devdeploy",
    ]);
    await screenshot(page, "state-bad-config");
    await runCommand(page, "Devdeploy: Devdeploy Current Branch");
    const text = await toastThat(page, /devdeploy\.json has/u);
    await pressToastButton(page, /devdeploy\.json has/u, "Open devdeploy.json");
    assert.match(text, /Correct (?:it|them), then try again\./u);
  });

  await t.test("where devdeploy.json is no JSON, that stands in the Problems view once", async () => {
    await writeFile(config, '{ "version": 1 "defaultBranch": "main" }\n');
    const problems = await problemsThat(page, (all) => all.length === 1);
    assert.deepEqual(problems, ["Error: Expected comma at line 1 and character 16. generated by jsonc"]);
    await screenshot(page, "state-no-json");
  });
});

test("in an untrusted workspace nothing is asked of any cluster until it is trusted", async (t) => {
  const { vsCode, workspace, kubeconfig } = await emptyGround(t, true);
  const { page } = vsCode;
  await mkdir(dirname(kubeconfig), { recursive: true });
  await writeFile(kubeconfig, "not a kubeconfig");
  await page.locator(".monaco-dialog-box .monaco-button", { hasText: "No, I don't trust" }).click();
  await writeFile(
    join(workspace, "devdeploy.json"),
    '{ "version": 1, "defaultBranch": "main", "locks": { "context": "staging" }, "environments": {}, "pools": {} }',
  );
  await openSidebar(page);
  await welcomeThat(page, /This workspace is not trusted/u);
  await screenshot(page, "state-untrusted");

  await pressWelcomeButton(page, "Manage Workspace Trust");
  await page.locator(".workspace-trust-editor .monaco-button", { hasText: "Trust" }).first().click();
  await eventually(
    () => welcomeText(page),
    (text) => !text.includes("not trusted"),
  );
});
