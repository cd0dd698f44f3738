// Writes the JSON schema of devdeploy.json, and the one that VS Code reads: `npm run schema`.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import * as z from "zod";
import { configSchema } from "../src/adapters/config/schema.ts";

/** The whole JSON schema, in the form that prettier gives it. Draft 7 is what VS Code knows best. */
export async function schemaText(): Promise<string> {
  const schema = z.toJSONSchema(configSchema, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      // VS Code shows the Markdown, other editors the plain text.
      const markdown = jsonSchema["markdownDescription"];
      if (typeof markdown === "string") jsonSchema.description = markdown.replaceAll(/[`*]/gu, "");
    },
  });
  return formatted(schema);
}

/**
 * The schema for VS Code: an `if` without `then` and `else` demands nothing, and what stands in it still gives
 * completion and hovers. Mistakes are told by our own diagnostics alone, which know more; else each would be told
 * twice, in two languages.
 */
export function hintsText(): Promise<string> {
  return formatted({
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Devdeploy",
    allowComments: true,
    allowTrailingCommas: true,
    if: { $ref: "./devdeploy.schema.json" },
  });
}

function formatted(schema: object): Promise<string> {
  return format(JSON.stringify(schema), { parser: "json", printWidth: 110 });
}

const fileOf = (name: string): string => fileURLToPath(new URL(`../schemas/${name}`, import.meta.url));
export const SCHEMA_FILE = fileOf("devdeploy.schema.json");
export const HINTS_FILE = fileOf("devdeploy.hints.schema.json");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(SCHEMA_FILE, await schemaText());
  await writeFile(HINTS_FILE, await hintsText());
  console.log(`Wrote ${SCHEMA_FILE} and ${HINTS_FILE}`);
}
