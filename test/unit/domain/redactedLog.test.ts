import assert from "node:assert/strict";
import { test } from "node:test";
import { redactedLog } from "../../../src/domain/redactedLog.ts";

const shown = (text: string): string => [...redactedLog(text)].join("");
const many = (count: number, line = "GET /cart 200"): string => `${line}\n`.repeat(count);

test("lines stay lines, and what looks like a secret is taken out wherever it stands", () => {
  const secret = "connecting with password=hunter2\n";
  assert.deepEqual(
    [shown(""), shown("\n"), shown("a\nb"), shown(`${many(100)}${secret}${many(100)}`)],
    ["", "\n", "a\nb", `${many(100)}connecting with password=[redacted]\n${many(100)}`],
  );
});

test("a private key is taken out whole, wherever a piece would have ended within it", () => {
  const key = `-----BEGIN RSA PRIVATE KEY-----\n${many(30, "short")}-----END RSA PRIVATE KEY-----\n`;
  const texts = [0, 40, 62, 63, 64, 120].map((before) => shown(`${many(before)}${key}${many(80)}`));
  assert.deepEqual(
    texts,
    [0, 40, 62, 63, 64, 120].map((before) => `${many(before)}[redacted]\n${many(80)}`),
  );
});

test("a key without an end hides what follows it, but not a whole log", () => {
  const text = shown(`-----BEGIN PRIVATE KEY-----\n${many(1000)}`);
  assert.deepEqual([text.startsWith("[redacted]"), text.endsWith(many(700))], [true, true]);
});

test("an endless line is cut at a word, so that no half of a secret is left", () => {
  const long = "word ".repeat(818);
  assert.deepEqual(
    [shown(`${long}https://ann:${"x".repeat(200)}@db\n`), shown("x".repeat(10_000))],
    [`${long}…\n`, "…"],
  );
});

test("a line that was written to take long does not", () => {
  const began = performance.now();
  shown(`${"://a:".repeat(50_000)}\n`.repeat(2));
  assert.ok(performance.now() - began < 2_000);
});
