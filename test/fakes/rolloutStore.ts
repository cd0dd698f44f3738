import type {
  ListedWorkload,
  RolloutStore,
  UndoWrite,
  UndoWriteError,
  WorkloadAddress,
} from "../../src/app/rolloutPorts.ts";
import { readMark, restoredAnnotations, sameTemplate } from "../../src/domain/undo.ts";
import type { ClusterError } from "../../src/domain/cluster.ts";
import { fail, ok, type Result } from "../../src/domain/result.ts";
import type { RolloutReading, RolloutRevision } from "../../src/domain/rollouts.ts";

/** What becomes of one write: it is refused, or its answer is lost before or after it was done. */
export interface UndoFault {
  readonly error: UndoWriteError;
  readonly isDone: boolean;
}

/** One workload, in memory, with a controller that numbers its revisions. */
export class FakeRolloutStore implements RolloutStore {
  /** Undefined where there is no such workload. */
  rollout: RolloutReading | undefined;
  readonly listed: ListedWorkload[] = [];
  readonly writes: UndoWrite[] = [];
  /** One for each coming read. */
  readonly readFaults: (ClusterError | undefined)[] = [];
  /** One for each coming write; undefined lets it through. */
  readonly writeFaults: (UndoFault | undefined)[] = [];
  /** Runs before each read, with its number. */
  onRead: (count: number) => void = () => undefined;
  /** Runs before each write, with its number, e.g. so that somebody else is faster. */
  beforeWrite: (count: number) => void = () => undefined;
  /** Whether the controller sees a write at once; otherwise `reconcile` makes it. */
  isPrompt = true;
  missing: Result<readonly string[], ClusterError> = ok([]);
  reads = 0;

  constructor(rollout?: RolloutReading) {
    this.rollout = rollout;
  }

  read(_of: WorkloadAddress, signal: AbortSignal): Promise<Result<RolloutReading | undefined, ClusterError>> {
    this.reads += 1;
    this.onRead(this.reads);
    if (signal.aborted) return Promise.resolve(fail({ reason: "aborted" }));
    const fault = this.readFaults.shift();
    return Promise.resolve(fault === undefined ? ok(this.rollout) : fail(fault));
  }

  list(): Promise<Result<readonly ListedWorkload[], ClusterError>> {
    return Promise.resolve(ok(this.listed));
  }

  missingRights(): Promise<Result<readonly string[], ClusterError>> {
    return Promise.resolve(this.missing);
  }

  undo(_of: WorkloadAddress, write: UndoWrite): Promise<Result<RolloutReading, UndoWriteError>> {
    this.writes.push(write);
    this.beforeWrite(this.writes.length);
    const fault = this.writeFaults.shift();
    const done = fault === undefined || fault.isDone ? this.#write(write) : undefined;
    return Promise.resolve(fault === undefined ? (done ?? ok(write.seen)) : fail(fault.error));
  }

  /** Somebody changes the workload: `status` alone leaves the generation as it is. */
  change(change: Partial<RolloutReading>, what: "spec" | "status" = "spec"): void {
    const rollout = this.#present();
    this.rollout = {
      ...rollout,
      ...change,
      version: { ...rollout.version, resourceVersion: next(rollout) },
      generation: rollout.generation + (what === "spec" ? 1 : 0),
    };
  }

  /** The controller: the revision with the workload's template gets the highest number, be it anew. */
  reconcile(): void {
    const rollout = this.#present();
    const highest = Math.max(0, ...rollout.revisions.map(({ revision }) => revision));
    const own = rollout.revisions.find(({ template }) => sameTemplate(template, rollout.template));
    if (own === undefined) throw new Error("A template that the history has not got belongs in the test.");
    const made = own.revision === highest ? own : renumbered(rollout, own, highest + 1);
    this.rollout = {
      ...rollout,
      observedGeneration: rollout.generation,
      current: { uid: made.object.uid, revision: made.revision },
      revisions: [made, ...rollout.revisions.filter((one) => one !== own)],
    };
  }

  #write({ seen, targetUid, mark }: UndoWrite): Result<RolloutReading, UndoWriteError> {
    const rollout = this.#present();
    const { uid, resourceVersion } = rollout.version;
    const isSame = uid === seen.version.uid && resourceVersion === seen.version.resourceVersion;
    const target = seen.revisions.find(({ object }) => object.uid === targetUid);
    if (!isSame) return fail({ reason: "conflict" });
    if (target === undefined) return fail({ reason: "refused", detail: "no such revision" });
    const { template, revision } = target;
    const annotations = restoredAnnotations(seen, target, mark);
    // As it is read before the controller has done anything: the target's own number still.
    this.change({ template, annotations, current: { uid: targetUid, revision } });
    const written = this.#present();
    if (this.isPrompt) this.reconcile();
    return ok(written);
  }

  #present(): RolloutReading {
    if (this.rollout === undefined) throw new Error("There is no workload.");
    return this.rollout;
  }
}

const next = ({ version }: RolloutReading): string => String(Number(version.resourceVersion) + 1);

const renumbered = (
  { annotations }: RolloutReading,
  own: RolloutRevision,
  revision: number,
): RolloutRevision => {
  const mark = readMark(annotations);
  const was = [...own.was, own.revision];
  return { ...own, revision, was, annotations, ...(mark === undefined ? {} : { mark }) };
};
