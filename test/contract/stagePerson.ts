import { randomUUID } from "node:crypto";
import { writeChartOfCommit } from "../../src/adapters/git/chartOfCommit.ts";
import { repositoryAt } from "../../src/adapters/git/repository.ts";
import { processLives } from "../../src/adapters/helm/followRun.ts";
import { RunFolders } from "../../src/adapters/helm/runFolders.ts";
import { HelmDeployer } from "../../src/adapters/helm/runner.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { FolderFollowers } from "../../src/adapters/system/followers.ts";
import { claimMachine } from "../../src/app/claimMachine.ts";
import { deployBranch, type DeployServices } from "../../src/app/deployBranch.ts";
import type { DeployOutcome, DeployPhase } from "../../src/app/deployOutcome.ts";
import { diagnose } from "../../src/app/diagnose.ts";
import { followRollback, type FollowRollbackServices } from "../../src/app/followRollback.ts";
import { followRun } from "../../src/app/followRun.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import { takeOver } from "../../src/app/takeOver.ts";
import type { PastDeploy, PastRollback, PastRuns } from "../../src/app/pastRuns.ts";
import type { RemoveServices } from "../../src/app/removeStuck.ts";
import type { RollBackServices } from "../../src/app/rollBack.ts";
import type { RollbackOutcome, RollbackPhase } from "../../src/app/rollbackOutcome.ts";
import type { Clock, Log } from "../../src/app/ports.ts";
import { openCluster, type Cluster } from "../../src/cluster.ts";
import type { Pool } from "../../src/domain/config.ts";
import type { OperationPace } from "../../src/domain/operation.ts";
import { aConfig } from "../builders/deploy.ts";

export const CONTEXT = "staging";
const STEADY_SECONDS = 1;

/** All that makes a person's window, so that another process can open the same one. */
export interface WindowOptions {
  readonly name: string;
  readonly kubeconfig: string;
  readonly storage: string;
  readonly supervisor: string;
  readonly helm: string;
  readonly root: string;
  /** How the operation Lease is renewed; the product's own pace where it is left out. */
  readonly pace?: OperationPace;
}

export interface Watching {
  readonly onPhase?: (phase: DeployPhase) => void;
  readonly signal?: AbortSignal;
}

export interface StagePerson {
  readonly cluster: Cluster;
  readonly services: DeployServices;
  readonly pastRuns: PastRuns;
  devdeploy(pool: Pool, watching?: Watching): Promise<DeployOutcome>;
  /** Follows a run of a window that is gone, as this window would. */
  follow(run: PastDeploy, watching?: Watching): Promise<DeployOutcome | undefined>;
  readonly rollbacks: RollBackServices & RemoveServices;
  followRollback(run: PastRollback, watching?: WatchingRollback): Promise<RollbackOutcome | undefined>;
}

export interface WatchingRollback {
  readonly onPhase?: (phase: RollbackPhase) => void;
  readonly signal?: AbortSignal;
}

/** A person's window with everything real in it, except VS Code. */
export function openWindow(options: WindowOptions, log: Log, clock: Clock = systemClock): StagePerson {
  const { name, kubeconfig, storage, helm, root, supervisor, pace } = options;
  const cluster = openCluster({ kubeconfig, env: {}, clock: systemClock, log });
  const followed = new Set<string>();
  const deployer = new HelmDeployer(
    {
      storage,
      supervisor,
      node: process.execPath,
      writeChart: writeChartOfCommit,
      places: () => ({
        setting: helm,
        workspaceFolders: [root],
        surroundings: process.env,
        platform: process.platform,
      }),
      kubeconfig: () => kubeconfig,
      closing: new AbortController().signal,
    },
    followed,
  );
  const shared = { ...cluster, clock, log, random: Math.random, newNonce: randomUUID };
  const paced = pace === undefined ? shared : { ...shared, pace };
  const services: DeployServices = {
    ...shared,
    deployer,
    steadySeconds: STEADY_SECONDS,
    confirm: { devdeploy: () => Promise.resolve(true) },
    claimMachine: (order, signal) => claimMachine(shared, order, signal),
    takeOver: (order, signal) => takeOver(shared, order, signal),
    whenFull: () => Promise.resolve({ kind: "nothing" }),
    holdOperation: (ref, who, signal) => holdOperation(paced, { ref, ...who }, signal),
  };
  const pastRuns = new RunFolders(storage, followed, new FolderFollowers(processLives));
  const rollbacks: FollowRollbackServices & RollBackServices & RemoveServices = {
    ...services,
    ...shared,
    pastRuns,
    runner: deployer,
    remover: deployer,
    diagnose: (what, signal) => diagnose(shared, what, signal),
  };
  return {
    rollbacks,
    followRollback: (run, { onPhase = () => undefined, signal = new AbortController().signal } = {}) =>
      followRollback(rollbacks, run, onPhase, { stop: signal, left: new AbortController().signal }),
    cluster,
    services,
    pastRuns,
    devdeploy: devdeployAs(name, services, root),
    follow: (run, { onPhase = () => undefined, signal = new AbortController().signal } = {}) =>
      followRun({ ...services, ...shared, pastRuns }, run, onPhase, {
        stop: signal,
        left: new AbortController().signal,
      }),
  };
}

const devdeployAs =
  (name: string, services: DeployServices, root: string): StagePerson["devdeploy"] =>
  (pool, { onPhase = () => undefined, signal = new AbortController().signal } = {}) => {
    const config = aConfig({ locks: { context: CONTEXT, namespace: "devdeploy" }, pools: [pool] });
    const mail = `${name}@example.com`;
    const repository = {
      ...repositoryAt(root),
      person: () => Promise.resolve({ ok: true, value: { name, mail } } as const),
    };
    return deployBranch(services, { pool, config, repository }, onPhase, signal);
  };
