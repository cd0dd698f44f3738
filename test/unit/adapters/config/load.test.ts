import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Emitter } from "../../../../src/app/emitter.ts";
import { openConfigSource } from "../../../../src/adapters/config/configSource.ts";
import { MAX_CONFIG_BYTES, readConfig } from "../../../../src/adapters/config/load.ts";
import { parseConfig } from "../../../../src/adapters/config/parse.ts";
import type { ConfigState } from "../../../../src/domain/config.ts";
import { smallText, withChange } from "./configTexts.ts";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "devdeploy-config-"));
});
after(() => rm(root, { recursive: true }));

const aFolder = async (content?: string | Uint8Array): Promise<string> => {
  const folder = await mkdtemp(join(root, "folder-"));
  if (content !== undefined) await writeFile(join(folder, "devdeploy.json"), content);
  return folder;
};

test("a folder without devdeploy.json, or that is gone, has no configuration", async () => {
  assert.deepEqual(await readConfig(await aFolder()), { kind: "absent" });
  assert.deepEqual(await readConfig(join(root, "gone")), { kind: "absent" });
});

test("a good file is valid", async () => {
  assert.deepEqual(await readConfig(await aFolder(smallText)), parseConfig(smallText));
});

test("a file with a byte order mark is read as without", async () => {
  assert.deepEqual(await readConfig(await aFolder(`\ufeff${smallText}`)), parseConfig(smallText));
});

test("a file of 5 MB is not read to its end", async () => {
  assert.deepEqual(await readConfig(await aFolder(" ".repeat(5_000_000))), {
    kind: "unreadable",
    detail: "it is bigger than 512 kB: is this the right file?",
  });
});

test("a file of exactly the allowed size is read", async () => {
  const text = smallText + " ".repeat(MAX_CONFIG_BYTES - smallText.length);
  assert.equal((await readConfig(await aFolder(text))).kind, "valid");
});

test("a folder in the file's place is told", async () => {
  const folder = await aFolder();
  await mkdir(join(folder, "devdeploy.json"));
  assert.deepEqual(await readConfig(folder), {
    kind: "unreadable",
    detail: "a folder stands in its place: rename the folder",
  });
});

test(
  "a pipe in the file's place is told, not waited for",
  { skip: process.platform === "win32" ? "Windows has no pipes in folders" : false },
  async () => {
    const folder = await aFolder();
    execFileSync("mkfifo", [join(folder, "devdeploy.json")]);
    assert.deepEqual(await readConfig(folder), { kind: "unreadable", detail: "it is not a regular file" });
  },
);

test("a file of another encoding is told", async () => {
  assert.deepEqual(await readConfig(await aFolder(Buffer.from(`\ufeff${smallText}`, "utf16le"))), {
    kind: "unreadable",
    detail: "it is not UTF-8: save it with that encoding",
  });
});

test("a source tells of real changes only, and of none once it is disposed", async () => {
  const folder = await aFolder(smallText);
  const saved = new Emitter<void>();
  const source = await openConfigSource(folder, saved.event);
  const told: ConfigState[] = [];
  source.onChange((state) => {
    told.push(state);
  });
  assert.deepEqual(source.current, parseConfig(smallText));

  await writeFile(join(folder, "devdeploy.json"), `// The same in other words.\n${smallText}`);
  saved.fire();
  await source.reload();
  assert.equal(told.length, 0);

  const other = withChange(["defaultBranch"], "trunk");
  await writeFile(join(folder, "devdeploy.json"), other);
  saved.fire();
  await source.reload();
  assert.deepEqual(told, [parseConfig(other)]);
  assert.deepEqual(source.current, parseConfig(other));

  await rm(join(folder, "devdeploy.json"));
  saved.fire();
  await source.reload();
  assert.deepEqual(told.at(-1), { kind: "absent" });

  source.dispose();
  await writeFile(join(folder, "devdeploy.json"), smallText);
  saved.fire();
  await source.reload();
  assert.deepEqual(source.current, { kind: "absent" });
  assert.equal(told.length, 2);
});

test("a save during a reading is read too", async () => {
  const folder = await aFolder(smallText);
  const saved = new Emitter<void>();
  const source = await openConfigSource(folder, saved.event);
  saved.fire();
  const other = withChange(["defaultBranch"], "trunk");
  await writeFile(join(folder, "devdeploy.json"), other);
  saved.fire();
  await source.reload();
  assert.deepEqual(source.current, parseConfig(other));
  source.dispose();
});

test("each workspace folder has a source of its own", async () => {
  const saved = new Emitter<void>();
  const [one, two] = await Promise.all([
    openConfigSource(await aFolder(smallText), saved.event),
    openConfigSource(await aFolder(), saved.event),
  ]);
  assert.deepEqual([one.current.kind, two.current.kind], ["valid", "absent"]);
  one.dispose();
  two.dispose();
});
