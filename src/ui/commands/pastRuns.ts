import * as vscode from "vscode";
import type { DeployOutcome, DeployPhase } from "../../app/deployOutcome.ts";
import type { FollowSignals } from "../../app/followRun.ts";
import { isRollback, type PastDeploy, type PastRuns } from "../../app/pastRuns.ts";
import { parseBranchName } from "../../domain/branch.ts";
import { outcomeNotice } from "../messages/outcome.ts";
import { pastRunTitle } from "../messages/pastRun.ts";
import { phaseSentence } from "../messages/progress.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { historyOf, monitorProven } from "./afterDevdeploy.ts";
import { perform } from "./deeds.ts";
import { abortedBy, devdeployCurrentBranch, logOutcome } from "./devdeploy.ts";
import { lookForLeftBehind } from "./leftBehind.ts";
import { tellPastRollback, type FollowRollback } from "./pastRollback.ts";
import type { CommandServices } from "./services.ts";

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
export function followPastRuns(
  services: CommandServices,
  following: Following,
  closing: AbortSignal,
): Promise<void> {
  const look = async (): Promise<void> => {
    for (const run of await following.pastRuns.adopt()) {
      if (isRollback(run)) void tellPastRollback(services, following, run, closing);
      else void tell(services, following, run, closing);
    }
  };
  return lookForLeftBehind(services, look, closing);
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
