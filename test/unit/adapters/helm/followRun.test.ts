import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { followRun } from "../../../../src/adapters/helm/followRun.ts";
import { runFolder } from "../../../../src/adapters/helm/runFolder.ts";
import type { SupervisorResult } from "../../../../src/domain/supervision.ts";
import { aFolder } from "../../../builders/gitRepository.ts";

const lab = aFolder();
after(() => {
  lab.remove();
});

const result: SupervisorResult = {
  exitCode: 0,
  signal: null,
  startError: null,
  takenBy: null,
  isCancelled: false,
  remarks: [],
  endedAt: 1,
};

test("a result that comes during a look is told at once", async (context) => {
  // Time stands still: nothing but the folder's own news can lead to another look.
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const run = runFolder(lab.path, "run");
  mkdirSync(run.path, { recursive: true });
  writeFileSync(run.log, "Rollback was a success!\n");
  // helm's last line is read after the result was looked for, and the result follows upon it.
  const lines: string[] = [];
  const onLine = (line: string): void => {
    lines.push(line);
    writeFileSync(run.result, JSON.stringify(result));
  };
  assert.deepEqual(await followRun(run, onLine, new AbortController().signal), {
    kind: "ended",
    result,
    output: "Rollback was a success!",
  });
  assert.deepEqual(lines, ["Rollback was a success!"]);
});
