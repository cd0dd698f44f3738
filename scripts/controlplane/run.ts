// Runs a command while a control plane is up, for example one contract file:
//   node --import tsx scripts/controlplane/run.ts -- node --import tsx --test test/contract/leases.contract.test.ts
import { spawn } from "node:child_process";
import { once } from "node:events";
import { shareControlPlane } from "./share.ts";

/** As in sysexits.h: the service that is needed is not available. */
const UNAVAILABLE = 69;

const [command, ...args] = process.argv.slice(process.argv[2] === "--" ? 3 : 2);
if (command === undefined) {
  console.error("usage: node --import tsx scripts/controlplane/run.ts -- COMMAND [ARGUMENT…]");
  process.exit(2);
}

const started = performance.now();
const plane = await shareControlPlane();
if (plane === undefined) process.exit(UNAVAILABLE);
console.error(`control plane: ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);

const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, ...plane.env } });
// Ctrl-C reaches the command as well, and its end is ours.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
await once(child, "close").catch((error: unknown) => {
  console.error(`${command} could not be run:`, error);
});
await plane.stop();
process.exit(child.exitCode ?? 1);
