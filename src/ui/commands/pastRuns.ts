import type { PastRun, PastRuns } from "../../app/ports.ts";
import { pastRunsNotice } from "../messages/pastRun.ts";
import { showNotice } from "../notices.ts";
import { perform } from "./deeds.ts";
import { devdeployCurrentBranch } from "./devdeploy.ts";
import type { CommandServices } from "./services.ts";

/** Tells once what became of devdeploys whose window was closed; those still running are told again at their end. */
export async function tellPastRuns(
  services: CommandServices,
  pastRuns: PastRuns,
  signal: AbortSignal,
): Promise<void> {
  const runs = await pastRuns.unseen();
  if (runs.length === 0) return;
  await Promise.all([
    tell(services, pastRuns, runs),
    ...runs
      .filter(({ state }) => state.kind === "running")
      .map(async ({ id }) => {
        const ended = await pastRuns.ended(id, signal);
        if (ended !== undefined && !signal.aborted) await tell(services, pastRuns, [ended]);
      }),
  ]);
}

async function tell(services: CommandServices, pastRuns: PastRuns, runs: readonly PastRun[]): Promise<void> {
  const shown = showNotice(pastRunsNotice(runs, services.clock.now()));
  for (const { id, state } of runs) if (state.kind !== "running") await pastRuns.seen(id);
  const button = await shown;
  if (button === undefined) return;
  if ((await perform(services, button, services.folders.current)) === "again") {
    await devdeployCurrentBranch(services);
  }
}
