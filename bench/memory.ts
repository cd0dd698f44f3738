import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInExtensionHost } from "../test/extension/harness/extensionHost.ts";
import type { HostMemory } from "./memoryInHost.ts";
import type { Staging } from "./staging.ts";

/** In a fresh extension host of a real VS Code. */
export async function measureHostMemory({ kubeconfig, config }: Staging): Promise<HostMemory> {
  const workspace = await mkdtemp(join(tmpdir(), "devdeploy-bench-"));
  try {
    const source = `import { measureMemory } from "./bench/memoryInHost.ts";
      const program = () => measureMemory(${JSON.stringify(kubeconfig)}, ${JSON.stringify(config)});`;
    const result = await runInExtensionHost({ workspace, source });
    if (!isHostMemory(result)) throw new Error(`Not a measurement: ${JSON.stringify(result)}`);
    return result;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

function isHostMemory(value: unknown): value is HostMemory {
  return typeof value === "object" && value !== null && "before" in value && "after" in value;
}
