import { join } from "node:path";
import type { Clock } from "../../src/app/ports.ts";
import type { Cluster } from "../../src/cluster.ts";
import type { Machine, Pool, ValueTree } from "../../src/domain/config.ts";
import type { OperationPace } from "../../src/domain/operation.ts";
import { aHelmDriver, aMachine, aPool } from "../builders/deploy.ts";
import { writeChart } from "../builders/chart.ts";
import { aFolder, aRemote, aRepository, type TestRepository } from "../builders/gitRepository.ts";
import { bundleRenewingSupervisor } from "../builders/supervisor.ts";
import { FakeLog } from "../fakes/log.ts";
import type { TestCluster } from "./cluster.ts";
import { CONTEXT, openWindow, type StagePerson, type WindowOptions } from "./stagePerson.ts";

/** A repository with a chart and its remote, and everything real between them and a cluster. */
export interface DevdeployStage {
  readonly repository: TestRepository;
  readonly log: FakeLog;
  /** Where machines are deployed to; their Leases are there too. */
  readonly namespace: string;
  /** Commits, on a new branch by this name, and pushes; answers with the hash. */
  pushBranch(name: string): string;
  pool(machines: readonly string[], values?: ValueTree, timeoutMinutes?: number): Pool;
  /** The folder of this stage alone, for what a test needs beside it. */
  readonly folder: string;
  /** What another process needs to open a person's window. */
  windowOf(name: string, options?: PersonOptions): Promise<WindowOptions>;
  person(name: string, options?: PersonOptions): Promise<StagePerson>;
  remove(): void;
}

interface PersonOptions {
  readonly pace?: OperationPace;
  readonly clock?: Clock;
  /** Instead of the stage's own. */
  readonly helm?: string;
  readonly kubeconfig?: string;
  readonly storage?: string;
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
  const supervisor = await bundleRenewingSupervisor(folder.path);
  const log = new FakeLog();
  const windowOf = async (name: string, options: PersonOptions = {}): Promise<WindowOptions> => ({
    name,
    kubeconfig: options.kubeconfig ?? (await cluster.kubeconfig(name, [CONTEXT])),
    storage: options.storage ?? join(folder.path, name),
    supervisor,
    helm: options.helm ?? helm,
    root: repository.root,
    ...(options.pace === undefined ? {} : { pace: options.pace }),
  });
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
    folder: folder.path,
    windowOf,
    person: async (name, options = {}) => {
      const person = openWindow(await windowOf(name, options), log, options.clock);
      opened.push(person.cluster);
      return person;
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
