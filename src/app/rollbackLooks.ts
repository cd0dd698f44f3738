import type { ClusterError } from "../domain/cluster.ts";
import type { Revision } from "../domain/release.ts";
import { ok, type Result } from "../domain/result.ts";
import type { WorkloadReading } from "../domain/rollout.ts";
import { judgeRollout, type RollbackWish, type RolloutLook } from "../domain/rollbackProof.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { Diagnose } from "./earlyDiagnosis.ts";
import type { Clock, WorkloadReader } from "./ports.ts";
import type { KeptRollback } from "./rollbackPorts.ts";

export interface LookServices {
  readonly clock: Clock;
  readonly workloads: WorkloadReader;
  readonly diagnose: Diagnose;
}

export const LOOK_EVERY_MS: DurationMs = SECOND_MS;

export const wishOf = ({ to, revision, container }: KeptRollback): RollbackWish => ({
  to: to.revision,
  revision,
  ...(to.commit === undefined ? {} : { commit: to.commit }),
  ...(container === undefined ? {} : { container }),
});

export interface Looked extends RolloutLook {
  readonly readings: readonly WorkloadReading[];
}

/** One look at the workloads of the revision that the rollback made. */
export async function lookAtRollout(
  { workloads }: LookServices,
  order: KeptRollback,
  made: Revision,
  signal: AbortSignal,
): Promise<Result<Looked, ClusterError>> {
  const readings = await workloads.read(order.release, made.manifest, signal);
  if (!readings.ok) return readings;
  return ok({ ...judgeRollout(readings.value, made.images, wishOf(order)), readings: readings.value });
}
