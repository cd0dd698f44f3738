import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runHostTests } from "./harness/extensionHost.ts";

test("inside the extension host", async (t) => {
  const workspace = await mkdtemp(join(tmpdir(), "devdeploy-workspace-"));
  t.after(() => rm(workspace, { recursive: true, force: true }));
  const results = await runHostTests(workspace);
  assert.ok(results.length > 0, "No test ran in the extension host.");
  for (const { name, failure } of results) {
    await t.test(name, () => {
      if (failure !== undefined) assert.fail(failure);
    });
  }
});
