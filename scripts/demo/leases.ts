import { LABEL, LEASE_API, MANAGED_BY } from "../../src/adapters/kubernetes/leaseObject.ts";
import { lockLeaseChange } from "../../src/adapters/kubernetes/lockLease.ts";
import { parseBranchName } from "../../src/domain/branch.ts";
import { lockDuration, type LockRecord } from "../../src/domain/lock.ts";
import { claimed, unlocked } from "../../src/domain/lockChanges.ts";
import { HOUR_MS, type EpochMs } from "../../src/domain/time.ts";
import { ENVIRONMENTS, MACHINES } from "./demoCluster.ts";
import type { Commits } from "./gitHistory.ts";
import { kubernetesTime, type KubernetesObject } from "./objects.ts";
import { ANN, BEN, MIA, type Teammate } from "./people.ts";
import { hashOf } from "./releases.ts";

const POOL = "dev";

/** What an admin makes beforehand: an empty reservation and operation for each machine and environment. */
export function freeLeases(namespace: string): readonly KubernetesObject[] {
  const labels = { [LABEL.managedBy]: MANAGED_BY };
  const inPool = { ...labels, [LABEL.pool]: POOL };
  const lease = (name: string, own: Readonly<Record<string, string>>): KubernetesObject => ({
    apiVersion: LEASE_API,
    kind: "Lease",
    metadata: { name, namespace, labels: own },
    spec: {},
  });
  return [
    ...MACHINES.map((name) => lease(name, inPool)),
    ...ENVIRONMENTS.map((name) => lease(name, labels)),
    ...[...MACHINES, ...ENVIRONMENTS].map((name) => lease(`${name}-operation`, labels)),
  ];
}

type Event =
  | { readonly hoursAgo: number; readonly by: Teammate; readonly branch: string; readonly commit: string }
  | { readonly hoursAgo: number; readonly by: Teammate; readonly gaveBack: true };

/** Who had which machine: dev1 was Ann's and is free, dev2 is Ben's for hours, dev3 was Mia's until it ended. */
const HISTORY: Readonly<Record<(typeof MACHINES)[number], readonly Event[]>> = {
  dev1: [
    { hoursAgo: 97, by: BEN, branch: "master", commit: "images" },
    { hoursAgo: 95, by: BEN, gaveBack: true },
    { hoursAgo: 48, by: ANN, branch: "task/my-special-task", commit: "special-draft" },
    { hoursAgo: 45, by: ANN, branch: "task/my-special-task", commit: "special" },
    { hoursAgo: 41, by: ANN, gaveBack: true },
  ],
  dev2: [
    { hoursAgo: 24, by: BEN, branch: "task/profile", commit: "profile-page" },
    { hoursAgo: 18, by: BEN, gaveBack: true },
    { hoursAgo: 3.5, by: BEN, branch: "task/profile", commit: "profile" },
  ],
  dev3: [{ hoursAgo: 30, by: MIA, branch: "task/search-index", commit: "index" }],
};

const LOCK_HOURS = 12;

/** The Leases as four weeks of work left them. */
export function usedLeases(namespace: string, commits: Commits, now: EpochMs): readonly KubernetesObject[] {
  const madeAt = kubernetesTime(now - 600 * HOUR_MS);
  return freeLeases(namespace).map((lease): KubernetesObject => {
    const metadata = { ...lease.metadata, creationTimestamp: madeAt };
    const machine = MACHINES.find((name) => name === metadata.name);
    if (machine === undefined) return { ...lease, metadata };
    const { labels, annotations, spec } = lockLeaseChange(recordOf(machine, commits, now), POOL);
    return { ...lease, metadata: { ...metadata, labels, annotations }, spec };
  });
}

function recordOf(machine: (typeof MACHINES)[number], commits: Commits, now: EpochMs): LockRecord {
  let record: LockRecord = { kind: "free", transitions: 0, history: [] };
  for (const event of HISTORY[machine]) {
    const at = now - event.hoursAgo * HOUR_MS;
    if ("gaveBack" in event) {
      if (record.kind === "held") record = unlocked(record, event.by, at);
      continue;
    }
    const branch = parseBranchName(event.branch);
    if (!branch.ok) throw new Error(`"${event.branch}" is no branch.`);
    const claim = {
      by: event.by,
      branch: branch.value,
      commit: hashOf(commits, event.commit),
      url: `https://${machine}.example.com`,
      nonce: `demo-${event.commit}`,
    };
    record = claimed(record, claim, at, lockDuration(LOCK_HOURS));
  }
  return record;
}
