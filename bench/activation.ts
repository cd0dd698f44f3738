import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInExtensionHost } from "../test/extension/harness/extensionHost.ts";
import type { Activation } from "./activationInHost.ts";

/** Activates in fresh extension hosts, one after the other, in a folder that has no devdeploy.json. */
export async function coldActivations(runs: number): Promise<readonly Activation[]> {
  const workspace = await mkdtemp(join(tmpdir(), "devdeploy-bench-"));
  try {
    const measured: Activation[] = [];
    for (let run = 0; run < runs; run += 1) {
      const source = 'import { measureActivation as program } from "./bench/activationInHost.ts";';
      const result = await runInExtensionHost({ workspace, source });
      if (!isActivation(result)) throw new Error(`Not a measurement: ${JSON.stringify(result)}`);
      measured.push(result);
    }
    return measured;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

function isActivation(value: unknown): value is Activation {
  return typeof value === "object" && value !== null && "totalMs" in value && "activateMs" in value;
}
