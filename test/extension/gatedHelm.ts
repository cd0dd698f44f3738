import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { eventually } from "./harness/person.ts";

/** helm that stops at a gate before each upgrade and rollback: what is done meanwhile is done half-way, on a fast machine too. */
export interface GatedHelm {
  /** For the setting `devdeploy.helmPath`. */
  readonly path: string;
  /** Waits until one of them stands at the gate. */
  arrival(): Promise<void>;
  /** Lets it go on, and all later ones. */
  open(): Promise<void>;
}

/** Puts a gate before a helm; what still stands at it when the test ends goes on. */
export async function gateHelm(t: TestContext, helm: string): Promise<GatedHelm> {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-gate-"));
  const [path, arrived, opened] = [join(folder, "helm"), join(folder, "arrived"), join(folder, "opened")];
  const open = (): Promise<void> => writeFile(opened, "");
  t.after(async () => {
    await open();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  await writeFile(path, program(helm, arrived, opened), { mode: 0o755 });
  return {
    path,
    open,
    arrival: async () => {
      await eventually(
        () => Promise.resolve(existsSync(arrived)),
        (isThere) => isThere,
        30_000,
      );
    },
  };
}

const program = (helm: string, arrived: string, opened: string): string => `#!${process.execPath}
const { spawn } = require("node:child_process");
const { existsSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
const run = () => {
  const helm = spawn(${JSON.stringify(helm)}, args, { stdio: "inherit" });
  process.on("SIGTERM", () => helm.kill("SIGTERM"));
  helm.on("exit", (code) => process.exit(code ?? 1));
};
if (args[0] === "upgrade" || args[0] === "rollback") {
  writeFileSync(${JSON.stringify(arrived)}, "");
  const waiting = setInterval(() => {
    if (!existsSync(${JSON.stringify(opened)})) return;
    clearInterval(waiting);
    run();
  }, 20);
} else run();
`;
