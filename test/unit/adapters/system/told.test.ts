import assert from "node:assert/strict";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ToldFiles } from "../../../../src/adapters/system/told.ts";
import { HOUR_MS } from "../../../../src/domain/time.ts";
import { aFolder } from "../../../builders/gitRepository.ts";

function aPlace(t: TestContext): string {
  const folder = aFolder();
  t.after(() => {
    folder.remove();
  });
  return join(folder.path, "told");
}

test("only the first who asks tells it, whatever the window and however often it is opened anew", async (t) => {
  const place = aPlace(t);
  const windows = [new ToldFiles(place), new ToldFiles(place), new ToldFiles(place)];
  const answers = await Promise.all(windows.map((window) => window.first("dev1 ends at noon")));
  assert.deepEqual(answers.sort(), [false, false, true]);
  assert.equal(await new ToldFiles(place).first("dev1 ends at noon"), false);
});

test("another key is other news, however strange it looks", async (t) => {
  const told = new ToldFiles(aPlace(t));
  const keys = ["a", "b", "../a", "a\u0000", "x".repeat(5_000), "A"];
  const answers: boolean[] = [];
  for (const key of keys) answers.push(await told.first(key));
  assert.deepEqual(
    answers,
    keys.map(() => true),
  );
});

test("the folder says nothing of what was told", async (t) => {
  const place = aPlace(t);
  await new ToldFiles(place).first("ann@example.com lost dev1");
  assert.deepEqual(
    readdirSync(place).map((name) => /^[0-9a-f]{64}$/u.test(name)),
    [true],
  );
});

test("what was told more than two days ago is cleaned up at the next start, and nothing sooner", async (t) => {
  const place = aPlace(t);
  await new ToldFiles(place).first("old");
  const [name = ""] = readdirSync(place);
  const told = Date.now();
  utimesSync(join(place, name), told / 1_000, told / 1_000);
  const atAge = async (age: number): Promise<boolean> => {
    await new ToldFiles(place, () => told + age).first("new");
    return readdirSync(place).includes(name);
  };
  assert.deepEqual([await atAge(47 * HOUR_MS), await atAge(49 * HOUR_MS)], [true, false]);
});

test("where the disk fails it is told rather than lost", async (t) => {
  const place = aPlace(t);
  writeFileSync(place, "a file where the folder should be");
  assert.equal(await new ToldFiles(place).first("news"), true);
});
