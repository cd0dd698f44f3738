import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { controlPlanePath } from "../../../scripts/controlplane/build.ts";
import type { BuildMeans } from "../../../scripts/tools/goProgram.ts";

describe("building the control plane", () => {
  let folder: string;
  let before: string | undefined;
  let said: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "devdeploy-build-"));
    said = [];
    before = process.env["DEVDEPLOY_CACHE"];
    process.env["DEVDEPLOY_CACHE"] = join(folder, "cache");
  });

  afterEach(async () => {
    if (before === undefined) delete process.env["DEVDEPLOY_CACHE"];
    else process.env["DEVDEPLOY_CACHE"] = before;
    await rm(folder, { recursive: true });
  });

  /** A program that answers as Go of this version does, notes each build, and then ends with `code`. */
  async function aGo(version: string, code = 0): Promise<BuildMeans> {
    const program = join(folder, "go.cjs");
    await writeFile(
      program,
      `const { appendFileSync, writeFileSync } = require("node:fs");
       const [verb, ...rest] = process.argv.slice(2);
       if (verb === "env") console.log(${JSON.stringify(version)});
       else {
         appendFileSync(${JSON.stringify(join(folder, "builds"))}, rest[1] + "\\n");
         writeFileSync(rest[rest.indexOf("-o") + 1], "program");
         process.exitCode = ${code};
       }`,
    );
    return { go: [process.execPath, program], say: (line) => said.push(line) };
  }

  const builds = async (): Promise<string[]> =>
    (await readFile(join(folder, "builds"), "utf8").catch(() => "")).trim().split("\n").filter(Boolean);

  test("it is built once, with the version that helm and kubectl ask for, and then taken from the cache", async () => {
    const means = await aGo("go1.26.8");
    const paths = await Promise.all([controlPlanePath(means), controlPlanePath(means)]);
    const again = await controlPlanePath({ ...means, go: ["no-such-go"] });
    assert.deepEqual([new Set([...paths, again]).size, await readFile(again ?? "", "utf8")], [1, "program"]);
    const [flags, ...others] = await builds();
    assert.deepEqual(others, []);
    assert.match(flags ?? "", /version\.gitVersion=v1\.\d+\.\d+ .*gitMajor=1 .*gitMinor=\d+/);
  });

  test("without Go there is none, and what to install is said", async () => {
    const means = { ...(await aGo("")), go: ["no-such-go"] } as const;
    assert.equal(await controlPlanePath(means), undefined);
    assert.deepEqual(said, [
      "Go was not found. The control plane for the cluster tests is built with Go 1.25 or newer: install it from " +
        "https://go.dev/dl and run again.",
    ]);
  });

  test("an old Go is not asked to build", async () => {
    const path = await controlPlanePath(await aGo("go1.9.7"));
    assert.deepEqual([path, await builds(), said.length], [undefined, [], 1]);
    assert.match(said[0] ?? "", /^go1\.9\.7 is too old\. /);
  });

  test("a build that fails is an error, and leaves nothing that looks complete", async () => {
    await assert.rejects(controlPlanePath(await aGo("go1.25.0", 1)), /go build ended with 1/);
    assert.deepEqual(await readdir(join(folder, "cache", "controlplane")), []);
  });
});
