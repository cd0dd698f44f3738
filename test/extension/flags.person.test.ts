import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { BEN } from "../../scripts/demo/people.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { openAnn, openDemo } from "./demoWindow.ts";
import { screenshot } from "./harness/browser.ts";
import {
  descriptionOf,
  inlineAction,
  leaveQuickInput,
  openSidebar,
  quickInputTitled,
  rowsThat,
  runCommand,
  widenSidebar,
  withoutHashes,
} from "./harness/person.ts";
import { lockTo } from "./leases.ts";

const run = promisify(execFile);

test("a held machine whose branch is gone, or that runs something else, says so and offers to unlock it", async (t) => {
  const demo = await openDemo(t);
  const git = (...args: readonly string[]): Promise<unknown> =>
    run("git", ["-C", demo.people.ben.folder, ...args], { env: { ...process.env, ...demo.people.ben.env } });
  await lockTo(demo, "dev1", { by: BEN, branch: "task/my-special-task", left: 5 * HOUR_MS });
  await lockTo(demo, "dev3", { by: BEN, branch: "task/my-special-task", left: 3 * HOUR_MS });
  const { page } = await openAnn(t, demo);
  await openSidebar(page);
  await widenSidebar(page);

  const before = await rowsThat(page, (rows) => descriptionOf(rows, "dev3").includes("runs"), 60_000);
  assert.deepEqual([descriptionOf(before, "dev1"), descriptionOf(before, "dev3")].map(withoutHashes), [
    "Ben Ortiz · task/my-special-task · ####### · 5 h left",
    "Ben Ortiz · runs #######, not ####### · 3 h left",
  ]);

  await git("push", "--quiet", "origin", "--delete", "task/my-special-task");
  await runCommand(page, "Devdeploy: Refresh");
  const after = await rowsThat(page, (rows) => descriptionOf(rows, "dev1").includes("deleted"));
  await screenshot(page, "flags");
  assert.equal(
    descriptionOf(after, "dev1"),
    "Ben Ortiz · task/my-special-task was deleted: unlock dev1 · 5 h left",
  );

  await inlineAction(page, "dev1", "Unlock Machine…");
  await quickInputTitled(page, "Unlock dev1, held by Ben Ortiz");
  await leaveQuickInput(page);
});
