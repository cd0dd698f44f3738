import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const ROW = /^\|.*\| `(?<file>test\/[^`]+)`: “(?<name>[^”]+)” +\|$/u;

test("every test that docs/faults.md names is there, by its name", async () => {
  const page = await readFile(new URL("../../../docs/faults.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| ") && !/^\| (?:-+|fault) /u.test(line));
  const missing: string[] = [];
  for (const row of rows) {
    const { file = "", name = row } = ROW.exec(row)?.groups ?? {};
    const source = await readFile(new URL(`../../../${file}`, import.meta.url), "utf8").catch(() => "");
    if (!source.includes(name)) missing.push(`${file}: ${name}`);
  }
  assert.deepEqual(missing, []);
  assert.ok(rows.length > 40, `${rows.length} rows`);
});
