import type { PastRun, PastRuns } from "../../app/ports.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import { pastRunsNotice } from "../messages/pastRun.ts";
import { showNotice } from "../notices.ts";
import { perform } from "./deeds.ts";
import { devdeployCurrentBranch } from "./devdeploy.ts";
import type { CommandServices } from "./services.ts";

/**
 * After a reload of the window the former extension host may live on for some seconds, and as long as it does its
 * runs count as followed; so a few later looks belong to the first one.
 */
const LOOK_AFTER_MS: readonly DurationMs[] = [0, 2, 3, 5, 10, 20, 60].map((seconds) => seconds * SECOND_MS);

/** Tells once what became of devdeploys whose window was closed; those still running are told again at their end. */
export async function tellPastRuns(
  services: CommandServices,
  pastRuns: PastRuns,
  signal: AbortSignal,
): Promise<void> {
  const told = new Set<string>();
  for (const pause of LOOK_AFTER_MS) {
    await services.clock.sleep(pause, signal);
    if (signal.aborted) return;
    const runs = (await pastRuns.unseen()).filter(({ id }) => !told.has(id));
    for (const { id } of runs) told.add(id);
    if (runs.length > 0) void tellRuns(services, { pastRuns, runs }, signal);
  }
}

interface Telling {
  readonly pastRuns: PastRuns;
  readonly runs: readonly PastRun[];
}

async function tellRuns(
  services: CommandServices,
  { pastRuns, runs }: Telling,
  signal: AbortSignal,
): Promise<void> {
  const stillRunning = runs.filter(({ state }) => state.kind === "running");
  await Promise.all([
    tell(services, pastRuns, runs),
    ...stillRunning.map(async ({ id }) => {
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
