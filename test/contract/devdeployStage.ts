import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { writeChartOfCommit } from "../../src/adapters/git/chartOfCommit.ts";
import { repositoryAt } from "../../src/adapters/git/repository.ts";
import { HelmDeployer } from "../../src/adapters/helm/runner.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { claimMachine } from "../../src/app/claimMachine.ts";
import { deployBranch, type DeployServices } from "../../src/app/deployBranch.ts";
import type { DeployOutcome, DeployPhase } from "../../src/app/deployOutcome.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import { openCluster, type Cluster } from "../../src/cluster.ts";
import type { Machine, Pool, ValueTree } from "../../src/domain/config.ts";
import { aConfig, aHelmDriver, aMachine, aPool } from "../builders/deploy.ts";
import { writeChart } from "../builders/chart.ts";
import { aFolder, aRemote, aRepository, type TestRepository } from "../builders/gitRepository.ts";
import { bundleSupervisor } from "../builders/supervisor.ts";
import { FakeLog } from "../fakes/log.ts";
import type { TestCluster } from "./cluster.ts";

const CONTEXT = "staging";
const STEADY_SECONDS = 1;

/** A repository with a chart and its remote, and everything real between them and a cluster. */
export interface DevdeployStage {
  readonly repository: TestRepository;
  readonly log: FakeLog;
  /** Where machines are deployed to; their Leases are there too. */
  readonly namespace: string;
  /** Commits, on a new branch by this name, and pushes; answers with the hash. */
  pushBranch(name: string): string;
  pool(machines: readonly string[], values?: ValueTree, timeoutMinutes?: number): Pool;
  /** A person with a clone of their own who devdeploys what the stage's repository is at. */
  person(name: string): Promise<StagePerson>;
  remove(): void;
}

export interface StagePerson {
  readonly cluster: Cluster;
  devdeploy(pool: Pool, watching?: Watching): Promise<DeployOutcome>;
}

interface Watching {
  readonly onPhase?: (phase: DeployPhase) => void;
  readonly signal?: AbortSignal;
}

export async function openStage(cluster: TestCluster, helm: string): Promise<DevdeployStage> {
  const folder = aFolder();
  const repository = aRepository();
  const remote = aRemote(repository);
  const opened: Cluster[] = [];
  writeChart(join(repository.root, "charts/app"));
  repository.commit("The chart");
  repository.git("push", "--quiet", "origin", "master");
  const namespace = await cluster.namespace("devdeploy-test");
  const supervisor = await bundleSupervisor(folder.path);
  const log = new FakeLog();
  return {
    repository,
    log,
    namespace,
    pushBranch: (name) => {
      repository.git("symbolic-ref", "HEAD", `refs/heads/${name}`);
      const commit = repository.commit(`Work on ${name}`);
      repository.git("push", "--quiet", "origin", `refs/heads/${name}:refs/heads/${name}`);
      return commit;
    },
    pool: (names, values = { image: { tag: "${commit}" } }, timeoutMinutes = 2) =>
      aPool(names.map((name) => stageMachine(name, { namespace, values, timeoutMinutes }))),
    person: async (name) => {
      const kubeconfig = await cluster.kubeconfig(name, [CONTEXT]);
      const own = openCluster({ kubeconfig, env: {}, clock: systemClock, log });
      opened.push(own);
      const deployer = new HelmDeployer(
        {
          storage: join(folder.path, name),
          supervisor,
          node: process.execPath,
          writeChart: writeChartOfCommit,
          places: () => ({
            setting: helm,
            workspaceFolders: [repository.root],
            surroundings: process.env,
            platform: process.platform,
          }),
          kubeconfig: () => kubeconfig,
          closing: new AbortController().signal,
        },
        new Set(),
      );
      const services = stageServices({ cluster: own, log, deployer });
      return { cluster: own, devdeploy: devdeployAs(name, services, repository.root) };
    },
    remove: () => {
      for (const each of opened) each.dispose();
      for (const each of [folder, repository, remote]) each.remove();
    },
  };
}

function stageMachine(
  name: string,
  at: { readonly namespace: string; readonly values: ValueTree; readonly timeoutMinutes: number },
): Machine {
  const driver = aHelmDriver({ context: CONTEXT, ...at });
  return aMachine(name, {
    target: { name, driver },
    locks: { context: CONTEXT, namespace: at.namespace },
  });
}

function stageServices(given: {
  readonly cluster: Cluster;
  readonly log: FakeLog;
  readonly deployer: HelmDeployer;
}): DeployServices {
  const { cluster, log, deployer } = given;
  const shared = { ...cluster, clock: systemClock, log, random: Math.random, newNonce: randomUUID };
  return {
    ...shared,
    deployer,
    steadySeconds: STEADY_SECONDS,
    confirm: { devdeploy: () => Promise.resolve(true) },
    claimMachine: (pool, claim, signal) => claimMachine(shared, { pool, claim }, signal),
    holdOperation: (ref, who, signal) => holdOperation(shared, { ref, ...who }, signal),
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
