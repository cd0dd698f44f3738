import type { BranchName } from "../domain/branch.ts";
import type { Liveness } from "../domain/cluster.ts";
import { cluesOf } from "../domain/commitClues.ts";
import { historyEntries, type KnownRevision } from "../domain/historyEntries.ts";
import type { RecordState, WhatRuns } from "../domain/history.ts";
import { historyWarnings, pendingRelease, stuckRelease } from "../domain/historyWarnings.ts";
import { recommend } from "../domain/recommend.ts";
import { isPending, type Revision, type RevisionLabel } from "../domain/release.ts";
import type { Result } from "../domain/result.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type DurationMs } from "../domain/time.ts";
import { runCandidates } from "../domain/whatRuns.ts";
import { CommitLookup, type FetchError } from "./commitLookup.ts";
import { Emitter, type Disposable, type Listen } from "./emitter.ts";
import { GradedCommits } from "./gradedCommits.ts";
import { historyFacts } from "./historyFacts.ts";
import { HistoryLeases } from "./historyLeases.ts";
import { detailOf, HistoryRecords } from "./historyRecords.ts";
import type { HistorySnapshot } from "./historySnapshot.ts";
import { LiveImages } from "./liveImages.ts";
import type { Clock, ClusterWatches, Log, Watch } from "./ports.ts";
import type { RollbackSubject } from "./rollbackOutcome.ts";
import type { CommitHistory, HoldStore, LiveObjects, ReleaseHistoryStore } from "./rollbackPorts.ts";
import { Steps } from "./steps.ts";

export type { FetchError } from "./commitLookup.ts";

export interface HistoryServices {
  readonly watches: ClusterWatches;
  readonly history: ReleaseHistoryStore;
  readonly live: LiveObjects;
  readonly holds: HoldStore;
  /** Undefined where there is no repository to look commits up in. */
  commits(signal: AbortSignal): Promise<CommitHistory | undefined>;
  readonly defaultBranch: BranchName;
  readonly clock: Clock;
  readonly log: Log;
}

/** Changes of images by others come with no event; while somebody looks, we look too. */
const LOOK_MS: DurationMs = 30 * SECOND_MS;
/** While helm works, the images change at a moment that no event tells. */
const LOOK_AT_WORK_MS: DurationMs = 3 * SECOND_MS;

/**
 * The live model of one release's history: revisions by the watch's labels at once, joined with their records and
 * commits as these are read, and with what runs. Fires only when something that is shown has changed.
 */
export class ReleaseHistory implements Disposable {
  readonly #services: HistoryServices;
  readonly #subject: RollbackSubject;
  readonly #changes = new Emitter<void>({
    begin: () => {
      this.#live.again();
      this.#lookLater();
    },
    end: () => {
      this.#nextLook?.dispose();
    },
  });
  readonly #closed = new AbortController();
  readonly #steps: Steps;
  readonly #watch: Watch<readonly RevisionLabel[]>;
  readonly #listening: Disposable;
  readonly #records: HistoryRecords;
  readonly #commits: CommitLookup;
  readonly #graded: GradedCommits<Revision>;
  readonly #live: LiveImages;
  readonly #leases: HistoryLeases;
  #snapshot: HistorySnapshot;
  #shown = "";
  /** What of the watch the snapshot was made of. */
  #items: ReadonlyMap<string, unknown> | undefined;
  #serverOffset: DurationMs | undefined;
  #hasBegun = false;
  #hasHelm2 = false;
  #isAtWork = false;
  #turn: Disposable | undefined;
  #nextLook: Disposable | undefined;

  constructor(services: HistoryServices, subject: RollbackSubject) {
    const { release } = subject;
    const step = (): void => {
      this.#steps.soon();
    };
    this.#services = services;
    this.#steps = new Steps(services.clock, () => {
      this.#update();
    });
    this.#subject = subject;
    this.#watch = services.watches.releases(release.context, release.namespace);
    this.#records = new HistoryRecords(services, release, step);
    this.#commits = new CommitLookup(services, step);
    this.#graded = new GradedCommits(this.#commits, (revision) =>
      cluesOf(revision, subject.driver.container),
    );
    this.#live = new LiveImages(services.live, release, () => {
      this.#steps.now();
    });
    this.#snapshot = nothingYet(subject);
    const { context } = subject.driver;
    this.#leases = new HistoryLeases(services, { ...subject, context }, step);
    this.#listening = this.#watch.onChange(() => {
      if (!this.#isSignOfLife()) this.#steps.now();
    });
    this.#steps.now();
  }

  /** Always whole, and as current as its liveness says. */
  get current(): HistorySnapshot {
    return this.#snapshot;
  }

  /** While anybody listens, the images of the workloads are looked at from time to time. */
  readonly onChange: Listen<void> = this.#changes.event;

  /** Reads everything again at once. */
  relist(): void {
    this.#watch.relist();
    if (this.#hasBegun) this.#leases.relist();
    this.#records.again();
    this.#live.again();
    this.#commits.reopen();
    void this.#commits.again(this.#snapshot.missingCommits);
    void this.#lookForHelm2();
  }

  /** Fetches commits that rows name and the clone has not got; whether none of them is missing any more. */
  fetchCommits(signal: AbortSignal): Promise<Result<boolean, FetchError>> {
    return this.#commits.fetch(this.#snapshot.missingCommits, signal);
  }

  dispose(): void {
    this.#closed.abort();
    for (const each of [this.#steps, this.#turn, this.#nextLook]) each?.dispose();
    this.#listening.dispose();
    for (const each of [this.#watch, this.#records, this.#commits, this.#live, this.#leases]) each.dispose();
    this.#changes.dispose();
  }

  /** Nothing else is asked of the cluster before it has told the rows: each further connection would delay them. */
  #begin(): void {
    if (this.#hasBegun || this.#watch.current.liveness.kind === "connecting") return;
    this.#hasBegun = true;
    this.#leases.open();
    void this.#lookForHelm2();
  }

  async #lookForHelm2(): Promise<void> {
    const listing = await this.#services.history.list(this.#subject.release, this.#closed.signal);
    if (!listing.ok || this.#closed.signal.aborted) return;
    this.#hasHelm2 = listing.value.hasHelm2;
    this.#steps.soon();
  }

  /** The watch was heard, and has nothing new: only the liveness is newer. */
  #isSignOfLife(): boolean {
    const { items, liveness, serverOffset } = this.#watch.current;
    const isSame = items === this.#items && serverOffset === this.#serverOffset;
    if (!isSame || liveness.kind !== "live" || this.#snapshot.liveness.kind !== "live") return false;
    this.#snapshot = { ...this.#snapshot, liveness };
    return true;
  }

  #update(): void {
    this.#snapshot = this.#look();
    this.#begin();
    this.#scheduleTurn();
    if (this.#changes.hasListeners && this.#isAtWork !== isAtWork(this.#snapshot)) this.#lookLater();
    const shown = JSON.stringify({ ...this.#snapshot, subject: undefined }, shownOnly);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changes.fire();
  }

  #look(): HistorySnapshot {
    const { liveness, items, serverOffset } = this.#watch.current;
    this.#items = items;
    this.#serverOffset = serverOffset;
    const labels = items.get(this.#subject.release.release) ?? [];
    const own = ownRecords(labels);
    this.#records.follow(own);
    const entries = historyEntries(own.map((label) => this.#known(label)));
    // Judged whatever the liveness, so that the cluster has answered by the time that it is live.
    const judged = this.#live.of(runCandidates(entries));
    const runs = liveness.kind === "live" ? judged : notLive(liveness);
    const stuck =
      this.#leases.operation === undefined
        ? stuckRelease(entries, this.#timeout(), this.#serverNow())
        : undefined;
    return {
      subject: this.#subject,
      liveness,
      entries,
      runs,
      recommendation: liveness.kind === "live" ? recommend(entries, runs) : { kind: "reading" },
      warnings: historyWarnings(entries, labels, this.#hasHelm2),
      ...(stuck === undefined ? {} : { stuck }),
      ...historyFacts(
        this.#leases,
        this.#commits,
        entries.flatMap(({ record }) => (record.kind === "read" ? [record.match] : [])),
      ),
    };
  }

  #known(label: RevisionLabel): KnownRevision {
    const found = this.#records.of(label);
    if (found.kind !== "read") return { label, record: found, isRecordCurrent: false };
    const { revision, isCurrent } = found;
    const match = this.#graded.of(revision);
    const record: RecordState = match === undefined ? { kind: "reading" } : { kind: "read", revision, match };
    const commit = match?.kind === "exact" ? this.#commits.facts(match.commit) : undefined;
    return { label, record, isRecordCurrent: isCurrent, ...(commit === undefined ? {} : { commit }) };
  }

  #timeout(): DurationMs {
    return this.#subject.driver.timeoutMinutes * MINUTE_MS;
  }

  #serverNow(): number {
    return this.#services.clock.now() + (this.#watch.current.serverOffset ?? 0);
  }

  /** A pending release becomes a stuck one, and a dead operation fades, without any event. */
  #scheduleTurn(): void {
    this.#turn?.dispose();
    this.#turn = undefined;
    const pending = pendingRelease(this.#snapshot.entries, this.#timeout());
    const free = pending === undefined ? Infinity : pending.freeAt - this.#serverNow();
    const next = Math.min(...[free, this.#leases.nextFading()].filter((wait) => wait > 0));
    if (next === Infinity) return;
    this.#turn = this.#services.clock.after(Math.min(next, HOUR_MS), () => {
      this.#steps.now();
    });
  }

  #lookLater(): void {
    this.#nextLook?.dispose();
    this.#isAtWork = isAtWork(this.#snapshot);
    this.#nextLook = this.#services.clock.after(this.#isAtWork ? LOOK_AT_WORK_MS : LOOK_MS, () => {
      this.#live.again();
      this.#leases.again();
      void this.#commits.again(this.#snapshot.missingCommits);
      this.#lookLater();
    });
  }
}

const nothingYet = (subject: RollbackSubject): HistorySnapshot => ({
  subject,
  liveness: { kind: "connecting" },
  entries: [],
  runs: { kind: "reading" },
  recommendation: { kind: "reading" },
  warnings: [],
  missingCommits: [],
});

const isAtWork = ({ entries: [newest] }: HistorySnapshot): boolean =>
  newest !== undefined && isPending(newest.status);

const notLive = (liveness: Exclude<Liveness, { readonly kind: "live" }>): WhatRuns =>
  liveness.kind === "stale"
    ? { kind: "unknown", detail: detailOf(liveness.error), error: liveness.error }
    : { kind: "reading" };

/** One record for each revision, all of the driver that has the newest: a number must not stand for two. */
function ownRecords(labels: readonly RevisionLabel[]): readonly RevisionLabel[] {
  const own = new Map<number, RevisionLabel>();
  for (const label of labels) {
    if (label.driver === labels[0]?.driver && !own.has(label.revision)) own.set(label.revision, label);
  }
  return [...own.values()];
}

/**
 * For JSON.stringify: a record is told by its version, and what changes with time alone (the last sign of life, an
 * age) is shown on demand.
 */
function shownOnly(key: string, value: unknown): unknown {
  if (key === "verifiedAt" || key === "age") return undefined;
  if (key === "revision" && typeof value === "object" && value !== null && "version" in value) {
    return value.version;
  }
  return value;
}
