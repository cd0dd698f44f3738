// Runs helm so that closing or killing the editor's window does not cut a deploy in half. Started detached, with
// the path of an order as its only argument. Its environment is the program's, so that no secret is on disk.
import { spawn, type ChildProcess } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve, sep } from "node:path";
import type { SupervisorOrder, SupervisorResult, SupervisorSign } from "../domain/supervision.ts";

const BEAT_MS = 1_000;

supervise(readOrder(process.argv[2] ?? ""));

function readOrder(path: string): SupervisorOrder {
  const order = JSON.parse(readFileSync(path, "utf8")) as SupervisorOrder;
  const folder = `${dirname(resolve(path))}${sep}`;
  const outside = order.remove.filter((file) => !resolve(file).startsWith(folder));
  if (outside.length > 0) throw new Error(`Not in the run's folder: ${outside.join(", ")}`);
  return order;
}

function supervise(order: SupervisorOrder): void {
  let child: ChildProcess | undefined = undefined;
  let isCancelled = false;
  const cancel = (): void => {
    if (isCancelled) return;
    isCancelled = true;
    child?.kill("SIGTERM");
  };
  process.on("SIGTERM", cancel);
  // What a closing terminal or its Ctrl-C says to a whole group is not meant for the deploy.
  process.on("SIGHUP", () => undefined);
  process.on("SIGINT", () => undefined);
  // From now on SIGTERM is heard: whoever wants to stop the run waits for this sign before sending it.
  const sign: SupervisorSign = { pid: process.pid, startedAt: Date.now() };
  writeWhole(order.sign, sign);
  if (existsSync(order.cancel)) {
    end(order, { exitCode: null, signal: "SIGTERM", startError: null });
    return;
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimesSync(order.sign, now, now);
    if (existsSync(order.cancel)) cancel();
  }, BEAT_MS);

  const log = openSync(order.log, "a", 0o600);
  const started = spawn(order.program, order.args, {
    env: programEnvironment(),
    stdio: ["ignore", log, log],
    shell: false,
    windowsHide: true,
  });
  child = started;
  closeSync(log);
  started.once("error", (error: NodeJS.ErrnoException) => {
    // Also told of a signal that could not be sent, while the program goes on.
    if (started.pid !== undefined) return;
    clearInterval(beat);
    end(order, { exitCode: null, signal: null, startError: error.code ?? error.message });
  });
  started.once("exit", (exitCode, signal) => {
    clearInterval(beat);
    end(order, { exitCode, signal, startError: null });
  });
}

function end(order: SupervisorOrder, result: Omit<SupervisorResult, "endedAt">): void {
  // Values and chart are gone before anybody can learn that the run has ended.
  for (const file of order.remove) rmSync(file, { recursive: true, force: true });
  writeWhole(order.result, { ...result, endedAt: Date.now() });
}

function programEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env["ELECTRON_RUN_AS_NODE"];
  return env;
}

/** A reader finds the whole text or no file at all. */
function writeWhole(path: string, content: object): void {
  writeFileSync(`${path}.new`, JSON.stringify(content), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
