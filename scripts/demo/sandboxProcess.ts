import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import * as z from "zod";
import type { KubernetesObject } from "./objects.ts";

/** Where the sandbox listens, and the keys of its people. */
export interface SandboxAccess {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly tokens: Readonly<Record<string, string>>;
}

export interface RunningSandbox extends SandboxAccess {
  stop(): Promise<void>;
}

export interface SandboxOptions {
  readonly people: readonly string[];
  readonly admin: string;
  readonly namespaces: readonly string[];
  readonly objects: readonly KubernetesObject[];
}

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** The sandbox from its source; for a package there is the bundle dist/sandbox.cjs. */
export const SANDBOX_FROM_SOURCE: readonly string[] = [
  process.execPath,
  "--import",
  import.meta.resolve("tsx"),
  fileURLToPath(new URL("../../src/sandbox/main.ts", import.meta.url)),
];

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;

const access = z.object({ server: z.string(), ca: z.string(), tokens: z.record(z.string(), z.string()) });

/** Starts the sandbox as a child that ends with us, and waits until it serves. Throws with what it said if not. */
export async function startSandbox(
  command: readonly string[],
  options: SandboxOptions,
): Promise<RunningSandbox> {
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, { cwd: PROJECT, stdio: "pipe", windowsHide: true });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = `${said}${text}`.slice(-4000)));
  // If it ends before it has read everything, its exit says more than the broken pipe.
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${JSON.stringify(options)}\n`);
  try {
    const line = await firstLine(child);
    return { ...access.parse(JSON.parse(line)), stop: () => stop(child) };
  } catch (cause) {
    await stop(child);
    throw new Error(`The sandbox did not start. ${said.trim()}`, { cause });
  }
}

async function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(START_LIMIT_MS);
  const ended = once(child, "exit", { signal }).then((): readonly unknown[] => {
    throw new Error("it ended by itself");
  });
  const [line]: readonly unknown[] = await Promise.race([once(lines, "line", { signal }), ended]);
  return String(line);
}

async function stop(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await ended;
  clearTimeout(force);
}

/** A kubeconfig in which all contexts lead to the sandbox; the last one is current. */
export function sandboxKubeconfig(sandbox: SandboxAccess, user: string, contexts: readonly string[]): string {
  const token = sandbox.tokens[user];
  if (token === undefined) throw new Error(`The sandbox knows nobody named "${user}".`);
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": contexts.at(-1),
    contexts: contexts.map((name) => ({ name, context: { cluster: "sandbox", user } })),
    clusters: [
      {
        name: "sandbox",
        cluster: {
          server: sandbox.server,
          "certificate-authority-data": Buffer.from(sandbox.ca).toString("base64"),
        },
      },
    ],
    users: [{ name: user, user: { token } }],
  });
}
