import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { CannotProvide } from "./cache.ts";
import { surroundings, writeMachineSettings, writeUserSettings } from "./settings.ts";
import type { VsCodeServer } from "./vsCodeServer.ts";

export interface ServeOptions {
  readonly server: VsCodeServer;
  /** Everything that this VS Code keeps: settings, state, logs. */
  readonly dataFolder: string;
  /** Folder to open. */
  readonly workspace: string;
  /** Folder of an extension that runs from its sources' build. */
  readonly extension?: string;
  /** A module that runs in the extension host instead of waiting for a person. */
  readonly extensionTests?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** 0, or absent: a free one. */
  readonly port?: number;
  /** Whether VS Code asks whether the folder is to be trusted. */
  readonly asksForTrust?: boolean;
}

export interface ServedVsCode {
  /** Address of the window with the folder. */
  readonly url: string;
  /** What the server printed. */
  log(): string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;

/** Starts VS Code's web server on 127.0.0.1, in a process group of its own that `stop` ends. */
export async function serveVsCode(options: ServeOptions): Promise<ServedVsCode> {
  const data = join(options.dataFolder, "data");
  await writeUserSettings(data, options.settings);
  await writeMachineSettings(data, options.settings);
  const child = spawn(options.server.node, [options.server.program, ...serverArgs(options)], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...surroundings(), EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...options.env },
  });
  const endGroup = (): void => {
    signalGroup(child, "SIGKILL");
  };
  process.once("exit", endGroup);
  const output = collect(child);
  try {
    const port = await boundPort(child, output);
    return {
      url: windowAddress(port, options),
      log: () => output.text,
      stop: async () => {
        await stopGroup(child);
        process.off("exit", endGroup);
      },
    };
  } catch (error) {
    endGroup();
    process.off("exit", endGroup);
    throw error;
  }
}

function serverArgs({ dataFolder, port = 0, asksForTrust = false }: ServeOptions): string[] {
  return [
    ...["--host", "127.0.0.1", "--port", String(port)],
    ...["--without-connection-token", "--accept-server-license-terms"],
    ...["--server-data-dir", dataFolder, "--telemetry-level", "off"],
    ...(asksForTrust ? [] : ["--disable-workspace-trust"]),
  ];
}

function windowAddress(port: number, { workspace, extension, extensionTests }: ServeOptions): string {
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ["skipWelcome", "true"],
    ...(extension === undefined ? [] : [["extensionDevelopmentPath", remote(extension)]]),
    ...(extensionTests === undefined ? [] : [["extensionTestsPath", remote(extensionTests)]]),
  ];
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  return `http://127.0.0.1:${port}/?${query.toString()}`;
}

interface Output {
  text: string;
}

function collect(child: ChildProcess): Output {
  const output: Output = { text: "" };
  const add = (chunk: Buffer): void => {
    output.text += chunk.toString("utf8");
  };
  child.stdout?.on("data", add);
  child.stderr?.on("data", add);
  return output;
}

function boundPort(child: ChildProcess, output: Output): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(limit);
      reject(new CannotProvide(`VS Code's web server ${why}. It said:\n${output.text}`));
    };
    const limit = setTimeout(() => {
      fail(`was not ready within ${START_LIMIT_MS / 1000} s`);
    }, START_LIMIT_MS);
    child.once("error", (error) => {
      fail(`could not be started (${error.message})`);
    });
    child.once("exit", (code) => {
      fail(`ended at once (exit code ${code ?? "none"})`);
    });
    child.stdout?.on("data", () => {
      const [, port] = /Server bound to 127\.0\.0\.1:(\d+)/u.exec(output.text) ?? [];
      if (port === undefined || !/Extension host agent listening/u.test(output.text)) return;
      clearTimeout(limit);
      resolve(Number(port));
    });
  });
}

/** Extension hosts and file watchers are children of the server: they end with its group. */
async function stopGroup(child: ChildProcess): Promise<void> {
  const ended =
    child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, "exit");
  signalGroup(child, "SIGTERM");
  const limit = setTimeout(() => {
    signalGroup(child, "SIGKILL");
  }, STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
  signalGroup(child, "SIGKILL");
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}
