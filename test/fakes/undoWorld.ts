import type { FollowUndoServices } from "../../src/app/followUndo.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import { operationOf } from "../../src/app/rolloutSubjects.ts";
import type { WorkloadAddress } from "../../src/app/rolloutPorts.ts";
import type { RolloutSubject, UndoOutcome, UndoPhase, UndoReview } from "../../src/app/undoOutcome.ts";
import { undoRollout, type UndoOrder, type UndoServices } from "../../src/app/undoRollout.ts";
import type { ClusterError, ObjectRef } from "../../src/domain/cluster.ts";
import type { Diagnosis } from "../../src/domain/diagnosis.ts";
import { ok, type Result } from "../../src/domain/result.ts";
import type { WorkloadReading } from "../../src/domain/rollout.ts";
import { ann } from "../builders/deploy.ts";
import { aPlacedSubject, aRollout, aSight, aWorkloadNow } from "../builders/rollouts.ts";
import { anUndoReview } from "../builders/undo.ts";
import { ManualClock } from "./clock.ts";
import { throughTime } from "./deployWorld.ts";
import { FakeKeptUndos } from "./keptUndos.ts";
import { FakeHoldStore, FakeOperationStore } from "./leases.ts";
import { FakeLog } from "./log.ts";
import { FakeRolloutStore } from "./rolloutStore.ts";
import { FakeWorkloadWatches } from "./workloadWatches.ts";

export const HOLD: ObjectRef = { context: "staging", namespace: "devdeploy", name: "production" };

/** Everything that an undo touches, in memory and well: revision 2 runs, and revision 1 was reviewed. */
export class UndoWorld {
  readonly clock = new ManualClock();
  readonly log = new FakeLog();
  readonly operations = new FakeOperationStore();
  readonly holds = new FakeHoldStore();
  readonly watches = new FakeWorkloadWatches();
  readonly rollouts = new FakeRolloutStore(aRollout());
  readonly keptUndos = new FakeKeptUndos();
  readonly phases: UndoPhase[] = [];
  readonly asked: WorkloadAddress[] = [];
  readonly stop = new AbortController();
  review: UndoReview;
  order: Partial<UndoOrder> = {};
  diagnosis: Diagnosis = { cause: { kind: "unknown" }, evidence: [] };
  /** What the pods look like, of whatever the workload is then. */
  now: (ready: WorkloadReading) => WorkloadReading = (ready) => ready;
  /** One answer for each time that the workload is looked at; without one it is as it is. */
  readonly lookFaults: (ClusterError | undefined)[] = [];

  constructor(subject: RolloutSubject = aPlacedSubject()) {
    this.review = anUndoReview({ subject });
    this.holds.objects.put(HOLD, undefined);
    const lease = operationOf(subject);
    if (lease !== undefined) this.operations.objects.put(lease, { kind: "idle", transitions: 0 });
    this.watches.tell(subject.workload, aSight());
  }

  undo(): Promise<UndoOutcome> {
    const order = { review: this.review, by: ann, typed: "web", withoutLease: false, ...this.order };
    const onPhase = (phase: UndoPhase): void => {
      this.phases.push(phase);
    };
    return throughTime(this.clock, undoRollout(this.services(), order, onPhase, this.stop.signal));
  }

  services(): UndoServices & FollowUndoServices {
    let nonces = 0;
    const shared = {
      clock: this.clock,
      log: this.log,
      operations: this.operations,
      random: () => 0,
      newNonce: () => `nonce-${nonces++}`,
    };
    return {
      ...shared,
      holds: this.holds,
      rollouts: this.rollouts,
      watches: this.watches,
      keptUndos: this.keptUndos,
      workloads: { read: () => Promise.resolve(this.#look()) },
      diagnoseWorkload: (of) => {
        this.asked.push(of);
        return Promise.resolve(this.diagnosis);
      },
      holdOperation: (ref, who, signal) => holdOperation(shared, { ref, ...who }, signal),
      steadySeconds: 15,
    };
  }

  #look(): Result<readonly WorkloadReading[], ClusterError> {
    const fault = this.lookFaults.shift();
    if (fault !== undefined) return { ok: false, error: fault };
    const { rollout } = this.rollouts;
    return ok(rollout === undefined ? [] : [this.now(aWorkloadNow(rollout))]);
  }
}
