import type { DeployOrderedBranch, DeployServices } from "../../src/app/deployBranch.ts";
import { claimMachine } from "../../src/app/claimMachine.ts";
import { deployBranch } from "../../src/app/deployBranch.ts";
import type { DeployOutcome, DeployPhase } from "../../src/app/deployOutcome.ts";
import type { FullAnswer, FullPool } from "../../src/app/fullPool.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import type {
  Deployer,
  DeployerError,
  DeployerTool,
  DeployOrder,
  DevdeployQuestion,
  Head,
  Repository,
  RepositoryError,
} from "../../src/app/ports.ts";
import { takeOver } from "../../src/app/takeOver.ts";
import type { CommitHash } from "../../src/domain/branch.ts";
import type { ClusterError } from "../../src/domain/cluster.ts";
import { lockRef } from "../../src/domain/lock.ts";
import { fail, ok, type Result } from "../../src/domain/result.ts";
import { waitingRef } from "../../src/domain/waiting.ts";
import type { WorkloadReading } from "../../src/domain/rollout.ts";
import {
  aBranch,
  aCommit,
  aConfig,
  ann,
  anImage,
  aPod,
  aPool,
  aReading,
  aRevision,
} from "../builders/deploy.ts";
import { freeLock } from "../builders/lock.ts";
import { ManualClock } from "./clock.ts";
import { FakeEvidence } from "./evidence.ts";
import { FakeHoldStore, FakeLockStore, FakeOperationStore, FakeWaitingStore } from "./leases.ts";
import { FakeLog } from "./log.ts";
import { FakeReleaseStore } from "./releases.ts";

type Ran = Result<{ readonly output: string }, DeployerError>;

/** Everything that a devdeploy touches, in memory and well: two free machines, a pushed branch, a helm that works. */
export class DeployWorld {
  readonly clock = new ManualClock();
  readonly log = new FakeLog();
  readonly locks = new FakeLockStore();
  readonly waiting = new FakeWaitingStore();
  readonly operations = new FakeOperationStore();
  readonly holds = new FakeHoldStore();
  readonly releases = new FakeReleaseStore();
  /** Why pods are not ready; nothing tells it at first. */
  readonly evidence = new FakeEvidence();
  readonly phases: DeployPhase[] = [];
  readonly questions: DevdeployQuestion[] = [];
  /** What the person was shown when no machine was free. */
  readonly fulls: FullPool[] = [];
  whenFull: (full: FullPool) => FullAnswer | Promise<FullAnswer> = () => ({ kind: "nothing" });
  readonly orders: DeployOrder[] = [];
  /** Orders whose runs need not be kept any more. */
  readonly told: DeployOrder[] = [];
  readonly stop = new AbortController();
  order: DeployOrderedBranch;

  head: Result<Head, RepositoryError> = ok({ kind: "branch", branch: aBranch(), commit: aCommit() });
  /** One answer for each time the remote is asked; the last one stays. */
  remote: readonly Result<CommitHash | undefined, RepositoryError>[] = [ok(aCommit())];
  uncommitted = 0;
  behind = 0;
  isAncestor: boolean | undefined;
  /** Of every other commit than the one that HEAD is at, and to every other branch than the default one. */
  distance: { readonly ahead: number; readonly behind: number } | undefined;
  /** Where a branch that was chosen is in the clone. */
  local: CommitHash | undefined = aCommit();
  fetch: Result<undefined, RepositoryError> = ok(undefined);
  readonly fetched: string[] = [];
  person: Result<{ name: string; mail: string }, RepositoryError> = ok(ann);
  user: Result<string, ClusterError> = ok("ann");
  answer = true;
  tool: Result<DeployerTool, DeployerError> = ok({ name: "helm", path: "/bin/helm", version: "4.1.4" });
  workloads: Result<readonly WorkloadReading[], ClusterError> = ok([]);
  /** What helm does; it is given the order and a signal to stop. */
  helm: (order: DeployOrder, signal: AbortSignal) => Promise<Ran> | Ran = (order) => this.deployed(order);

  constructor(order: Partial<DeployOrderedBranch> = {}) {
    const pool = order.pool ?? aPool();
    this.order = { pool, config: aConfig({ pools: [pool] }), repository: this.#repository(), ...order };
    const list = waitingRef(pool);
    if (list !== undefined) this.waiting.objects.put(list, []);
    for (const { name, locks } of pool.machines) this.locks.objects.put(lockRef(name, locks), freeLock());
  }

  devdeploy(): Promise<DeployOutcome> {
    const onPhase = (phase: DeployPhase): void => {
      this.phases.push(phase);
    };
    return throughTime(this.clock, deployBranch(this.services(), this.order, onPhase, this.stop.signal));
  }

  services(): DeployServices {
    let nonces = 0;
    const shared = {
      clock: this.clock,
      log: this.log,
      locks: this.locks,
      waiting: this.waiting,
      holds: this.holds,
      operations: this.operations,
      random: () => 0,
      newNonce: () => `nonce-${nonces++}`,
    };
    return {
      ...shared,
      confirm: {
        devdeploy: (question) => {
          this.questions.push(question);
          return Promise.resolve(this.answer);
        },
      },
      identity: { whoAmI: () => Promise.resolve(this.user) },
      claimMachine: (order, signal) => claimMachine(shared, order, signal),
      takeOver: (order, signal) => takeOver(shared, order, signal),
      whenFull: (full) => {
        this.fulls.push(full);
        return Promise.resolve(this.whenFull(full));
      },
      holdOperation: (ref, who, signal) => holdOperation(shared, { ref, ...who }, signal),
      releases: this.releases,
      evidence: this.evidence,
      workloads: { read: () => Promise.resolve(this.workloads) },
      deployer: this.#deployer(),
      steadySeconds: 15,
    };
  }

  /** helm did what it was told, and the pods of the new revision are ready. */
  deployed(order: DeployOrder): Ran {
    const { release } = order.release;
    const images = [
      anImage({ workload: `Deployment/${release}`, image: `registry.example.com/app:${order.mark.commit}` }),
    ];
    this.releases.add(release, aRevision({ revision: order.revision, mark: order.mark, images }));
    this.workloads = ok([aReading({ name: release, images, pods: [aPod({ name: `${release}-1` })] })]);
    return ok({ output: "deployed" });
  }

  #deployer(): Deployer {
    return {
      tool: () => Promise.resolve(this.tool),
      command: (tool, { release }) => [tool.path, "upgrade", release.release],
      run: async (_tool, order, _onLine, signal) => {
        this.orders.push(order);
        return this.helm(order, signal);
      },
      told: (order) => {
        this.told.push(order);
        return Promise.resolve();
      },
    };
  }

  #repository(): Repository {
    return {
      root: "/repository",
      head: () => Promise.resolve(this.head),
      uncommittedFiles: () => Promise.resolve(ok(this.uncommitted)),
      remoteCommit: () => {
        const [next, ...later] = this.remote;
        if (later.length > 0) this.remote = later;
        return Promise.resolve(next ?? fail({ reason: "no-remote" }));
      },
      aheadBehind: (of, base) =>
        Promise.resolve(
          of === aCommit() && base === aBranch("master") ? { ahead: 0, behind: this.behind } : this.distance,
        ),
      isAncestor: () => Promise.resolve(this.isAncestor),
      person: () => Promise.resolve(this.person),
      localCommit: () => Promise.resolve(ok(this.local)),
      branches: () => Promise.resolve(ok([])),
      remoteBranches: () => Promise.resolve(ok(new Map())),
      fetchCommit: (branch, commit) => {
        this.fetched.push(`${branch} ${commit}`);
        return Promise.resolve(this.fetch);
      },
    };
  }
}

/** More turns of the event loop than any step between two waits takes. */
const TURNS = 30;

/** Lets time pass from wait to wait until the promise is settled; between waits none passes. */
export async function throughTime<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const state = { isSettled: false };
  const settled = promise.finally(() => {
    state.isSettled = true;
  });
  for (;;) {
    for (let turn = 0; turn < TURNS; turn += 1) await clock.advance(0);
    if (state.isSettled) return settled;
    await clock.advance(clock.nextTimer ?? 0);
  }
}
