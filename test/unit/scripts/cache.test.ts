import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { cached } from "../../../scripts/tools/cache.ts";

const nothing = (): void => undefined;
const suffix = `${process.platform}-${process.arch}`;

describe("the cache of tools", () => {
  let folder: string;
  let before: string | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "devdeploy-cache-"));
    before = process.env["DEVDEPLOY_CACHE"];
    process.env["DEVDEPLOY_CACHE"] = folder;
  });

  afterEach(async () => {
    if (before === undefined) delete process.env["DEVDEPLOY_CACHE"];
    else process.env["DEVDEPLOY_CACHE"] = before;
    await rm(folder, { recursive: true });
  });

  const fillWith =
    (text: string) =>
    async (partial: string): Promise<void> => {
      await writeFile(join(partial, "tool"), text);
    };

  test("a tool is filled once, however many ask at the same time", async () => {
    let fills = 0;
    const ask = (): Promise<string> =>
      cached(
        "tool-1",
        async (partial) => {
          fills += 1;
          await fillWith("one")(partial);
        },
        nothing,
      );
    const paths = await Promise.all([ask(), ask(), ask()]);
    assert.deepEqual(
      { fills, paths: new Set(paths) },
      { fills: 1, paths: new Set([join(folder, `tool-1-${suffix}`)]) },
    );
  });

  test("a fill that fails leaves nothing behind, and the next one succeeds", async () => {
    const failure = cached(
      "tool-1",
      async (partial) => {
        await fillWith("half")(partial);
        throw new Error("the line went dead");
      },
      nothing,
    );
    await assert.rejects(failure, /the line went dead/u);
    assert.deepEqual(await readdir(folder), []);
    const path = await cached("tool-1", fillWith("whole"), nothing);
    assert.equal(await readFile(join(path, "tool"), "utf8"), "whole");
  });

  test("the lock of a process that is gone does not hold", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `tool-1-${suffix}.lock`), String(pid));
    const path = await cached("tool-1", fillWith("one"), nothing);
    assert.equal(await readFile(join(path, "tool"), "utf8"), "one");
  });

  test("who waits for somebody else's fetch is told so", async () => {
    const said: string[] = [];
    const waiting: Promise<string>[] = [];
    await cached(
      "tool-1",
      () =>
        new Promise<void>((finish) => {
          const second = cached("tool-1", fillWith("never"), (line) => {
            said.push(line);
            finish();
          });
          waiting.push(second);
        }),
      nothing,
    );
    assert.deepEqual(await Promise.all(waiting), [join(folder, `tool-1-${suffix}`)]);
    assert.deepEqual(said, ["Waiting for tool-1, which is being fetched already …"]);
  });
});
