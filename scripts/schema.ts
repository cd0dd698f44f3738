// Writes schemas/devdeploy.schema.json, which gives completion and hovers in devdeploy.json: `npm run schema`.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import * as z from "zod";
import { configSchema } from "../src/adapters/config/schema.ts";

/** The JSON schema as it is shipped, in the form that prettier gives it. Draft 7 is what VS Code knows best. */
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
  return format(JSON.stringify(schema), { parser: "json", printWidth: 110 });
}

export const SCHEMA_FILE = fileURLToPath(new URL("../schemas/devdeploy.schema.json", import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(SCHEMA_FILE, await schemaText());
  console.log(`Wrote ${SCHEMA_FILE}`);
}
