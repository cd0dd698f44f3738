import { holdOperation } from "../../src/app/operationLease.ts";
import type { DeployerEnd, DeployerError, DeployerTool, ReleaseReadError } from "../../src/app/ports.ts";
import type { WhatFailed } from "../../src/app/diagnose.ts";
import { rollBack, type RollBackOrder, type RollBackServices } from "../../src/app/rollBack.ts";
import type { RollbackOutcome, RollbackPhase } from "../../src/app/rollbackOutcome.ts";
import type { KeptRollback, ReleaseHistoryStore, RollbackRunner } from "../../src/app/rollbackPorts.ts";
import type { ClusterError, ObjectRef } from "../../src/domain/cluster.ts";
import type { Diagnosis } from "../../src/domain/diagnosis.ts";
import { operationRef } from "../../src/domain/operation.ts";
import type { Revision, RevisionLabel } from "../../src/domain/release.ts";
import { fail, ok, type Result } from "../../src/domain/result.ts";
import type { WorkloadReading } from "../../src/domain/rollout.ts";
import { ann, aPod, aReading, aRevision } from "../builders/deploy.ts";
import { aReview } from "../builders/rollback.ts";
import { ManualClock } from "./clock.ts";
import { throughTime } from "./deployWorld.ts";
import { FakeHoldStore, FakeOperationStore } from "./leases.ts";
import { FakeLog } from "./log.ts";
import { FakeReleaseStore } from "./releases.ts";

export const RELEASE = "web";
export const LEASE: ObjectRef = { context: "staging", namespace: "devdeploy", name: "production" };

type Workloads = Result<readonly WorkloadReading[], ClusterError>;

/** Everything that a rollback touches, in memory and well: revision 2 runs, and helm goes back to revision 1. */
export class RollbackWorld {
  readonly clock = new ManualClock();
  readonly log = new FakeLog();
  readonly operations = new FakeOperationStore();
  readonly holds = new FakeHoldStore();
  readonly releases = new FakeReleaseStore();
  readonly phases: RollbackPhase[] = [];
  readonly orders: KeptRollback[] = [];
  readonly told: KeptRollback[] = [];
  readonly asked: WhatFailed[] = [];
  readonly stop = new AbortController();
  review = aReview();
  order: Partial<RollBackOrder> = {};
  tool: Result<DeployerTool, DeployerError> = ok({ name: "helm", path: "/bin/helm", version: "4.1.4" });
  /** One answer for each time the records are listed; without one they are as they are. */
  readonly listings: (ReleaseReadError & ClusterError)[] = [];
  /** Runs before each listing, with its number. */
  onList: (count: number) => void = () => undefined;
  workloads: () => Workloads | Promise<Workloads> = () => ok([]);
  diagnosis: Diagnosis = { cause: { kind: "waited-too-long" }, evidence: [] };
  helm: (order: KeptRollback, signal: AbortSignal) => Promise<DeployerEnd> | DeployerEnd = (order) =>
    this.rolledBack(order);
  #lists = 0;

  constructor() {
    this.releases.add(RELEASE, this.review.toRevision);
    this.releases.add(RELEASE, this.review.fromRevision);
    this.holds.objects.put(LEASE, undefined);
    this.operations.objects.put(this.operationLease, { kind: "idle", transitions: 0 });
  }

  get operationLease(): ObjectRef {
    const { name, target, driver, locks } = this.review.subject;
    return operationRef(name, { name: target, driver }, locks);
  }

  rollBack(): Promise<RollbackOutcome> {
    const order = { review: this.review, by: ann, typed: RELEASE, withoutLease: false, ...this.order };
    const onPhase = (phase: RollbackPhase): void => {
      this.phases.push(phase);
    };
    return throughTime(this.clock, rollBack(this.services(), order, onPhase, this.stop.signal));
  }

  services(): RollBackServices & { readonly operations: FakeOperationStore } {
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
      releases: this.releases,
      history: this.#history(),
      workloads: { read: () => Promise.resolve(this.workloads()) },
      diagnose: (what) => {
        this.asked.push(what);
        return Promise.resolve(this.diagnosis);
      },
      holdOperation: (ref, who, signal) => holdOperation(shared, { ref, ...who }, signal),
      runner: this.#runner(),
      steadySeconds: 15,
    };
  }

  /** helm did what it was told, and the pods of the new revision are ready. */
  rolledBack(order: KeptRollback, made: Partial<Revision> = {}): DeployerEnd {
    this.releases.add(RELEASE, { ...this.review.fromRevision, status: "superseded" });
    this.releases.add(RELEASE, this.made(order, made));
    this.workloads = () => ok([this.running()]);
    return ok({ output: "Rollback was a success! Happy Helming!" });
  }

  /** The record of the new revision as helm writes it. */
  made({ revision, to }: KeptRollback, made: Partial<Revision> = {}): Revision {
    const { manifest, images } = this.review.toRevision;
    return aRevision({
      revision,
      manifest,
      images,
      description: `Rollback to ${to.revision}`,
      rollbackTo: to.revision,
      version: { uid: `u${revision}`, resourceVersion: "1" },
      ...made,
    });
  }

  /** The target's workload, ready. */
  running(reading: Partial<WorkloadReading> = {}): WorkloadReading {
    const { images } = this.review.toRevision;
    return aReading({ name: "web", images, pods: [aPod({ name: "web-1" })], ...reading });
  }

  get newest(): Revision | undefined {
    return [...(this.releases.revisions.get(RELEASE) ?? [])].sort((a, b) => b.revision - a.revision)[0];
  }

  #history(): ReleaseHistoryStore {
    return {
      list: (_ref, signal) => {
        this.#lists += 1;
        this.onList(this.#lists);
        const error = this.listings.shift();
        if (signal.aborted) return Promise.resolve(fail({ reason: "aborted" }));
        if (error !== undefined) return Promise.resolve(fail(error));
        const all = [...(this.releases.revisions.get(RELEASE) ?? [])];
        const revisions = all.sort((a, b) => b.revision - a.revision).map(labelOf);
        return Promise.resolve(ok({ revisions, hasHelm2: false }));
      },
      record: (ref, { revision }, signal) => this.releases.revision(ref, revision, signal),
    };
  }

  #runner(): RollbackRunner {
    return {
      tool: () => Promise.resolve(this.tool),
      rollbackCommand: (tool, { to }) => [tool.path, "rollback", RELEASE, String(to.revision)],
      rollBack: async (_tool, order, _onLine, signal) => {
        this.orders.push(order);
        return this.helm(order, signal);
      },
      rollbackTold: (order) => {
        this.told.push(order);
        return Promise.resolve();
      },
    };
  }
}

const labelOf = ({ revision, status, deployedAt, driver, version }: Revision): RevisionLabel => ({
  revision,
  status,
  createdAt: deployedAt,
  driver,
  version,
});
