import type { BranchName } from "../domain/branch.ts";
import { recommendUndo } from "../domain/recommendUndo.ts";
import type { Result } from "../domain/result.ts";
import {
  rolloutClues,
  rolloutEntries,
  type KnownCommit,
  type RolloutEntry,
} from "../domain/rolloutEntries.ts";
import type { RolloutReading, RolloutRevision, WorkloadSight } from "../domain/rollouts.ts";
import { rolloutStatus, type RolloutStatus } from "../domain/rolloutStatus.ts";
import { HOUR_MS, SECOND_MS, type DurationMs, type EpochMs } from "../domain/time.ts";
import { CommitLookup, type FetchError } from "./commitLookup.ts";
import { Emitter, type Disposable, type Listen } from "./emitter.ts";
import { GradedCommits } from "./gradedCommits.ts";
import { historyFacts } from "./historyFacts.ts";
import { HistoryLeases } from "./historyLeases.ts";
import type { Clock, ClusterWatches, Log, Watch } from "./ports.ts";
import type { CommitHistory, HoldStore } from "./rollbackPorts.ts";
import type { WorkloadWatches } from "./rolloutPorts.ts";
import type { RolloutSnapshot } from "./rolloutSnapshot.ts";
import { Steps } from "./steps.ts";
import type { RolloutSubject } from "./undoOutcome.ts";

export interface RolloutHistoryServices {
  readonly watches: ClusterWatches & WorkloadWatches;
  readonly holds: HoldStore;
  /** Undefined where there is no repository to look commits up in. */
  commits(signal: AbortSignal): Promise<CommitHistory | undefined>;
  readonly defaultBranch: BranchName;
  readonly clock: Clock;
  readonly log: Log;
}

/** A hold and a fetch by hand may come without an event; while somebody looks, we look too. */
const LOOK_MS: DurationMs = 30 * SECOND_MS;

/**
 * The live model of one workload's rollouts: its revisions and pods by a watch, joined with the commits that they are
 * of. Fires only when something that is shown has changed.
 */
export class RolloutHistory implements Disposable {
  readonly #services: RolloutHistoryServices;
  readonly #subject: RolloutSubject;
  readonly #changes = new Emitter<void>({
    begin: () => {
      this.#lookLater();
    },
    end: () => {
      this.#nextLook?.dispose();
    },
  });
  readonly #steps: Steps;
  readonly #watch: Watch<WorkloadSight>;
  readonly #listening: Disposable;
  readonly #commits: CommitLookup;
  readonly #graded: GradedCommits<RolloutRevision>;
  /** Only what stands in devdeploy.json has Leases. */
  readonly #leases: HistoryLeases | undefined;
  #snapshot: RolloutSnapshot;
  #shown = "";
  #hasBegun = false;
  /** Since when a spec has been waiting for the controller to see it. */
  #unobserved: { readonly generation: number; readonly since: EpochMs } | undefined;
  #turn: Disposable | undefined;
  #nextLook: Disposable | undefined;

  constructor(services: RolloutHistoryServices, subject: RolloutSubject) {
    const step = (): void => {
      this.#steps.soon();
    };
    const { workload, place } = subject;
    this.#services = services;
    this.#subject = subject;
    this.#snapshot = nothingYet(subject);
    this.#steps = new Steps(services.clock, () => {
      this.#update();
    });
    this.#watch = services.watches.workload(workload);
    this.#commits = new CommitLookup(services, step);
    this.#graded = new GradedCommits(this.#commits, (revision) => rolloutClues(revision, subject.container));
    this.#leases = place && new HistoryLeases(services, { ...place, context: workload.context }, step);
    this.#listening = this.#watch.onChange(({ liveness }) => {
      // The first rows, and whether they can be trusted, are not to wait for a step.
      if (liveness.kind === this.#snapshot.liveness.kind) step();
      else this.#steps.now();
    });
    this.#steps.now();
  }

  /** Always whole, and as current as its liveness says. */
  get current(): RolloutSnapshot {
    return this.#snapshot;
  }

  /** While anybody listens, what comes without an event is looked at from time to time. */
  readonly onChange: Listen<void> = this.#changes.event;

  /** Reads everything again at once. */
  relist(): void {
    this.#watch.relist();
    if (this.#hasBegun) this.#leases?.relist();
    this.#commits.reopen();
    void this.#commits.again(this.#snapshot.missingCommits);
  }

  /** Fetches commits that rows name and the clone has not got; whether none of them is missing any more. */
  fetchCommits(signal: AbortSignal): Promise<Result<boolean, FetchError>> {
    return this.#commits.fetch(this.#snapshot.missingCommits, signal);
  }

  dispose(): void {
    for (const each of [this.#steps, this.#turn, this.#nextLook, this.#leases]) each?.dispose();
    for (const each of [this.#listening, this.#watch, this.#commits, this.#changes]) each.dispose();
  }

  #update(): void {
    this.#snapshot = this.#look();
    this.#begin();
    this.#scheduleTurn();
    const shown = JSON.stringify({ ...this.#snapshot, subject: undefined }, shownOnly);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changes.fire();
  }

  /** Nothing else is asked of the cluster before it has told the rows: each further connection would delay them. */
  #begin(): void {
    if (this.#hasBegun || this.#watch.current.liveness.kind === "connecting") return;
    this.#hasBegun = true;
    this.#leases?.open();
  }

  #look(): RolloutSnapshot {
    const { liveness, items } = this.#watch.current;
    const sight = items.get(this.#subject.workload.name);
    const isLive = liveness.kind === "live";
    const entries = sight === undefined ? [] : this.#entries(sight.rollout);
    const isKnown = isLive && sight !== undefined;
    return {
      subject: this.#subject,
      liveness,
      ...(sight === undefined ? {} : { workload: sight.rollout }),
      isAbsent: isLive && sight === undefined,
      entries,
      // What is shown may be old: nothing is said of how it stands, and nothing is recommended.
      status: isKnown ? this.#status(sight) : { kind: "reading" },
      recommendation: isKnown ? recommendUndo(sight.rollout, entries) : { kind: "reading" },
      pods: sight?.pods ?? [],
      ...(sight?.now.readyOfAll === undefined ? {} : { readyOfAll: sight.now.readyOfAll }),
      ...historyFacts(
        this.#leases,
        this.#commits,
        entries.flatMap(({ match }) => match ?? []),
      ),
    };
  }

  #entries(rollout: RolloutReading): readonly RolloutEntry[] {
    return rolloutEntries(rollout, (revision) => this.#commitOf(revision));
  }

  #commitOf(revision: RolloutRevision): KnownCommit {
    const match = this.#graded.of(revision);
    const commit = match?.kind === "exact" ? this.#commits.facts(match.commit) : undefined;
    return { match, ...(commit === undefined ? {} : { commit }) };
  }

  #status(sight: WorkloadSight): RolloutStatus {
    const status = rolloutStatus(sight);
    if (status.kind !== "not-observed") {
      this.#unobserved = undefined;
      return status;
    }
    const { generation } = sight.rollout;
    if (this.#unobserved?.generation !== generation) {
      this.#unobserved = { generation, since: this.#services.clock.now() };
    }
    return { ...status, since: this.#unobserved.since };
  }

  /** A dead operation fades without any event. */
  #scheduleTurn(): void {
    this.#turn?.dispose();
    this.#turn = undefined;
    const next = this.#leases?.nextFading() ?? Infinity;
    if (next <= 0 || next === Infinity) return;
    this.#turn = this.#services.clock.after(Math.min(next, HOUR_MS), () => {
      this.#steps.now();
    });
  }

  #lookLater(): void {
    this.#nextLook?.dispose();
    this.#nextLook = this.#services.clock.after(LOOK_MS, () => {
      this.#leases?.again();
      void this.#commits.again(this.#snapshot.missingCommits);
      this.#lookLater();
    });
  }
}

const nothingYet = (subject: RolloutSubject): RolloutSnapshot => ({
  subject,
  liveness: { kind: "connecting" },
  isAbsent: false,
  entries: [],
  status: { kind: "reading" },
  recommendation: { kind: "reading" },
  pods: [],
  missingCommits: [],
});

/**
 * For JSON.stringify: a template is told by its revision's hash, and versions and signs of life change with every look
 * at something that has not changed.
 */
function shownOnly(key: string, value: unknown): unknown {
  return key === "template" || key === "resourceVersion" || key === "verifiedAt" ? undefined : value;
}
