import { randomUUID } from "node:crypto";
import { join } from "node:path";
import * as vscode from "vscode";
import { CONFIG_FILE } from "./adapters/config/load.ts";
import { openConfigSource } from "./adapters/config/configSource.ts";
import { writeChartOfCommit } from "./adapters/git/chartOfCommit.ts";
import { processLives } from "./adapters/helm/followRun.ts";
import { RunFolders } from "./adapters/helm/runFolders.ts";
import { HelmDeployer } from "./adapters/helm/runner.ts";
import { systemClock as clock } from "./adapters/system/clock.ts";
import { FolderFollowers } from "./adapters/system/followers.ts";
import { ToldFiles } from "./adapters/system/told.ts";
import { UndoFolders } from "./adapters/system/undoFolders.ts";
import { watchFile } from "./adapters/vscode/files.ts";
import { pullBranch, pushBranch } from "./adapters/vscode/git.ts";
import { createLog } from "./adapters/vscode/log.ts";
import { ignoredWorkspaceSettings, onSettingsChange, readSettings } from "./adapters/vscode/settings.ts";
import { diagnose, diagnoseWorkload } from "./app/diagnose.ts";
import { followRollback, type FollowRollbackServices } from "./app/followRollback.ts";
import { followRun, type FollowServices } from "./app/followRun.ts";
import { followUndo, type FollowUndoServices } from "./app/followUndo.ts";
import type { PastRuns } from "./app/pastRuns.ts";
import type { Log } from "./app/ports.ts";
import { connectTo } from "./connection.ts";
import { followPastRuns, type Following } from "./ui/commands/pastRuns.ts";
import { followPastUndos, type PastUndoServices } from "./ui/commands/pastUndos.ts";
import { registerCommands } from "./ui/commands/table.ts";
import { ConfigDiagnostics } from "./ui/diagnostics.ts";
import { ObjectDocuments, openDocument } from "./ui/documents.ts";
import { keptMonitors } from "./ui/keptMonitors.ts";
import { openLinks } from "./ui/links.ts";
import { tellLockNews } from "./ui/lockNews.ts";
import { TeamFolder } from "./ui/model/teamFolder.ts";
import { TeamFolders } from "./ui/model/teamFolders.ts";
import { followWorkspace } from "./ui/model/workspace.ts";
import { Monitoring } from "./ui/monitoring.ts";
import { monitorRuns } from "./ui/monitorRuns.ts";
import { tellTrouble } from "./ui/monitorTrouble.ts";
import { HistoryPanels } from "./ui/panel/historyPanels.ts";
import { RollbackRuns } from "./ui/panel/rollbackRuns.ts";
import { UndoRuns } from "./ui/panel/rolloutRuns.ts";
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
  const kubeconfig = (): string | undefined => readSettings().kubeconfig ?? process.env["KUBECONFIG"];
  const storage = globalStorageUri.fsPath;
  const followed = new Set<string>();
  const followers = new FolderFollowers(processLives);
  const keptUndos = new UndoFolders({ storage, followers, log, kubeconfig, closing: closing.signal });
  const deployer = new HelmDeployer(
    {
      storage,
      supervisor: context.asAbsolutePath(join("dist", "supervisor.cjs")),
      node: process.execPath,
      writeChart: writeChartOfCommit,
      places: () => ({
        setting: readSettings().helmPath,
        workspaceFolders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
        surroundings: process.env,
        platform: process.platform,
      }),
      kubeconfig,
      closing: closing.signal,
    },
    followed,
  );
  const folders = own(new TeamFolders(clock, () => vscode.workspace.isTrusted));
  const runs = own(new RollbackRuns(() => clock.now()));
  const tree = own(new EnvironmentTree(folders, runs));
  const running = new Running();
  const diagnostics = own(new ConfigDiagnostics());
  const workspace = own(
    followWorkspace(folders, async (folder, place) => {
      const files = watchFile(folder, CONFIG_FILE);
      const team = new TeamFolder(place, await openConfigSource(place.path, files.event), {
        clock,
        log,
        connect: (place) => connectTo(place, { deployer, keptUndos, log }),
      });
      return { team, disposables: [diagnostics.follow(team), files] };
    }),
  );
  const undos = own(new UndoRuns(() => clock.now()));
  own(
    new ObjectDocuments({
      log,
      now: () => clock.now(),
      isTrusted: () => vscode.workspace.isTrusted,
      reader: async () => {
        await workspace.read;
        const folder = folders.current ?? folders.all[0];
        return (await folder?.wake())?.documents;
      },
    }),
  );
  const { language } = vscode.env;
  const foldersRead = workspace.read;
  const panels = own(
    new HistoryPanels(
      { clock, log, folders, foldersRead, runs, undos, language, openDocument },
      context.extensionUri,
    ),
  );
  const told = new ToldFiles(join(storage, "told"));
  const monitoring: Monitoring = own(
    new Monitoring({
      ...{ clock, log, folders, foldersRead, told, kept: keptMonitors(workspaceState) },
      tell: (entry, trouble, at) => tellTrouble(services, entry, trouble, at),
    }),
  );
  own(monitorRuns({ folders, runs, undos, monitoring }));
  const services = {
    clock,
    log,
    folders,
    foldersRead,
    tree,
    running,
    runs,
    panels,
    monitoring,
    git: { pushBranch, pullBranch },
  };
  own(registerCommands(services));
  own(openLinks(services));
  own(showEnvironments(tree, folders));
  own(showStatusBar(folders, running));
  own(tellLockNews(services, told));
  own(wakeWhileHolding(folders, workspaceState, clock));
  own(
    onSettingsChange(() => {
      for (const folder of folders.all) folder.reconnect();
    }),
  );
  const pastRuns = new RunFolders(storage, followed, followers);
  const { followUndo: follow, ...following } = followingOf(pastRuns, log);
  void followPastRuns(services, following, closing.signal);
  void followPastUndos({ ...services, undos, kept: keptUndos, follow }, closing.signal);
  return { activationMs: performance.now() - began };
}

/** A past run needs no folder and no devdeploy.json: its cluster is the one that its window had. */
function followingOf(
  pastRuns: PastRuns,
  log: Log,
): Following & { readonly followUndo: PastUndoServices["follow"] } {
  const inItsCluster = async <E>(
    kubeconfig: string | undefined,
    follow: (services: FollowServices & FollowRollbackServices & FollowUndoServices) => Promise<E>,
  ): Promise<E> => {
    const { openCluster } = await import("./cluster.ts");
    const cluster = openCluster({ env: { ...process.env, KUBECONFIG: kubeconfig }, clock, log });
    const { steadySeconds } = readSettings();
    const own = { pastRuns, log, clock, steadySeconds, random: Math.random, newNonce: randomUUID };
    try {
      const services = { ...cluster.pinned(), watches: cluster.watches, ...own };
      return await follow({
        ...services,
        diagnose: (what, signal) => diagnose(services, what, signal),
        diagnoseWorkload: (of, signal) => diagnoseWorkload(services, of, signal),
      });
    } finally {
      cluster.dispose();
    }
  };
  return {
    pastRuns,
    followRun: (run, ...told) =>
      inItsCluster(run.kubeconfig, (services) => followRun(services, run, ...told)),
    followRollback: (run, ...told) =>
      inItsCluster(run.kubeconfig, (services) => followRollback(services, run, ...told)),
    followUndo: (past, ...told) =>
      inItsCluster(past.kubeconfig, (services) => followUndo(services, past, ...told)),
  };
}
