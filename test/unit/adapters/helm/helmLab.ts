import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HelmDeployer, type HelmSurroundings } from "../../../../src/adapters/helm/runner.ts";
import type { DeployerTool, DeployOrder } from "../../../../src/app/ports.ts";
import { aCommit, aHelmDriver } from "../../../builders/deploy.ts";
import { aFolder } from "../../../builders/gitRepository.ts";
import { bundleSupervisor } from "../../../builders/supervisor.ts";

/** A storage, a bundled supervisor and programs that play helm, in a temporary folder. */
export interface HelmLab {
  readonly folder: string;
  readonly storage: string;
  readonly surroundings: HelmSurroundings;
  /** A program in JavaScript that plays helm; `args` and `folder` are there for its code. */
  helm(code: string): DeployerTool;
  deployer(followed?: Set<string>): HelmDeployer;
  /** Ids of the runs that are still in the storage. */
  runs(): readonly string[];
  /** Takes away what is kept of runs. */
  forget(): void;
  has(file: string): boolean;
  remove(): void;
}

export async function openLab(): Promise<HelmLab> {
  const own = aFolder();
  const folder = own.path;
  const surroundings = labSurroundings(folder, await bundleSupervisor(folder));
  let programs = 0;
  return {
    folder,
    storage: surroundings.storage,
    surroundings,
    helm: (code) => {
      const path = join(folder, `helm${programs++}`);
      const head = `#!${process.execPath}\nconst fs = require("node:fs"), folder = ${JSON.stringify(folder)}, args = process.argv.slice(2);\n`;
      writeFileSync(path, `${head}${code}\n`);
      chmodSync(path, 0o755);
      return { name: "helm", path, version: "3.18.5" };
    },
    deployer: (followed = new Set()) => new HelmDeployer(surroundings, followed),
    runs: () => {
      const runs = join(surroundings.storage, "runs");
      return existsSync(runs) ? readdirSync(runs) : [];
    },
    forget: () => {
      rmSync(join(surroundings.storage, "runs"), { recursive: true, force: true });
    },
    has: (file) => existsSync(join(folder, file)),
    remove: () => {
      own.remove();
    },
  };
}

/** Also for the process that plays a window that is killed. */
export const labSurroundings = (folder: string, supervisor: string): HelmSurroundings => ({
  storage: join(folder, "storage"),
  supervisor,
  node: process.execPath,
  writeChart: ({ into }) => {
    mkdirSync(into);
    writeFileSync(join(into, "Chart.yaml"), "name: app\n");
    return Promise.resolve({ ok: true, value: into });
  },
  places: () => ({
    setting: undefined,
    workspaceFolders: [],
    surroundings: process.env,
    platform: process.platform,
  }),
  kubeconfig: () => "/chosen/kubeconfig",
  closing: new AbortController().signal,
});

export const anOrder = (order: Partial<DeployOrder> = {}): DeployOrder => ({
  driver: aHelmDriver(),
  release: { context: "staging", namespace: "web", release: "dev1" },
  values: { image: { tag: aCommit() } },
  mark: { commit: aCommit(), branch: "task/pay-later", by: "Ann Lee" },
  revision: 1,
  repositoryRoot: "/repository",
  subject: "dev1",
  ...order,
});
