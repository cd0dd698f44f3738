import { execFile } from "node:child_process";

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in an environment that knows nothing of the person's own clusters. */
export function runProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      env: { PATH: process.env["PATH"], HELM_DRIVER: "secret", ...env },
      maxBuffer: 16 * 1024 * 1024,
      timeout: 60_000,
    };
    execFile(path, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
