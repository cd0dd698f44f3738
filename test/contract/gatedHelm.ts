import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../builders/waiting.ts";

/**
 * The real helm behind a gate: an upgrade or a rollback begins to work only once the gate is open, so that a test says how long
 * helm takes. Signals reach whatever is at work.
 */
export interface GatedHelm {
  readonly path: string;
  /** Waits until somebody has it run; answers with its process id. */
  atWork(): Promise<number>;
  open(): void;
  /** The id of the real helm's process, once it works. */
  real(): Promise<number>;
  wasAskedToStop(): boolean;
}

const program = (helm: string, files: Readonly<Record<string, string>>): string => `#!${process.execPath}
const { spawn, spawnSync } = require("node:child_process"), fs = require("node:fs");
const helm = ${JSON.stringify(helm)}, files = ${JSON.stringify(files)}, args = process.argv.slice(2);
if (args[0] !== "upgrade" && args[0] !== "rollback") process.exit(spawnSync(helm, args, { stdio: "inherit" }).status ?? 1);
let child;
process.on("SIGTERM", () => {
  fs.writeFileSync(files.stopped, "");
  if (child !== undefined) child.kill("SIGTERM");
  else { console.error("Error: it was asked to stop at the gate"); process.exit(1); }
});
fs.writeFileSync(files.started, String(process.pid));
const timer = setInterval(() => {
  // The test has gone and has taken its folder along.
  if (!fs.existsSync(files.started)) process.exit(1);
  if (!fs.existsSync(files.gate)) return;
  clearInterval(timer);
  child = spawn(helm, args, { stdio: "inherit" });
  fs.writeFileSync(files.real, String(child.pid));
  child.on("exit", (code) => process.exit(code ?? 1));
}, 20);
`;

/** A window of its own has to start, look at git and claim before helm is at work. */
const START_LIMIT_MS = 60_000;

/** `name` tells the gates of one folder apart. */
export function gatedHelm(folder: string, name: string, helm: string): GatedHelm {
  const file = (part: string): string => join(folder, `${name}.${part}`);
  const files = {
    started: file("started"),
    gate: file("gate"),
    real: file("real"),
    stopped: file("stopped"),
  };
  const path = file("helm");
  writeFileSync(path, program(helm, files));
  chmodSync(path, 0o755);
  const pidIn = (what: string, at: string): Promise<number> =>
    until(
      what,
      () => {
        const text = existsSync(at) ? readFileSync(at, "utf8") : "";
        return text === "" ? undefined : Number(text);
      },
      START_LIMIT_MS,
    );
  return {
    path,
    atWork: () => pidIn("helm's start", files.started),
    open: () => {
      writeFileSync(files.gate, "");
    },
    real: () => pidIn("the real helm's start", files.real),
    wasAskedToStop: () => existsSync(files.stopped),
  };
}
