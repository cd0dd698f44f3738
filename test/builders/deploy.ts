import {
  parseBranchName,
  parseCommitHash,
  type BranchName,
  type CommitHash,
} from "../../src/domain/branch.ts";
import type { HelmDriver, Machine, Pool, TeamConfig } from "../../src/domain/config.ts";
import type { DeployFacts } from "../../src/domain/deployment.ts";
import type { Person } from "../../src/domain/person.ts";
import type { ContainerImage, Revision, RevisionLabel } from "../../src/domain/release.ts";
import type { PodReading, WorkloadReading } from "../../src/domain/rollout.ts";
import { HOUR_MS } from "../../src/domain/time.ts";

export function aBranch(name = "task/pay-later"): BranchName {
  const branch = parseBranchName(name);
  if (!branch.ok) throw new Error(`${name} is no branch name`);
  return branch.value;
}

/** `aCommit("4f1c0de")` begins with these digits; the rest is zeros. */
export function aCommit(start = "4f1c0de"): CommitHash {
  const commit = parseCommitHash(start.padEnd(40, "0"));
  if (!commit.ok) throw new Error(`${start} is no commit`);
  return commit.value;
}

export const ann: Person = { user: "ann", mail: "ann@example.com", name: "Ann Lee" };
export const ben: Person = { user: "ben", mail: "ben@example.com", name: "Ben Ode" };

export const someFacts = (facts: Partial<DeployFacts> = {}): DeployFacts => ({
  branch: aBranch(),
  commit: aCommit(),
  remoteCommit: facts.commit ?? aCommit(),
  remoteIsAncestor: undefined,
  uncommittedFiles: 0,
  behindDefault: 0,
  defaultBranch: aBranch("master"),
  person: ann,
  ...facts,
});

export const aHelmDriver = (driver: Partial<HelmDriver> = {}): HelmDriver => ({
  kind: "helm",
  context: "staging",
  namespace: "web",
  release: "${machine}",
  chart: "charts/app",
  values: { image: { tag: "${commit}" } },
  timeoutMinutes: 5,
  historyMax: 10,
  ...driver,
});

export const aMachine = (name = "dev1", machine: Partial<Machine> = {}): Machine => ({
  name,
  pool: "dev",
  url: `https://${name}.example.com`,
  target: { name, driver: aHelmDriver() },
  locks: { context: "staging", namespace: "devdeploy" },
  ...machine,
});

export const aPool = (machines: readonly Machine[] = [aMachine("dev1"), aMachine("dev2")]): Pool => ({
  name: "dev",
  lockHours: 12,
  extendHours: [24, 36, 48],
  machines,
});

export const aConfig = (config: Partial<TeamConfig> = {}): TeamConfig => ({
  version: 1,
  defaultBranch: aBranch("master"),
  locks: { context: "staging", namespace: "devdeploy" },
  environments: [],
  pools: [aPool()],
  services: [],
  ask: { minutes: 5, approvals: 1 },
  monitoring: { minutes: 15 },
  migrations: ["**/migrations/**"],
  ...config,
});

export const anImage = (image: Partial<ContainerImage> = {}): ContainerImage => ({
  workload: "Deployment/dev1",
  container: "app",
  image: `registry.example.com/app:${aCommit()}`,
  ...image,
});

export const aRevision = (revision: Partial<Revision> = {}): Revision => ({
  revision: 1,
  status: "deployed",
  deployedAt: 0,
  description: "Install complete",
  chart: "app-1.0.0",
  chartAnnotations: {},
  images: [anImage()],
  manifest: "",
  values: {},
  hooks: [],
  labels: {},
  applyMethod: "csa",
  driver: "secret",
  version: { uid: "u1", resourceVersion: "1" },
  ...revision,
});

/** A revision as its record's labels tell it. */
export const aLabel = (label: Partial<RevisionLabel> = {}): RevisionLabel => ({
  revision: 1,
  status: "deployed",
  createdAt: 0,
  driver: "secret",
  version: { uid: `u${label.revision ?? 1}`, resourceVersion: "1" },
  ...label,
});

export const aPod = (pod: Partial<PodReading> = {}): PodReading => ({
  name: "dev1-1",
  ready: true,
  restarts: 0,
  ...pod,
});

export const aReading = (reading: Partial<WorkloadReading> = {}): WorkloadReading => ({
  kind: "Deployment",
  name: "dev1",
  uid: "d1",
  generation: 1,
  observedGeneration: 1,
  wanted: 1,
  images: [anImage()],
  pods: [aPod()],
  deadlineExceeded: false,
  ...reading,
});

/** Midnight of a day in UTC plus hours. */
export const hours = (count: number): number => Date.UTC(2026, 10, 23) + count * HOUR_MS;
