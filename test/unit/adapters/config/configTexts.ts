import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { applyEdits, modify, type JSONPath } from "jsonc-parser";
import { parseConfig } from "../../../../src/adapters/config/parse.ts";
import type { ConfigProblem } from "../../../../src/domain/config.ts";

const folder = new URL("../../../fixtures/config/", import.meta.url);

/** The text of a file of test/fixtures/config. */
export const fixture = (name: string): string => readFileSync(fileURLToPath(new URL(name, folder)), "utf8");

/** A whole devdeploy.json without mistakes: the example of the documentation, filled in. */
export const productText = fixture("product.jsonc");

/** A small devdeploy.json without mistakes. */
export const smallText = `{
  "version": 1,
  "defaultBranch": "main",
  "locks": { "context": "staging" },
  "pools": {
    "dev": {
      "machines": { "dev1": {}, "dev2": {} },
      "deploy": {
        "helm": { "context": "staging", "namespace": "dev", "release": "\${machine}", "chart": "./charts/app" }
      }
    }
  }
}
`;

/** A text with one value put in another's place, or taken out (undefined). */
export const withChange = (path: JSONPath, value: unknown, text = smallText): string =>
  applyEdits(text, modify(text, path, value, {}));

/** Problems as people read them: \`path: line:column message\`. */
export const lines = (text: string, problems: readonly ConfigProblem[]): readonly string[] =>
  problems.map(({ path, offset, message }) => {
    const before = text.slice(0, offset).split("\n");
    return `${path}: ${before.length}:${(before.at(-1) ?? "").length + 1} ${message}`;
  });

/** What is underlined, and what is said of it. */
export function problemsOf(text: string): readonly (readonly [underlined: string, message: string])[] {
  const parsed = parseConfig(text);
  if (parsed.kind === "valid") assert.fail("A mistake was expected, and the text is valid.");
  const shown = text.replace(/^\ufeff/u, "");
  return parsed.problems.map(({ offset, length, message }) => [
    shown.slice(offset, offset + length),
    message,
  ]);
}
