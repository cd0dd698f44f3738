import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { sayOnStderr } from "../../../scripts/tools/cache.ts";
import { serveVsCode, type ServeOptions } from "../../../scripts/tools/serveVsCode.ts";
import { provideVsCodeForTests } from "../../../scripts/tools/vsCode.ts";
import { openOwnPage } from "./browser.ts";
import { openDesktop } from "./desktop.ts";

/** The extension's own folder. */
export const EXTENSION = fileURLToPath(new URL("../../..", import.meta.url)).replace(/[/\\]$/u, "");

export interface VsCodeOptions {
  /** Folder to open. */
  readonly workspace: string;
  /** Folder of the extension; ours where left out. */
  readonly extension?: string;
  /** What this person's VS Code sees besides the surroundings: KUBECONFIG, PATH, git's identity. */
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Leaves VS Code's question whether the folder is to be trusted switched on. */
  readonly asksForTrust?: boolean;
}

/** One person's VS Code: with a home of its own, and a window. */
export interface VsCode {
  readonly page: Page;
  /** Address of the window, for opening it once more; undefined on the desktop. */
  readonly url: string | undefined;
  /** The person's home folder. */
  readonly home: string;
  /** Everything that this VS Code keeps: settings, state, what its extensions store. */
  readonly data: string;
  stop(): Promise<void>;
}

// A test process that is told to end takes its servers along: they are ended when it exits.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** Starts VS Code and opens its window. Two people are two of these. */
export async function startVsCode(options: VsCodeOptions): Promise<VsCode> {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-vscode-"));
  const home = join(folder, "home");
  await mkdir(home);
  const own = {
    ...options,
    extension: options.extension ?? EXTENSION,
    dataFolder: join(folder, "data"),
    env: { ...homeAt(home), ...options.env },
  };
  const vsCode = await provideVsCodeForTests(sayOnStderr);
  const window =
    vsCode.kind === "server"
      ? await openServed({ ...own, server: vsCode.server })
      : { ...(await openDesktop({ ...own, program: vsCode.program })), url: undefined };
  await window.page.locator(".monaco-workbench .activitybar").waitFor({ timeout: 60_000 });
  return {
    page: window.page,
    url: window.url,
    home,
    data: own.dataFolder,
    stop: async () => {
      await window.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function openServed(options: ServeOptions): Promise<Omit<VsCode, "home" | "data">> {
  const served = await serveVsCode(options);
  const own = await openOwnPage();
  await own.page.goto(served.url);
  return {
    page: own.page,
    url: served.url,
    stop: async () => {
      await own.close();
      await served.stop();
    },
  };
}

/** Nothing of the person who runs the tests is to be seen by the people in them. */
export function homeAt(home: string): Record<string, string> {
  return {
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_CACHE_HOME: join(home, ".cache"),
    XDG_DATA_HOME: join(home, ".local", "share"),
    XDG_STATE_HOME: join(home, ".local", "state"),
    KUBECONFIG: join(home, ".kube", "config"),
    GIT_CONFIG_NOSYSTEM: "1",
  };
}
