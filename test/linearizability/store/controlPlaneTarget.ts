import { setTimeout as delay } from "node:timers/promises";
import { controlPlanePath } from "../../../scripts/controlplane/build.ts";
import { startControlPlane } from "../../controlplane/start.ts";
import type { Target } from "./target.ts";

/** A real control plane of our own, whose API server can be killed. Undefined where it cannot be built. */
export async function controlPlaneTarget(): Promise<Target | undefined> {
  const binary = await controlPlanePath();
  if (binary === undefined) return undefined;
  const plane = await startControlPlane(binary);
  const { server, ca, tokens } = plane;
  return {
    name: "control plane",
    access: { server, ca, tokens },
    users: ["ann", "ben"],
    requests: undefined,
    restart: async (downMs) => {
      await plane.killApiServer();
      await delay(downMs);
      await plane.startApiServer();
    },
    stop: plane.stop,
  };
}
