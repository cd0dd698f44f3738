import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SOURCE = fileURLToPath(new URL("../client/worker.ts", import.meta.url));

/** The program that hosts clients, in one file: it is started often, and at once. */
export async function workerProgram(folder: string): Promise<string> {
  const outfile = join(folder, "worker.cjs");
  await build({
    ...{ entryPoints: [SOURCE], outfile, bundle: true, platform: "node", format: "cjs", target: "node20" },
    mainFields: ["module", "main"],
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "error",
  });
  return outfile;
}
