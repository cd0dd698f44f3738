import * as vscode from "vscode";
import { deployBranch, type DeployOrderedBranch, type DeployServices } from "../../app/deployBranch.ts";
import type { DeployOutcome, DeployPhase } from "../../app/deployOutcome.ts";
import type { Head, RepositoryError } from "../../app/ports.ts";
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
import { isMine } from "../tree/machineRow.ts";
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

/** Devdeploys to the row's machine once more; whoever holds several means that one. */
export const redeploy = (services: CommandServices, id?: string): Promise<void> =>
  devdeployAs(services, id === undefined ? {} : againAt(services, id));

/** Where the row's machine is not the person's any more, none is insisted on. */
export function againAt({ folders, tree }: Pick<CommandServices, "folders" | "tree">, id: string): Wish {
  const subject = tree.subject(id);
  const folder = subject === undefined ? undefined : folders.find(subject.folder);
  const isOwn = folder?.view.machines.some(
    ({ name, state }) => name === subject?.machine && isMine(state, folder.me),
  );
  return { row: id, ...(isOwn === true && subject?.machine !== undefined && { machine: subject.machine }) };
}

/** Devdeploys as it is wished, once more for as long as the person asks for it. */
export async function devdeployAs(services: CommandServices, wish: Wish): Promise<void> {
  const fit = await fitFolder(services, wish.row);
  if (fit === undefined) return;
  const notice = await devdeploy(services, fit, wish);
  if (notice !== undefined) return tell(services, { notice, folder: fit.folder, wish });
}

/** A folder that can be devdeployed from. */
export interface FitFolder {
  readonly folder: TeamFolder;
  readonly config: TeamConfig;
}

/** The folder to devdeploy from; undefined where nothing can be devdeployed now, and the person knows why. */
export async function fitFolder(services: CommandServices, row?: string): Promise<FitFolder | undefined> {
  const { folders, running } = services;
  if (running.current !== undefined) {
    void showNotice(say.alreadyRunning(running.current.branch, running.current.machine));
    return undefined;
  }
  if (!folders.isTrusted) return refuse(services, say.untrusted());
  const folder = await folderOf(services, row);
  if (folder === undefined) {
    if (folders.all.length === 0) void showNotice(say.noFolder());
    return undefined;
  }
  const config = folder.config.current;
  if (config.kind !== "valid") return refuse(services, configNotice(config, folder.place.name), folder);
  if (config.config.pools.length === 0) return refuse(services, say.noPool(), folder);
  return { folder, config: config.config };
}

async function refuse(services: CommandServices, notice: Notice, folder?: TeamFolder): Promise<undefined> {
  const button = await showNotice(notice);
  if (button !== undefined) await perform(services, button, folder);
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
  { folder, config }: FitFolder,
  wish: Wish,
): Promise<Notice | undefined> {
  const name =
    wish.machine ?? (wish.row === undefined ? undefined : services.tree.subject(wish.row)?.machine);
  const pool = poolOf(config, name) ?? (await pickPool(config));
  if (pool === undefined) return undefined;
  const machine = pool.machines.find((one) => one.name === wish.machine);
  const { running } = services;
  running.set({ branch: wish.branch, machine: undefined, isAsking: false });
  try {
    return await connectAndRun(services, folder, {
      pool,
      config,
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
  if (!repository.ok) return repositoryTrouble(services, repository.error);
  const head = await repository.value.head(signal);
  if (!head.ok) return repositoryTrouble(services, head.error);
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

/** What to tell of a repository that says nothing; git's own words are in the log, whole. */
export function repositoryTrouble({ log }: Pick<CommandServices, "log">, error: RepositoryError): Notice {
  log.error(`git: ${JSON.stringify(error)}`);
  return { severity: "error", text: repositorySentence(error), buttons: [{ kind: "show-log" }] };
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
