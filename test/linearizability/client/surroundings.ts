import type { KubernetesApi } from "../../../src/adapters/kubernetes/api.ts";
import type { Clock, Log } from "../../../src/app/ports.ts";
import type { Cluster } from "../../../src/cluster.ts";
import type { Pool } from "../../../src/domain/config.ts";
import type { Recorder } from "../history.ts";
import { aMachine } from "../../builders/deploy.ts";
import { CONTEXT, type ClientPlan, type Job } from "./job.ts";

/** All that a client lives with. */
export interface Surroundings {
  readonly plan: ClientPlan;
  readonly job: Job;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly cluster: Cluster;
  /** For what is no lock. */
  readonly api: KubernetesApi;
}

/** A pool of these machines. */
export const poolOf = ({ namespace, pool, lockHours }: Job, machines: readonly string[]): Pool => ({
  name: pool,
  lockHours,
  extendHours: [lockHours],
  machines: machines.map((name) => aMachine(name, { pool, locks: { context: CONTEXT, namespace } })),
});
