import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Builds the program of the thread that decodes records as the extension ships it, into a folder; answers with its address. */
export async function bundleDecoder(folder: string): Promise<URL> {
  const outdir = join(folder, "programs");
  await promisify(execFile)(process.execPath, ["esbuild.mjs", `--outdir=${outdir}`, "--only=decoder"], {
    cwd: root,
  });
  return pathToFileURL(join(outdir, "decoder.cjs"));
}
