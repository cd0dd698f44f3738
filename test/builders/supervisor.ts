import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Builds the supervisor as the extension ships it, into a folder; answers with its path. */
export function bundleSupervisor(folder: string): Promise<string> {
  return build(folder, "supervisor");
}

/** The same with the cluster's client beside it, so that it can renew a Lease. */
export function bundleRenewingSupervisor(folder: string): Promise<string> {
  return build(folder, "supervisor,cluster");
}

async function build(folder: string, only: string): Promise<string> {
  const outdir = join(folder, "programs");
  await promisify(execFile)(process.execPath, ["esbuild.mjs", `--outdir=${outdir}`, `--only=${only}`], {
    cwd: root,
  });
  return join(outdir, "supervisor.cjs");
}
