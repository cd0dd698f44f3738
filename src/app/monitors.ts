import type { CommitHash } from "../domain/branch.ts";
import type { Baseline, PodTrouble } from "../domain/monitoring.ts";
import type { EpochMs } from "../domain/time.ts";
import type { ReleaseRef } from "./ports.ts";
import type { WorkloadAddress } from "./rolloutPorts.ts";

/** What was deployed or rolled back to. */
export type Deployed =
  | { readonly kind: "release"; readonly release: ReleaseRef; readonly revision: number }
  | { readonly kind: "workload"; readonly workload: WorkloadAddress; readonly revision: number };

/** A deploy that was proven and is watched for a while. JSON-safe: it is kept across a reload of the window. */
export interface Monitored {
  /** Of this one deploy, the same in every window. */
  readonly id: string;
  /** The workspace folder, and what its panel calls the thing that was deployed. */
  readonly folder: string;
  readonly subject: string;
  readonly target: string;
  readonly what: Deployed;
  readonly commit?: CommitHash;
  readonly provenAt: EpochMs;
  readonly until: EpochMs;
  /** By the workload, as `Deployment/web` or `far/Deployment/web`; none before it was first seen. */
  readonly baselines: Readonly<Record<string, Baseline>>;
}

/** What is kept of monitored deploys, by the window. */
export interface KeptMonitors {
  load(): readonly Monitored[];
  save(all: readonly Monitored[]): void;
}

/** A workload that got into trouble after it had been proven. */
export interface MonitorTrouble {
  readonly workload: WorkloadAddress;
  /** At least one. */
  readonly troubles: readonly PodTrouble[];
}

/** What a monitor tells; after `ended` or `trouble` it tells nothing more. */
export interface MonitorListener {
  /** The baselines have become known: from now on they are to be kept. */
  kept(baselines: Monitored["baselines"]): void;
  /** The time is over, or something newer was deployed. */
  ended(): void;
  trouble(trouble: MonitorTrouble): void;
}

/** The same deploy has the same id, whoever watches it. */
export const monitorId = (what: Deployed): string => {
  switch (what.kind) {
    case "release": {
      const { context, namespace, release } = what.release;
      return JSON.stringify([context, namespace, release, what.revision]);
    }
    case "workload": {
      const { context, namespace, kind, name } = what.workload;
      return JSON.stringify([context, namespace, kind, name, what.revision]);
    }
  }
};
