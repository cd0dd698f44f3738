import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What a finished program said. */
export interface Finished {
  /** Undefined where it could not be started or was killed. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end and keeps what it prints; never a shell. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", (error) => {
      resolve({ exitCode: undefined, stdout, stderr: `${stderr}${error.message}` });
    });
    child.on("close", (code) => {
      resolve({ exitCode: code ?? undefined, stdout, stderr });
    });
  });
}

/**
 * Runs a program that prints to this terminal; answers its exit code, undefined where it could not run to its end.
 * After `limitMs` it is asked to end.
 */
export function runInTerminal(
  program: string,
  args: readonly string[],
  { limitMs, ...options }: RunOptions & { readonly limitMs?: number } = {},
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...options,
      stdio: ["ignore", "inherit", "inherit"],
      ...(limitMs !== undefined && { timeout: limitMs }),
    });
    child.on("error", () => {
      resolve(undefined);
    });
    child.on("close", (code) => {
      resolve(code ?? undefined);
    });
  });
}

/** Where the person's PATH has this program. */
export function findOnPath(program: string): string | undefined {
  const name = process.platform === "win32" ? `${program}.exe` : program;
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
