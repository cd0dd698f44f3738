import { spawn, type ChildProcess } from "node:child_process";
import type { Clock } from "../../app/ports.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import { parsedJson, textOf } from "./json.ts";

/** One that waits for a person would hold the review up. */
const HELPER_LIMIT_MS: DurationMs = 3 * SECOND_MS;
const MOST_OUTPUT = 64 * 1024;
/** Part of a program's name, and nothing else. */
const HELPER_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/u;

export interface HelperSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

/** What a helper keeps for a registry. */
export interface HelperAnswer {
  readonly username: string;
  readonly secret: string;
}

/**
 * Asks one of Docker's credential helpers (`docker-credential-NAME get`). Undefined where it keeps nothing for this
 * registry; failed with a fact where it did not answer.
 */
export async function askHelper(
  name: string,
  server: string,
  surroundings: HelperSurroundings,
  signal: AbortSignal,
): Promise<Result<HelperAnswer | undefined, string>> {
  if (!HELPER_NAME.test(name)) return fail("the name of the credential helper is none");
  const program = `docker-credential-${name}`;
  const ended = await run(program, server, surroundings, signal);
  if (!ended.ok) return fail(`${program}: ${ended.error}`);
  const { code, output } = ended.value;
  // Helpers say on standard output what they do not have.
  if (code !== 0 && /not found/iu.test(output)) return ok(undefined);
  if (code !== 0) return fail(`${program}: ended with ${code ?? "a signal"}`);
  const answer = parsedJson(output);
  const secret = textOf(answer, "Secret");
  if (secret === undefined) return ok(undefined);
  return ok({ username: textOf(answer, "Username") ?? "", secret });
}

type Ended = Result<{ readonly code: number | null; readonly output: string }, string>;

function run(
  program: string,
  input: string,
  { env, clock }: HelperSurroundings,
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, ["get"], {
      env,
      stdio: ["pipe", "pipe", "ignore"],
      windowsHide: true,
      // A group of its own, so that what the helper started ends with it.
      detached: process.platform !== "win32",
    });
    const settle = (ended: Ended): void => {
      limit.dispose();
      signal.removeEventListener("abort", abort);
      resolve(ended);
    };
    const abort = (): void => {
      settle(fail("no answer in time"));
      endGroup(child);
    };
    const limit = clock.after(HELPER_LIMIT_MS, abort);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (output.length < MOST_OUTPUT) output += text;
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      settle(fail(error.code === "ENOENT" ? "not found" : (error.code ?? "cannot be started")));
    });
    child.once("close", (code) => {
      settle(ok({ code, output }));
    });
    // A helper that ends without reading is told by its exit code.
    child.stdin.on("error", () => undefined).end(input);
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself in this very moment.
  }
}
