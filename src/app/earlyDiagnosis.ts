import type { Diagnosis } from "../domain/diagnosis.ts";
import { mayHealByItself } from "../domain/healing.ts";
import type { Judgement } from "../domain/proof.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { WhatFailed } from "./diagnose.ts";
import type { Clock } from "./ports.ts";

/** `diagnose` with its services already given to it. */
export type Diagnose = (what: WhatFailed, signal: AbortSignal) => Promise<Diagnosis>;

/** One look at the pods: whether they are still waited for, and what already says that it is in trouble. */
export type EarlyLook = Pick<Judgement, "kind" | "diagnosis">;

/** Pods need some seconds to become ready; before that nothing is amiss. */
const PATIENCE_MS: DurationMs = 10 * SECOND_MS;
const ASK_EVERY_MS: DurationMs = 5 * SECOND_MS;

/**
 * What already looks wrong while a rollout is still waited for. It is asked for where a pod says that it is in trouble,
 * and at times where pods just do not become ready. What no waiting mends is shown at once, what may heal by itself only
 * after some patience, and what nobody could name not at all.
 */
export class EarlyDiagnosis {
  readonly #clock: Clock;
  #trouble: string | undefined;
  #waitsSince: DurationMs | undefined;
  #askedAt: DurationMs | undefined;
  #found: Diagnosis | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `ask` diagnoses what is rolled out, be it a release or a workload; it is called when it is time for it. */
  async after(look: EarlyLook, ask: () => Promise<Diagnosis>): Promise<{ readonly diagnosis?: Diagnosis }> {
    const now = this.#clock.monotonic();
    if (look.kind !== "waiting" && look.diagnosis === undefined) {
      this.#waitsSince = this.#askedAt = this.#trouble = this.#found = undefined;
      return {};
    }
    this.#waitsSince ??= now;
    if (this.#isDue(look, now)) {
      this.#trouble = look.diagnosis;
      this.#askedAt = now;
      this.#found = await ask();
    }
    return this.#found !== undefined && this.#isWorthAWord(this.#found, now)
      ? { diagnosis: this.#found }
      : {};
  }

  #isWorthAWord(found: Diagnosis, now: DurationMs): boolean {
    return !isVague(found) && (!mayHealByItself(found.cause) || this.#hasWaited(now));
  }

  #hasWaited(now: DurationMs): boolean {
    return now - (this.#waitsSince ?? now) >= PATIENCE_MS;
  }

  #isDue({ diagnosis }: EarlyLook, now: DurationMs): boolean {
    if (diagnosis !== undefined && diagnosis !== this.#trouble) return true;
    return this.#hasWaited(now) && now - (this.#askedAt ?? -Infinity) >= ASK_EVERY_MS;
  }
}

/** Says no more than that something is amiss. */
export const isVague = ({ cause }: Diagnosis): boolean =>
  cause.kind === "unknown" || cause.kind === "waited-too-long";
