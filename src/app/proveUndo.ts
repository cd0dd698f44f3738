import { mayHeal, type ClusterError } from "../domain/cluster.ts";
import type { Diagnosis } from "../domain/diagnosis.ts";
import { secondsLeft, steadySince, type Steady } from "../domain/proof.ts";
import { ok, type Result } from "../domain/result.ts";
import { closed, olderReady, type ProofItem, type RolloutLook } from "../domain/rollbackProof.ts";
import type { WorkloadReading } from "../domain/rollout.ts";
import type { RolloutReading } from "../domain/rollouts.ts";
import { MINUTE_MS, SECOND_MS, type DurationMs } from "../domain/time.ts";
import { judgeUndo, UNDO_LOOK_KINDS, type UndoWish } from "../domain/undoProof.ts";
import { EarlyDiagnosis } from "./earlyDiagnosis.ts";
import { placeHold, type HoldServices } from "./environmentHold.ts";
import { wishOf, type KeptUndo } from "./keptUndo.ts";
import type { Clock, Log, WorkloadReader } from "./ports.ts";
import type { HoldTruth } from "./rollbackOutcome.ts";
import type { RolloutStore, WorkloadAddress } from "./rolloutPorts.ts";
import type { WrittenUndoEnd } from "./undoOutcome.ts";
import type { UndoProgress } from "./undoProgress.ts";
import { NEVER_ABORTED } from "./writing.ts";

export interface ProveUndoServices extends HoldServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly rollouts: RolloutStore;
  readonly workloads: WorkloadReader;
  readonly diagnoseWorkload: (of: WorkloadAddress, signal: AbortSignal) => Promise<Diagnosis>;
  /** How long all pods must stay ready without a restart (setting `devdeploy.proof.steadySeconds`). */
  readonly steadySeconds: number;
}

const LOOK_EVERY_MS: DurationMs = SECOND_MS;
/** Where the workload says nothing else: what a Deployment has by default. */
const PROGRESS_WITHIN_MS: DurationMs = 10 * MINUTE_MS;

/** What an undo came to: that the API server took it proves nothing yet. */
export const proveUndo = (
  services: ProveUndoServices,
  undo: KeptUndo,
  progress: UndoProgress,
  signal: AbortSignal,
): Promise<WrittenUndoEnd> => new Proof(services, undo, progress).prove(signal);

/** Nobody knows whether it was written: nothing of it can be seen. */
export const undoNotProven = (
  services: ProveUndoServices,
  undo: KeptUndo,
  progress: UndoProgress,
): Promise<WrittenUndoEnd> => new Proof(services, undo, progress).notProven();

interface Looked extends RolloutLook {
  readonly isTimedOut: boolean;
}

class Proof {
  readonly #services: ProveUndoServices;
  readonly #undo: KeptUndo;
  readonly #progress: UndoProgress;
  readonly #wish: UndoWish;
  readonly #patience: Patience;
  #rollout: RolloutReading | undefined;
  #reading: WorkloadReading | undefined;
  /** The condition of the rollout before this one stays until the controller has something new to say. */
  #wasInTime = false;

  constructor(services: ProveUndoServices, undo: KeptUndo, progress: UndoProgress) {
    this.#services = services;
    this.#undo = undo;
    this.#progress = progress;
    this.#wish = wishOf(undo);
    this.#patience = new Patience(services.clock, undo.progressDeadline ?? PROGRESS_WITHIN_MS);
  }

  async prove(signal: AbortSignal): Promise<WrittenUndoEnd> {
    this.#progress.tell("proving");
    const seen = await this.#watchRollout(signal);
    switch (seen) {
      case "cancelled":
        return { kind: "cancelled", truth: { kind: "not-awaited" } };
      case "not-proven":
        return this.notProven();
      case "nothing-runs":
        return { kind: "nothing-runs", revision: this.#revision ?? 0, items: this.#progress.items };
      case "steady": {
        const hold = await this.#holdEnvironment();
        return { kind: "proven", revision: this.#revision ?? 0, items: this.#progress.items, ...hold };
      }
    }
  }

  async notProven(): Promise<WrittenUndoEnd> {
    const { images, subject } = this.#undo;
    const revision = this.#revision;
    const diagnosis = await this.#services.diagnoseWorkload(subject.workload, NEVER_ABORTED);
    const readings = this.#reading === undefined ? [] : [this.#reading];
    return {
      kind: "not-proven",
      ...(revision === undefined || revision === this.#wish.to.revision ? {} : { revision }),
      items: closed(this.#progress.items),
      diagnosis,
      stillServing: olderReady(readings, images),
    };
  }

  /** The number of what was gone back to, as last read. */
  get #revision(): number | undefined {
    return this.#rollout?.revisions.find(({ object }) => object.uid === this.#wish.to.uid)?.revision;
  }

  async #watchRollout(signal: AbortSignal): Promise<"steady" | "not-proven" | "nothing-runs" | "cancelled"> {
    const { clock, steadySeconds, diagnoseWorkload } = this.#services;
    const { workload } = this.#undo.subject;
    const early = new EarlyDiagnosis(clock);
    let steady: Steady | undefined;
    for (;;) {
      const look = await this.#look(signal);
      if (signal.aborted) return "cancelled";
      if (!look.ok) {
        if (this.#patience.isOver || !mayHeal(look.error)) {
          this.#forget();
          return "not-proven";
        }
        // Pods that could not be seen were not seen to be ready.
        steady = undefined;
        await clock.sleep(LOOK_EVERY_MS, signal);
        continue;
      }
      if (look.value.kind === "nothing-runs") return "nothing-runs";
      const { ready, wanted } = look.value;
      const now = clock.monotonic();
      steady = steadySince(steady, { ...look.value, lines: [] }, now);
      const left = steady === undefined ? undefined : secondsLeft(steady, now, steadySeconds);
      this.#progress.fill([steadyItem(left, steadySeconds)]);
      if (left === 0) return "steady";
      const isOver = look.value.isTimedOut || this.#patience.isOver;
      if (look.value.kind === "failed" || isOver) return "not-proven";
      if (left === undefined) {
        const diagnosis = await early.after(look.value, () => diagnoseWorkload(workload, signal));
        this.#progress.tell("proving", { ready, wanted, ...diagnosis });
      } else this.#progress.tell("steady", { ready, wanted, secondsLeft: left });
      // The looks take their time as well; they are not to add up to a longer wait.
      const end = steady === undefined ? Infinity : steady.since + steadySeconds * SECOND_MS;
      await clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(0, end - clock.monotonic())), signal);
    }
  }

  async #look(signal: AbortSignal): Promise<Result<Looked, ClusterError>> {
    const { rollouts, workloads } = this.#services;
    const { workload } = this.#undo.subject;
    const { context, namespace, name } = workload;
    const [rollout, readings] = await Promise.all([
      rollouts.read(workload, signal),
      workloads.read({ context, namespace, release: name }, manifestOf(workload), signal),
    ]);
    if (!rollout.ok) return rollout;
    if (!readings.ok) return readings;
    const [reading] = readings.value;
    this.#rollout = rollout.value;
    this.#reading = reading;
    const look = judgeUndo({ rollout: rollout.value, reading }, this.#wish);
    this.#progress.fill(look.items);
    // Before that, the pods that are seen may be those of the template that is to go.
    const isObserved = reading !== undefined && reading.observedGeneration >= reading.generation;
    if (isObserved) this.#patience.see(look);
    return ok({ ...look, isTimedOut: isObserved && this.#isTimedOut(reading) });
  }

  #isTimedOut(reading: WorkloadReading): boolean {
    if (!reading.deadlineExceeded) this.#wasInTime = true;
    return reading.deadlineExceeded && this.#wasInTime;
  }

  #forget(): void {
    this.#reading = undefined;
    this.#progress.forget(UNDO_LOOK_KINDS);
  }

  /** What was undone is not to come straight back. The undo is proven, whatever becomes of this. */
  async #holdEnvironment(): Promise<{ readonly hold?: HoldTruth }> {
    const { hold } = this.#undo;
    if (hold === undefined) return {};
    const placed = await placeHold(this.#services, hold, NEVER_ABORTED);
    if (placed.ok) return { hold: { kind: "placed", hold: placed.value } };
    this.#services.log.warn(`Putting ${hold.ref.name} on hold: ${JSON.stringify(placed.error)}`);
    return { hold: { kind: "failed", error: placed.error } };
  }
}

/** Waits for progress, not for the end: with many pods a rollout takes long, and goes on all the same. */
class Patience {
  readonly #clock: Clock;
  readonly #limit: DurationMs;
  #since: DurationMs;
  #most = -1;

  constructor(clock: Clock, limit: DurationMs) {
    this.#clock = clock;
    this.#limit = limit;
    this.#since = clock.monotonic();
  }

  /** More pods than ever were ready before. */
  see({ ready }: Pick<RolloutLook, "ready">): void {
    if (ready <= this.#most) return;
    this.#most = ready;
    this.#since = this.#clock.monotonic();
  }

  get isOver(): boolean {
    return this.#clock.monotonic() - this.#since >= this.#limit;
  }
}

/** A workload as the reader of workloads is asked for it; JSON is YAML. */
const manifestOf = ({ kind, name, namespace }: WorkloadAddress): string =>
  JSON.stringify({ apiVersion: "apps/v1", kind, metadata: { name, namespace } });

const steadyItem = (left: number | undefined, steadySeconds: number): ProofItem => {
  if (left === undefined) return { kind: "steady", state: "todo", facts: "" };
  if (left === 0) return { kind: "steady", state: "ok", facts: `${steadySeconds} s` };
  return { kind: "steady", state: "running", facts: `${steadySeconds - left} of ${steadySeconds} s` };
};
