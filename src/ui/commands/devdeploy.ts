import * as vscode from "vscode";
import { deployBranch, type DeployOrderedBranch, type DeployServices } from "../../app/deployBranch.ts";
import type { DeployOutcome, DeployPhase } from "../../app/deployOutcome.ts";
import type { Head } from "../../app/ports.ts";
import type { BranchName } from "../../domain/branch.ts";
import type { Pool, TeamConfig } from "../../domain/config.ts";
import { modalConfirm } from "../confirm.ts";
import * as say from "../messages/command.ts";
import { configNotice } from "../messages/config.ts";
import type { Notice } from "../messages/notice.ts";
import { diagnosisWords } from "../messages/diagnosis.ts";
import { outcomeNotice } from "../messages/outcome.ts";
import { phaseSentence, progressTitle } from "../messages/progress.ts";
import { repositorySentence } from "../messages/repository.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { historyOf, monitorProven } from "./afterDevdeploy.ts";
import { folderOf, pickPool } from "./choose.ts";
import { perform } from "./deeds.ts";
import { askWhenFull } from "./fullPool.ts";
import type { CommandServices } from "./services.ts";

/** What a devdeploy is to be; what is left out is asked for, or follows from the repository. */
export interface Wish {
  /** The row that the command was called on. */
  readonly row?: string;
  /** A branch that was chosen, instead of the one that is checked out. */
  readonly branch?: BranchName;
  /** A machine that the person insists on. */
  readonly machine?: string;
}

/** Devdeploys the branch that is checked out, once more for as long as the person asks for it. */
export const devdeployCurrentBranch = (services: CommandServices, id?: string): Promise<void> =>
  devdeployAs(services, id === undefined ? {} : { row: id });

/** Devdeploys as it is wished, once more for as long as the person asks for it. */
export async function devdeployAs(services: CommandServices, wish: Wish): Promise<void> {
  const folder = await fitFolder(services, wish.row);
  if (folder === undefined) return;
  const notice = await devdeploy(services, folder, wish);
  if (notice !== undefined) return tell(services, { notice, folder, wish });
}

/** The folder to devdeploy from; undefined where nothing can be devdeployed now, and the person knows why. */
export async function fitFolder(services: CommandServices, row?: string): Promise<TeamFolder | undefined> {
  const { folders, running } = services;
  if (running.current !== undefined) {
    void showNotice(say.alreadyRunning(running.current.branch, running.current.machine));
    return undefined;
  }
  if (!folders.isTrusted) {
    const button = await showNotice(say.untrusted());
    if (button !== undefined) await perform(services, button, undefined);
    return undefined;
  }
  const folder = await folderOf(services, row);
  if (folder === undefined && folders.all.length === 0) void showNotice(say.noFolder());
  return folder;
}

interface Telling {
  readonly notice: Notice;
  readonly folder: TeamFolder;
  readonly wish: Wish;
}

/** The notification may stand for long: only its button goes on from here. */
async function tell(services: CommandServices, { notice, folder, wish }: Telling): Promise<void> {
  const button = await showNotice(notice);
  if (button === undefined) return;
  if ((await perform(services, button, folder)) === "again") await devdeployAs(services, wish);
}

async function devdeploy(
  services: CommandServices,
  folder: TeamFolder,
  wish: Wish,
): Promise<Notice | undefined> {
  const config = folder.config.current;
  if (config.kind !== "valid") return configNotice(config, folder.place.name);
  if (config.config.pools.length === 0) return say.noPool();
  const name =
    wish.machine ?? (wish.row === undefined ? undefined : services.tree.subject(wish.row)?.machine);
  const pool = poolOf(config.config, name) ?? (await pickPool(config.config));
  if (pool === undefined) return undefined;
  const machine = pool.machines.find((one) => one.name === wish.machine);
  const { running } = services;
  running.set({ branch: wish.branch, machine: undefined, isAsking: false });
  try {
    return await connectAndRun(services, folder, {
      pool,
      config: config.config,
      ...(wish.branch === undefined ? {} : { branch: wish.branch }),
      ...(machine === undefined ? {} : { machine }),
    });
  } finally {
    running.set(undefined);
  }
}

/** The pool that a machine belongs to. */
const poolOf = ({ pools }: TeamConfig, machine: string | undefined): Pool | undefined =>
  pools.find(({ machines }) => machines.some(({ name }) => name === machine));

type Order = Omit<DeployOrderedBranch, "repository">;

async function connectAndRun(services: CommandServices, folder: TeamFolder, order: Order): Promise<Notice> {
  services.folders.wake();
  const connection = await folder.wake();
  const { signal } = new AbortController();
  const repository = await connection.repository(signal);
  const head = repository.ok ? await repository.value.head(signal) : repository;
  if (!repository.ok || !head.ok) {
    const error = repository.ok ? head : repository;
    return {
      severity: "error",
      text: error.ok ? "" : repositorySentence(error.error),
      buttons: [{ kind: "show-log" }],
    };
  }
  const deployServices: DeployServices = {
    ...connection.deployServices(),
    confirm: modalConfirm,
    whenFull: askWhenFull({ services, folder, connection }),
  };
  return runDevdeploy(services, deployServices, {
    ...order,
    folder,
    repository: repository.value,
    head: head.value,
  });
}

interface Prepared extends DeployOrderedBranch {
  readonly head: Head;
  readonly folder: TeamFolder;
}

async function runDevdeploy(
  services: CommandServices,
  deployServices: DeployServices,
  { head, folder, ...order }: Prepared,
): Promise<Notice> {
  const { running, log, clock } = services;
  const branch = order.branch ?? (head.kind === "branch" ? head.branch : undefined);
  // A branch that was chosen is deployed as the remote has it, and only the outcome tells what that was.
  const commit = order.branch === undefined ? head.commit : undefined;
  const title = progressTitle(branch, commit);
  log.info(title);
  running.set({ branch, machine: undefined, isAsking: false });
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      const onPhase = (phase: DeployPhase): void => {
        progress.report({ message: phaseSentence(phase) });
        const before = running.current;
        const machine = "machine" in phase ? phase.machine : before?.machine;
        const isAsking = phase.kind === "full";
        if (machine !== before?.machine || isAsking !== before?.isAsking) {
          running.set({ branch, machine, isAsking });
        }
      };
      return deployBranch(deployServices, order, onPhase, abortedBy(token));
    },
  );
  logOutcome(services, outcome);
  monitorProven(services, folder, outcome);
  const history = historyOf(folder, "machine" in outcome ? outcome.machine : undefined);
  return outcomeNotice(outcome, { branch, commit, now: clock.now(), ...(history && { history }) });
}

/** A signal that fires when the person presses the button of a progress notification. */
export function abortedBy(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => {
    controller.abort();
  });
  return controller.signal;
}

/** The whole proof sheet goes to the log; the notification has room for one sentence. */
export function logOutcome({ log }: Pick<CommandServices, "log">, outcome: DeployOutcome): void {
  const lines = "lines" in outcome ? outcome.lines : [];
  for (const { kind, state, workload, facts } of lines) {
    log.info(`proof: ${state} ${kind}${workload === undefined ? "" : ` ${workload}`}: ${facts}`);
  }
  const diagnosis =
    outcome.kind === "not-proven"
      ? outcome.diagnosis
      : outcome.kind === "failed" && outcome.failure.stage === "helm"
        ? outcome.failure.diagnosis
        : undefined;
  if (diagnosis !== undefined) log.info(`why: ${diagnosisWords(diagnosis).evidence}`);
  const end = `devdeploy: ${outcome.kind}${"machine" in outcome ? ` on ${outcome.machine ?? "no machine"}` : ""}`;
  if (outcome.kind === "failed") log.error(`${end}: ${JSON.stringify(outcome.failure)}`);
  else log.info(end);
}
