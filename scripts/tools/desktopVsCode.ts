import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { downloadAndUnzipVSCode, SilentReporter } from "@vscode/test-electron";
import { cacheFolder, CannotProvide, type Say } from "./cache.ts";
import { findOnPath } from "./run.ts";

/** The desktop VS Code that DEVDEPLOY_VSCODE names; the program itself, not the `code` script around it. */
export function namedDesktop(): string | undefined {
  const named = process.env["DEVDEPLOY_VSCODE"];
  if (named === undefined || named === "") return undefined;
  const program = programBehind(named);
  if (existsSync(program)) return program;
  throw new CannotProvide(`DEVDEPLOY_VSCODE names ${named}, and there is no such file. Correct or unset it.`);
}

/** The desktop VS Code that is installed on this machine, where the installers put it. */
export function installedDesktop(): string | undefined {
  const script = findOnPath("code");
  return [
    ...(script === undefined ? [] : [programBehind(script)]),
    "/Applications/Visual Studio Code.app/Contents/MacOS/Electron",
    join(homedir(), "Applications/Visual Studio Code.app/Contents/MacOS/Electron"),
    join(process.env["LOCALAPPDATA"] ?? "", "Programs", "Microsoft VS Code", "Code.exe"),
    join(process.env["ProgramFiles"] ?? "", "Microsoft VS Code", "Code.exe"),
  ].find((program) => existsSync(program) && !program.endsWith("/bin/code"));
}

/** Downloads the desktop VS Code: DEVDEPLOY_VSCODE_VERSION (`stable`, `1.100.0`), else the stable one. */
export async function downloadDesktop(say: Say): Promise<string> {
  const version = process.env["DEVDEPLOY_VSCODE_VERSION"] ?? "stable";
  say(`Fetching VS Code (${version}, about 130 MB, unless the cache has it) …`);
  try {
    const cachePath = join(cacheFolder(), "vscode-desktop");
    return await downloadAndUnzipVSCode({ version, cachePath, reporter: new SilentReporter() });
  } catch (error) {
    throw new CannotProvide(
      "VS Code could not be downloaded. Install it (https://code.visualstudio.com) and name its program in DEVDEPLOY_VSCODE.",
      { cause: error },
    );
  }
}

/** `code` is a script two folders below the program on Linux, and beside it on the others. */
function programBehind(path: string): string {
  if (!existsSync(path)) return path;
  const real = realpathSync(path);
  const beside = join(dirname(real), "..", "code");
  return real.endsWith("/bin/code") && existsSync(beside) ? beside : real;
}
