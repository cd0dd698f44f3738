import * as vscode from "vscode";
import type { DeployOutcome, DeployPhase } from "../../app/deployOutcome.ts";
import type { FollowSignals } from "../../app/followRun.ts";
import { isRollback, type PastDeploy, type PastRuns } from "../../app/pastRuns.ts";
import { parseBranchName } from "../../domain/branch.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import { outcomeNotice } from "../messages/outcome.ts";
import { pastRunTitle } from "../messages/pastRun.ts";
import { phaseSentence } from "../messages/progress.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { historyOf, monitorProven } from "./afterDevdeploy.ts";
import { perform } from "./deeds.ts";
import { abortedBy, devdeployCurrentBranch, logOutcome } from "./devdeploy.ts";
import { tellPastRollback, type FollowRollback } from "./pastRollback.ts";
import type { CommandServices } from "./services.ts";

/**
 * After a reload of the window the former extension host may live on for some seconds, and as long as it does its
 * runs count as followed; so a few later looks belong to the first one.
 */
const LOOK_AFTER_MS: readonly DurationMs[] = [0, 2, 3, 5, 10, 20, 60].map((seconds) => seconds * SECOND_MS);

/** `followRun` with its services already given to it; opens the cluster of the run when it is called. */
export type FollowRun = (
  run: PastDeploy,
  onPhase: (phase: DeployPhase) => void,
  signals: FollowSignals,
) => Promise<DeployOutcome | undefined>;

export interface Following {
  readonly pastRuns: PastRuns;
  readonly followRun: FollowRun;
  readonly followRollback: FollowRollback;
}

/** Follows devdeploys and rollbacks whose window was closed, and tells how they end as that window would have. */
export async function followPastRuns(
  services: CommandServices,
  following: Following,
  closing: AbortSignal,
): Promise<void> {
  for (const pause of LOOK_AFTER_MS) {
    await services.clock.sleep(pause, closing);
    if (closing.aborted) return;
    // In a folder that is not trusted no kubeconfig is read; the runs wait for another window.
    if (!services.folders.isTrusted) continue;
    for (const run of await following.pastRuns.adopt()) {
      if (isRollback(run)) void tellPastRollback(services, following, run, closing);
      else void tell(services, following, run, closing);
    }
  }
}

async function tell(
  services: CommandServices,
  { pastRuns, followRun }: Following,
  run: PastDeploy,
  closing: AbortSignal,
): Promise<void> {
  const { clock, log } = services;
  const title = pastRunTitle(run, clock.now());
  log.info(title);
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) =>
      followRun(
        run,
        (phase) => {
          progress.report({ message: phaseSentence(phase) });
        },
        { stop: abortedBy(token), left: closing },
      ),
  );
  if (outcome === undefined) return;
  logOutcome(services, outcome);
  const { branch: name, commit } = run.order.mark;
  const branch = name === undefined ? undefined : parseBranchName(name);
  const folder = folderWith(services, run.order.subject);
  monitorProven(services, folder, outcome);
  const history = historyOf(folder, run.order.subject);
  const shown = showNotice(
    outcomeNotice(outcome, {
      ...(history && { history }),
      branch: branch?.ok === true ? branch.value : undefined,
      commit,
      now: clock.now(),
    }),
  );
  await pastRuns.seen(run.id);
  const button = await shown;
  if (button === undefined) return;
  if ((await perform(services, button, folder)) === "again") {
    await devdeployCurrentBranch(services, folder?.place.key);
  }
}

/** The folder whose team has the machine, so that a button acts on the right one; another window's may not be here. */
function folderWith({ folders }: CommandServices, machine: string): TeamFolder | undefined {
  const has = ({ team }: TeamFolder): boolean =>
    team?.pools.some(({ machines }) => machines.some(({ name }) => name === machine)) === true;
  return folders.all.find(has) ?? folders.current;
}
