import type { DeployServices } from "./deployBranch.ts";
import type { DeployPhase } from "./deployOutcome.ts";
import type { DeployerTool, DeployOrder } from "./ports.ts";
import type { RunningOperation } from "./renewedOperation.ts";
import { runOutcome, watchHelm, type RunOutcome } from "./watchHelm.ts";

export interface ReleaseRun {
  readonly order: DeployOrder;
  readonly tool: DeployerTool;
  readonly operation: RunningOperation;
}

/**
 * Runs helm. Meanwhile whoever runs it renews the operation Lease, so that it lives on without this window; we take
 * it up again at helm's end.
 */
export async function runRelease(
  services: DeployServices,
  { order, tool, operation }: ReleaseRun,
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const { deployer, log } = services;
  // Only these two may end helm: the person, and another holder that was read.
  const stop = AbortSignal.any([signal, operation.takenOver]);
  const onLine = (line: string): void => {
    log.info(line);
  };
  operation.standBy();
  const helm = await watchHelm(
    services,
    { order, command: deployer.command(tool, order) },
    () => deployer.run(tool, order, onLine, stop),
    onPhase,
  );
  operation.resume();
  // helm may still be at work with nobody who watches over it: then the Lease ends in its own time, not before.
  if (!helm.end.ok && helm.end.error.reason === "run-lost") await operation.leave();
  return runOutcome(services, order, helm, { isByPerson: signal.aborted, takenBy: operation.takenBy });
}
