// Runs helm so that closing or killing the editor's window does not cut a deploy in half, and keeps the operation
// Lease alive meanwhile. Started detached, often before there is an order: its path comes as one line over stdin. Its
// environment is the program's, so that no secret is on disk.
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
import { text } from "node:stream/consumers";
import type { SupervisorOrder, SupervisorResult, SupervisorSign } from "../domain/supervision.ts";
import { Renewing } from "./renewing.ts";

const BEAT_MS = 1_000;

void text(process.stdin).then((line) => {
  // Without a whole line, the window has nothing for us any more, or is gone.
  if (line.endsWith("\n")) supervise(readOrder(line.slice(0, -1)));
});

function readOrder(path: string): SupervisorOrder {
  const order = JSON.parse(readFileSync(path, "utf8")) as SupervisorOrder;
  const folder = `${dirname(resolve(path))}${sep}`;
  const outside = order.remove.filter((file) => !resolve(file).startsWith(folder));
  if (outside.length > 0) throw new Error(`Not in the run's folder: ${outside.join(", ")}`);
  return order;
}

type ProgramEnd = Pick<SupervisorResult, "exitCode" | "signal" | "startError">;

function supervise(order: SupervisorOrder): void {
  let child: ChildProcess | undefined = undefined;
  let isCancelled = false;
  let takenBy: string | null = null;
  let renewing: Renewing | undefined = undefined;
  const cancel = (): void => {
    if (isCancelled || !order.isStoppable) return;
    isCancelled = true;
    child?.kill("SIGTERM");
    setTimeout(() => {
      // A takeover alone never ends helm hard, whoever noticed it first.
      if (takenBy === null) child?.kill("SIGKILL");
    }, order.patience).unref();
  };
  process.on("SIGTERM", cancel);
  // What a closing terminal or its Ctrl-C says to a whole group is not meant for the deploy.
  process.on("SIGHUP", () => undefined);
  process.on("SIGINT", () => undefined);
  // From now on SIGTERM is heard: whoever wants to stop the run waits for this sign before sending it.
  const sign: SupervisorSign = { pid: process.pid, startedAt: Date.now() };
  writeWhole(order.sign, sign);
  const beat = setInterval(() => {
    const now = new Date();
    utimesSync(order.sign, now, now);
    if (existsSync(order.cancel)) cancel();
  }, BEAT_MS);

  const end = (how: ProgramEnd): void => {
    clearInterval(beat);
    // Values and chart are gone before anybody can learn that the run has ended.
    for (const file of order.remove) rmSync(file, { recursive: true, force: true });
    const remarks = renewing?.remarks ?? [];
    const result: SupervisorResult = { ...how, takenBy, isCancelled, remarks, endedAt: Date.now() };
    writeWhole(order.result, result);
    void (renewing?.end() ?? Promise.resolve()).finally(() => {
      process.exit();
    });
  };
  if (existsSync(order.cancel)) {
    isCancelled = true;
    end({ exitCode: null, signal: "SIGTERM", startError: null });
    return;
  }
  const log = openSync(order.log, "a", 0o600);
  const started = spawn(order.program, order.args, {
    cwd: dirname(order.log),
    env: programEnvironment(),
    stdio: ["ignore", log, log],
    shell: false,
    windowsHide: true,
  });
  child = started;
  closeSync(log);
  started.once("error", (error: NodeJS.ErrnoException) => {
    // Also told of a signal that could not be sent, while the program goes on.
    if (started.pid === undefined) {
      end({ exitCode: null, signal: null, startError: error.code ?? error.message });
    }
  });
  started.once("exit", (exitCode, signal) => {
    end({ exitCode, signal, startError: null });
  });
  // The program is at work already; only now the cluster's client is loaded.
  if (order.renew === undefined) return;
  const { stopsWhenTaken } = order.renew;
  renewing = new Renewing(order.renew, (by) => {
    takenBy = by;
    if (stopsWhenTaken) started.kill("SIGTERM");
  });
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
