import { spawn } from "node:child_process";
import { once } from "node:events";
import { downloadDesktop, installedDesktop, namedDesktop } from "../tools/desktopVsCode.ts";
import { findOnPath } from "../tools/run.ts";
import { serveVsCode } from "../tools/serveVsCode.ts";
import { surroundings, writeUserSettings } from "../tools/settings.ts";
import { provideVsCodeServer, type VsCodeServer } from "../tools/vsCodeServer.ts";
import type { Say } from "../tools/cache.ts";

/** The VS Code that the demo opens in. */
export type Chosen =
  | { readonly kind: "desktop"; readonly program: string }
  | { readonly kind: "server"; readonly server: VsCodeServer };

export interface WindowOptions {
  readonly dataFolder: string;
  readonly workspace: string;
  readonly extension: string;
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly port: number;
}

export interface OpenWindow {
  /** Where to find it: an address, or words. */
  readonly where: string;
  /** Address for a browser; undefined on the desktop. */
  readonly url: string | undefined;
  /** Resolves when the person closes it; never where only a browser could tell. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

/** A desktop VS Code where there is a display and one is installed, else the web server. */
export async function chooseVsCode(inBrowser: boolean, say: Say): Promise<Chosen> {
  const hasServer = process.platform === "linux" && process.arch === "x64";
  if (!inBrowser && hasDisplay()) {
    const program = namedDesktop() ?? installedDesktop();
    if (program !== undefined) return { kind: "desktop", program };
    if (!hasServer) return { kind: "desktop", program: await downloadDesktop(say) };
    say("No desktop VS Code was found, so the demo opens in the browser.");
  }
  return { kind: "server", server: await provideVsCodeServer(say) };
}

/** Opens the workspace with the extension, in a VS Code that shares nothing with the person's own. */
export async function openWindow(chosen: Chosen, options: WindowOptions): Promise<OpenWindow> {
  if (chosen.kind === "desktop") return openOnDesktop(chosen.program, options);
  const served = await serveVsCode({ ...options, server: chosen.server });
  return {
    where: served.url,
    url: served.url,
    closed: new Promise<void>(() => undefined),
    stop: () => served.stop(),
  };
}

/** Opens an address in the person's browser where that is possible; a person can always do it themselves. */
export function openInBrowser(url: string): void {
  const opener = findOnPath(process.platform === "darwin" ? "open" : "xdg-open");
  if (opener === undefined || !hasDisplay()) return;
  spawn(opener, [url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

function hasDisplay(): boolean {
  if (process.platform !== "linux") return true;
  return (process.env["DISPLAY"] ?? "") !== "" || (process.env["WAYLAND_DISPLAY"] ?? "") !== "";
}

async function openOnDesktop(program: string, options: WindowOptions): Promise<OpenWindow> {
  await writeUserSettings(options.dataFolder, options.settings);
  const child = spawn(
    program,
    [
      ...[
        `--user-data-dir=${options.dataFolder}`,
        "--new-window",
        "--skip-welcome",
        "--disable-workspace-trust",
      ],
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      `--extensionDevelopmentPath=${options.extension}`,
      options.workspace,
    ],
    { stdio: "ignore", env: { ...surroundings(), ...options.env } },
  );
  const closed = once(child, "exit").then(() => undefined);
  return {
    where: "a new window of VS Code",
    url: undefined,
    closed,
    stop: async () => {
      child.kill();
      await closed;
    },
  };
}
