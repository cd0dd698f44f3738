import type { ClusterError } from "../domain/cluster.ts";
import type { Diagnosis } from "../domain/diagnosis.ts";
import type { Revision } from "../domain/release.ts";
import { ok, type Result } from "../domain/result.ts";
import type { WorkloadReading } from "../domain/rollout.ts";
import { judgeRollout, type RollbackWish, type RolloutLook } from "../domain/rollbackProof.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { WhatFailed } from "./diagnose.ts";
import type { Clock, ReleaseRef, WorkloadReader } from "./ports.ts";
import type { KeptRollback } from "./rollbackPorts.ts";

/** `diagnose` with its services already given to it. */
export type Diagnose = (what: WhatFailed, signal: AbortSignal) => Promise<Diagnosis>;

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

/** Pods need some seconds to become ready; before that nothing is amiss. */
const PATIENCE_MS: DurationMs = 10 * SECOND_MS;
const ASK_EVERY_MS: DurationMs = 5 * SECOND_MS;

/**
 * What already looks wrong while a rollout is still waited for. It is asked for where a pod says that it is in trouble,
 * and at times where pods just do not become ready; what nobody could name is not shown.
 */
export class EarlyDiagnosis {
  readonly #services: LookServices;
  readonly #release: ReleaseRef;
  #trouble: string | undefined;
  #waitsSince: DurationMs | undefined;
  #askedAt: DurationMs | undefined;
  #found: Diagnosis | undefined;

  constructor(services: LookServices, release: ReleaseRef) {
    this.#services = services;
    this.#release = release;
  }

  async after(
    look: RolloutLook,
    revision: Revision,
    signal: AbortSignal,
  ): Promise<{ readonly diagnosis?: Diagnosis }> {
    const now = this.#services.clock.monotonic();
    if (look.kind !== "waiting" && look.diagnosis === undefined) {
      this.#waitsSince = this.#askedAt = this.#trouble = this.#found = undefined;
      return {};
    }
    this.#waitsSince ??= now;
    if (this.#isDue(look, now)) {
      this.#trouble = look.diagnosis;
      this.#askedAt = now;
      this.#found = await this.#services.diagnose({ release: this.#release, revision }, signal);
    }
    return this.#found === undefined || isVague(this.#found) ? {} : { diagnosis: this.#found };
  }

  #isDue({ diagnosis }: RolloutLook, now: DurationMs): boolean {
    if (diagnosis !== undefined && diagnosis !== this.#trouble) return true;
    const hasWaited = now - (this.#waitsSince ?? now) >= PATIENCE_MS;
    return hasWaited && now - (this.#askedAt ?? -Infinity) >= ASK_EVERY_MS;
  }
}

const isVague = ({ cause }: Diagnosis): boolean =>
  cause.kind === "unknown" || cause.kind === "waited-too-long";
