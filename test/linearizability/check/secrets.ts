import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Finding } from "./findings.ts";

/** Beyond the tokens themselves: what only a credential looks like. */
const TELLTALES = [/Bearer \S/iu, /PRIVATE KEY/u, /"authorization"/iu];

/** I9: looks through every file and text that a run left for the tokens of all people. */
export async function nothingSecret(
  files: readonly string[],
  texts: readonly string[],
  tokens: readonly string[],
): Promise<Finding> {
  const violations: string[] = [];
  let lines = 0;
  const look = (where: string, text: string): void => {
    for (const [index, line] of text.split("\n").entries()) {
      lines += 1;
      const isSecret =
        tokens.some((token) => token !== "" && line.includes(token)) ||
        TELLTALES.some((form) => form.test(line));
      // The line itself is not repeated.
      if (isSecret) violations.push(`${where}, line ${index + 1}`);
    }
  };
  for (const file of files) look(basename(file), await readFile(file, "utf8"));
  for (const text of texts) look("standard error", text);
  return { invariant: "I9", checked: `${lines} lines for ${tokens.length} tokens`, violations };
}
