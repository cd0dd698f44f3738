import { randomUUID } from "node:crypto";
import { join } from "node:path";
import * as vscode from "vscode";
import { CONFIG_FILE } from "./adapters/config/load.ts";
import { openConfigSource } from "./adapters/config/configSource.ts";
import { writeChartOfCommit } from "./adapters/git/chartOfCommit.ts";
import { openRepository } from "./adapters/git/repository.ts";
import { RunFolders } from "./adapters/helm/runFolders.ts";
import { HelmDeployer } from "./adapters/helm/runner.ts";
import { systemClock as clock } from "./adapters/system/clock.ts";
import { ToldFiles } from "./adapters/system/told.ts";
import { watchFile } from "./adapters/vscode/files.ts";
import { pullBranch, pushBranch } from "./adapters/vscode/git.ts";
import { createLog } from "./adapters/vscode/log.ts";
import { ignoredWorkspaceSettings, onSettingsChange, readSettings } from "./adapters/vscode/settings.ts";
import { askHolder, keepMachine } from "./app/askHolder.ts";
import type { LockPlace } from "./app/changeLock.ts";
import { BranchFates } from "./app/branchFates.ts";
import { claimMachine } from "./app/claimMachine.ts";
import { EnvironmentBoard } from "./app/environmentBoard.ts";
import { LockBoard } from "./app/lockBoard.ts";
import { followRun } from "./app/followRun.ts";
import { extendLock } from "./app/extendLock.ts";
import { holdOperation } from "./app/operationLease.ts";
import type { PastRuns } from "./app/pastRuns.ts";
import type { Deployer, Log } from "./app/ports.ts";
import { takeOver } from "./app/takeOver.ts";
import { unlockMachine } from "./app/unlockMachine.ts";
import { acknowledgeKept, joinWaiting, leaveWaiting } from "./app/waitingList.ts";
import type { Cluster } from "./cluster.ts";
import type { Machine } from "./domain/config.ts";
import { lockRef } from "./domain/lock.ts";
import { followPastRuns, type FollowRun } from "./ui/commands/pastRuns.ts";
import { registerCommands } from "./ui/commands/table.ts";
import { ConfigDiagnostics } from "./ui/diagnostics.ts";
import { tellLockNews } from "./ui/lockNews.ts";
import type { Connection } from "./ui/model/connection.ts";
import { TeamFolder, type Place } from "./ui/model/teamFolder.ts";
import { TeamFolders } from "./ui/model/teamFolders.ts";
import { followWorkspace } from "./ui/model/workspace.ts";
import { Running } from "./ui/running.ts";
import { showStatusBar } from "./ui/statusBar.ts";
import { EnvironmentTree } from "./ui/tree/environmentTree.ts";
import { showEnvironments } from "./ui/tree/environmentsView.ts";
import { wakeWhileHolding } from "./ui/wakeWhileHolding.ts";

/** What tests and other extensions may ask of us. */
export interface DevdeployApi {
  readonly activationMs: number;
}

/** Builds everything once and hands it down. Nothing is spawned and no network is touched here. */
export function activate(context: vscode.ExtensionContext): DevdeployApi {
  const began = performance.now();
  const { subscriptions, globalStorageUri, workspaceState } = context;
  const own = <T extends { dispose(): unknown }>(disposable: T): T => {
    subscriptions.push(disposable);
    return disposable;
  };
  const log = own(createLog());
  for (const name of ignoredWorkspaceSettings()) log.warn(`devdeploy.${name} of the workspace is ignored.`);

  // Before everything else that ends with the window: what its ending breaks is nobody's outcome.
  const closing = new AbortController();
  own({
    dispose: () => {
      closing.abort();
    },
  });
  const followed = new Set<string>();
  const deployer = new HelmDeployer(
    {
      storage: globalStorageUri.fsPath,
      supervisor: context.asAbsolutePath(join("dist", "supervisor.cjs")),
      node: process.execPath,
      writeChart: writeChartOfCommit,
      places: () => ({
        setting: readSettings().helmPath,
        workspaceFolders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
        surroundings: process.env,
        platform: process.platform,
      }),
      kubeconfig: () => readSettings().kubeconfig ?? process.env["KUBECONFIG"],
      closing: closing.signal,
    },
    followed,
  );
  const folders = own(new TeamFolders(clock, () => vscode.workspace.isTrusted));
  const tree = own(new EnvironmentTree(folders));
  const running = new Running();
  const diagnostics = own(new ConfigDiagnostics());
  const connect = (place: Place): Promise<Connection> => connectTo(place, deployer, log);
  const workspace = own(
    followWorkspace(folders, async (folder, place) => {
      const files = watchFile(folder, CONFIG_FILE);
      const team = new TeamFolder(place, await openConfigSource(place.path, files.event), {
        clock,
        log,
        connect,
      });
      return { team, disposables: [diagnostics.follow(team), files] };
    }),
  );
  const services = {
    clock,
    log,
    folders,
    foldersRead: workspace.read,
    tree,
    running,
    git: { pushBranch, pullBranch },
  };
  own(registerCommands(services));
  own(showEnvironments(tree, folders));
  own(showStatusBar(folders, running));
  own(tellLockNews(services, new ToldFiles(join(globalStorageUri.fsPath, "told"))));
  own(wakeWhileHolding(folders, workspaceState, clock));
  own(
    onSettingsChange(() => {
      for (const folder of folders.all) folder.reconnect();
    }),
  );
  const pastRuns = new RunFolders(globalStorageUri.fsPath, followed);
  const follow: FollowRun = (...run) => followInItsCluster({ pastRuns, log }, ...run);
  void followPastRuns(services, { pastRuns, followRun: follow }, closing.signal);
  return { activationMs: performance.now() - began };
}

/** A folder's live models and use cases. The Kubernetes client loads here, when it is first needed. */
async function connectTo(place: Place, deployer: Deployer, log: Log): Promise<Connection> {
  const { openCluster } = await import("./cluster.ts");
  const { kubeconfig } = readSettings();
  const cluster: Cluster = openCluster({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    env: process.env,
    clock,
    log,
  });
  const shared = { ...cluster, clock, log, random: Math.random, newNonce: randomUUID };
  const locks = new LockBoard(shared);
  const releases = new EnvironmentBoard(shared);
  const repository = (signal: AbortSignal): ReturnType<typeof openRepository> =>
    openRepository(place.path, signal);
  const fates = new BranchFates({ clock, log, repository });
  return {
    locks,
    releases,
    fates,
    deployServices: () => {
      const pinned = { ...shared, ...cluster.pinned() };
      return {
        ...pinned,
        deployer,
        steadySeconds: readSettings().steadySeconds,
        claimMachine: (order, signal) => claimMachine(pinned, order, signal),
        takeOver: (order, signal) => takeOver(pinned, order, signal),
        holdOperation: (ref, { by, what }, signal) => holdOperation(pinned, { ref, by, what }, signal),
      };
    },
    unlockMachine: (request, signal) => unlockMachine(shared, placed(request), signal),
    extendLock: (request, signal) => extendLock(shared, placed(request), signal),
    askHolder: (request, signal) => askHolder(shared, placed(request), signal),
    joinWaiting: (request, signal) => joinWaiting(shared, request, signal),
    leaveWaiting: (request, signal) => leaveWaiting(shared, request, signal),
    keepMachine: (request, signal) => keepMachine(shared, placed(request), signal),
    acknowledgeKept: (request, signal) => acknowledgeKept(shared, request, signal),
    repository,
    dispose: () => {
      locks.dispose();
      releases.dispose();
      fates.dispose();
      cluster.dispose();
    },
  };
}

/** An order about a machine's lock, with the place where that lies. */
const placed = <O extends { readonly machine: Machine }>({
  machine,
  ...order
}: O): Omit<O, "machine"> & LockPlace => ({
  ...order,
  ref: lockRef(machine.name, machine.locks),
  pool: machine.pool,
});

/** A past run needs no folder and no devdeploy.json: its cluster is the one that helm was given. */
async function followInItsCluster(
  services: { readonly pastRuns: PastRuns; readonly log: Log },
  ...[run, onPhase, signals]: Parameters<FollowRun>
): ReturnType<FollowRun> {
  const { openCluster } = await import("./cluster.ts");
  const env = { ...process.env, KUBECONFIG: run.kubeconfig };
  const cluster = openCluster({ env, clock, log: services.log });
  try {
    const { steadySeconds } = readSettings();
    return await followRun({ ...cluster.pinned(), ...services, clock, steadySeconds }, run, onPhase, signals);
  } finally {
    cluster.dispose();
  }
}
