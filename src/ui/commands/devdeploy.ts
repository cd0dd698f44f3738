import * as vscode from "vscode";
import { deployBranch, type DeployServices } from "../../app/deployBranch.ts";
import type { DeployOutcome, DeployPhase } from "../../app/deployOutcome.ts";
import type { Head, Repository } from "../../app/ports.ts";
import type { Pool, TeamConfig } from "../../domain/config.ts";
import { modalConfirm } from "../confirm.ts";
import * as say from "../messages/command.ts";
import { configNotice } from "../messages/config.ts";
import type { Notice } from "../messages/notice.ts";
import { outcomeNotice } from "../messages/outcome.ts";
import { phaseSentence, progressTitle } from "../messages/progress.ts";
import { repositorySentence } from "../messages/repository.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { folderOf, pickPool } from "./choose.ts";
import { perform } from "./deeds.ts";
import type { CommandServices } from "./services.ts";

/** Devdeploys the branch that is checked out, once more for as long as the person asks for it. */
export async function devdeployCurrentBranch(services: CommandServices, id?: string): Promise<void> {
  const { folders, running } = services;
  if (running.current !== undefined) {
    void showNotice(say.alreadyRunning(running.current.branch, running.current.machine));
    return;
  }
  if (!folders.isTrusted) return tell(services, say.untrusted(), undefined);
  const folder = await folderOf(services, id);
  if (folder === undefined) {
    if (folders.all.length === 0) void showNotice(say.noFolder());
    return;
  }
  const notice = await devdeploy(services, folder);
  if (notice !== undefined) return tell(services, notice, folder);
}

/** The notification may stand for long: only its button goes on from here. */
async function tell(
  services: CommandServices,
  notice: Notice,
  folder: TeamFolder | undefined,
): Promise<void> {
  const button = await showNotice(notice);
  if (button === undefined) return;
  if ((await perform(services, button, folder)) === "again") {
    await devdeployCurrentBranch(services, folder?.place.key);
  }
}

async function devdeploy(services: CommandServices, folder: TeamFolder): Promise<Notice | undefined> {
  const config = folder.config.current;
  if (config.kind !== "valid") return configNotice(config, folder.place.name);
  if (config.config.pools.length === 0) return say.noPool();
  const pool = await pickPool(config.config);
  if (pool === undefined) return undefined;
  const { running } = services;
  running.set({ branch: undefined, machine: undefined });
  try {
    return await connectAndRun(services, folder, { pool, config: config.config });
  } finally {
    running.set(undefined);
  }
}

interface Order {
  readonly pool: Pool;
  readonly config: TeamConfig;
}

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
  const deployServices: DeployServices = { ...connection.deployServices(), confirm: modalConfirm };
  return runDevdeploy(services, deployServices, { ...order, repository: repository.value, head: head.value });
}

interface Prepared extends Order {
  readonly repository: Repository;
  readonly head: Head;
}

async function runDevdeploy(
  services: CommandServices,
  deployServices: DeployServices,
  order: Prepared,
): Promise<Notice> {
  const { running, log, clock } = services;
  const branch = order.head.kind === "branch" ? order.head.branch : undefined;
  const { commit } = order.head;
  const title = progressTitle(branch, commit);
  log.info(title);
  running.set({ branch, machine: undefined });
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      const onPhase = (phase: DeployPhase): void => {
        progress.report({ message: phaseSentence(phase) });
        if ("machine" in phase && phase.machine !== running.current?.machine) {
          running.set({ branch, machine: phase.machine });
        }
      };
      return deployBranch(deployServices, order, onPhase, abortedBy(token));
    },
  );
  logOutcome(services, outcome);
  return outcomeNotice(outcome, { branch, commit, now: clock.now() });
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
  const end = `devdeploy: ${outcome.kind}${"machine" in outcome ? ` on ${outcome.machine ?? "no machine"}` : ""}`;
  if (outcome.kind === "failed") log.error(`${end}: ${JSON.stringify(outcome.failure)}`);
  else log.info(end);
}
