import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles the supervisor as the extension ships it, into a folder; answers with its path. */
export async function bundleSupervisor(folder: string): Promise<string> {
  const outfile = join(folder, "supervisor.cjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../../src/supervisor/main.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20.18",
    logLevel: "silent",
  });
  return outfile;
}
