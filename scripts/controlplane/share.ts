import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startControlPlane } from "../../test/controlplane/start.ts";
import { controlPlanePath } from "./build.ts";

/** A running control plane that several test processes use. */
export interface SharedControlPlane {
  /** What tells `startTestCluster` in another process to use it. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** Starts a control plane for the processes that get its `env`. Undefined where it cannot be built (this was said). */
export async function shareControlPlane(): Promise<SharedControlPlane | undefined> {
  const binary = await controlPlanePath();
  if (binary === undefined) return undefined;
  const { stop, ...access } = await startControlPlane(binary);
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-shared-"));
  const file = join(folder, "access.json");
  await writeFile(file, JSON.stringify(access), { mode: 0o600 });
  return {
    env: { DEVDEPLOY_CONTRACT_TARGET: "controlplane", DEVDEPLOY_CONTROLPLANE_JSON: file },
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
