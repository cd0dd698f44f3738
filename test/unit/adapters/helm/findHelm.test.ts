import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { findHelm, KnownVersions, type HelmPlaces } from "../../../../src/adapters/helm/findHelm.ts";
import type { DeployerError } from "../../../../src/app/ports.ts";
import { MINUTE_MS } from "../../../../src/domain/time.ts";
import { aFolder } from "../../../builders/gitRepository.ts";

const lab = aFolder();
after(() => {
  lab.remove();
});
const signal = new AbortController().signal;

function program(path: string, prints: string, mode = 0o755): string {
  const file = join(lab.path, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nprintf '%s' '${prints}'\n`);
  chmodSync(file, mode);
  return file;
}

const places = (given: Partial<HelmPlaces>): HelmPlaces => ({
  setting: undefined,
  workspaceFolders: [join(lab.path, "workspace")],
  surroundings: { PATH: "" },
  platform: "linux",
  ...given,
});

test("the setting wins over PATH", async () => {
  const path = program("own/helm", "v4.1.4");
  program("first/helm", "v3.18.5");
  const found = await findHelm(
    places({ setting: path, surroundings: { PATH: join(lab.path, "first") } }),
    signal,
  );
  assert.ok(found.ok);
  assert.deepEqual(found.value.tool, { name: "helm", path, version: "4.1.4" });
});

test("the first helm on PATH that may be used is used; relative folders are passed over", async () => {
  program("workspace/bin/helm", "v4.1.4");
  const path = program("second/helm", "v3.17.3");
  const PATH = [".", "relative", join(lab.path, "workspace/bin"), join(lab.path, "second")].join(delimiter);
  const found = await findHelm(places({ surroundings: { PATH } }), signal);
  assert.ok(found.ok);
  assert.deepEqual(found.value.tool, {
    name: "helm",
    path,
    version: "3.17.3",
    warning: "CVE-2025-53547, CVE-2025-55198, CVE-2025-55199: 3.18.5",
  });
});

test("where there is none, the places that were tried are told", async () => {
  const PATH = [join(lab.path, "a"), join(lab.path, "b")].join(delimiter);
  assert.deepEqual(await findHelm(places({ surroundings: { PATH } }), signal), {
    ok: false,
    error: { reason: "helm-absent", tried: [join(lab.path, "a/helm"), join(lab.path, "b/helm")] },
  });
});

async function refusal(setting: string): Promise<DeployerError | undefined> {
  const found = await findHelm(places({ setting }), signal);
  return found.ok ? undefined : found.error;
}

test("what is no program of one's own is refused, each for its reason", async () => {
  mkdirSync(join(lab.path, "links"), { recursive: true });
  symlinkSync(program("workspace/tools/helm", "v4.1.4"), join(lab.path, "links/helm"));
  const rows: readonly (readonly [path: string, detail: string])[] = [
    ["helm", "its path is not absolute"],
    ["./bin/helm", "its path is not absolute"],
    [program("own/helm.CMD", "v4.1.4"), "it is a script, not a program"],
    [program("own/helm.ps1", "v4.1.4"), "it is a script, not a program"],
    [program("workspace/helm", "v4.1.4"), "it lies in the workspace"],
    [join(lab.path, "links/helm"), "it lies in the workspace"],
    [program("own/not-executable", "v4.1.4", 0o644), "it is not executable"],
    [program("own/other", "hello"), "it does not tell its version as helm does"],
    [program("own/future", "v5.0.0"), "helm 5.0.0 is not known yet"],
  ];
  for (const [path, detail] of rows) {
    assert.deepEqual(await refusal(path), { reason: "helm-refused", path, detail });
  }
});

test("a folder, and what is not there, is no helm", async () => {
  for (const path of [lab.path, join(lab.path, "nowhere/helm")]) {
    assert.deepEqual(await refusal(path), { reason: "helm-absent", tried: [path] });
  }
});

test("a helm that is too old is told its version and what is needed", async () => {
  const path = program("old/helm", "v3.13.3");
  assert.deepEqual(await refusal(path), {
    reason: "helm-too-old",
    path,
    version: "3.13.3",
    needed: "3.14.0",
  });
});

test("a program is asked for its version once, and again when it was replaced or ten minutes have passed", async () => {
  const setting = join(lab.path, "asked/helm");
  const asked = join(lab.path, "asked/count");
  const install = (version: string): void => {
    mkdirSync(join(setting, ".."), { recursive: true });
    writeFileSync(setting, `#!/bin/sh\nprintf x >> '${asked}'\nprintf '%s' '${version}'\n`);
    chmodSync(setting, 0o755);
  };
  let now = 0;
  const versions = new KnownVersions(() => now);
  const found = async (): Promise<unknown> => {
    const helm = await findHelm(places({ setting }), signal, versions);
    return [helm.ok && helm.value.tool.version, readFileSync(asked, "utf8").length];
  };
  install("v4.1.4");
  assert.deepEqual(
    [await found(), await found()],
    [
      ["4.1.4", 1],
      ["4.1.4", 1],
    ],
  );
  install("v3.18.50");
  assert.deepEqual(
    [await found(), await found()],
    [
      ["3.18.50", 2],
      ["3.18.50", 2],
    ],
  );
  now = 10 * MINUTE_MS;
  assert.deepEqual(await found(), ["3.18.50", 3]);
});
