import { Emitter, type Disposable } from "../../app/emitter.ts";
import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import type { RollbackReview, RollbackSubject } from "../../app/rollbackOutcome.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import type { Person } from "../../domain/person.ts";
import type { PanelMemory } from "../../protocol/panel.ts";
import { notChoosable } from "../messages/history.ts";
import type { NotBegun } from "../messages/rollbackAlert.ts";
import { absentView } from "./absentView.ts";
import type { Deed } from "./deeds.ts";
import { FollowedHistory, type Attached } from "./followedHistory.ts";
import type { SideState } from "./model.ts";
import { confirmationOf } from "./reviewView.ts";
import { runRollback, type PanelServices } from "./runRollback.ts";
import { panelView, type ShownPanel } from "./view.ts";

/** Does what a button says, where that leads out of the panel. */
export type PerformDeed = (deed: Outward, session: PanelSession) => Promise<void>;

/** Deeds that change what the panel itself is about are the session's own. */
export type Outward = Exclude<
  Deed,
  { readonly kind: "choose" | "review-again" | "why" | "refresh" | "stop-watching" }
>;

/**
 * What one panel is about and how far its person is. It holds the truth; what is drawn from it may come and go. The
 * runs themselves belong to the window and outlive it.
 */
export class PanelSession implements Disposable {
  readonly #services: PanelServices;
  readonly #perform: PerformDeed;
  readonly #changes = new Emitter<void>();
  readonly #followed: FollowedHistory;
  readonly #owned: readonly Disposable[];
  readonly about: Pick<PanelMemory, "folder" | "subject" | "target">;
  #side: SideState = { kind: "nothing" };
  #chosen: number | undefined;
  /** Somebody pressed it: what is recommended meanwhile does not change it. */
  #isByHand = false;
  #reviewing: AbortController | undefined;
  /** The newest record when the last review was begun. */
  #reviewedAt = "";
  #by: Person | undefined;
  #isFetching = false;
  #isOver = false;

  readonly onChange = this.#changes.event;

  constructor(services: PanelServices, memory: PanelMemory, perform: PerformDeed) {
    const { folder, subject, target, chosen } = memory;
    this.#services = services;
    this.#perform = perform;
    this.about = { folder, subject, target };
    this.#chosen = chosen;
    this.#isByHand = chosen !== undefined;
    this.#followed = new FollowedHistory(services, this.about);
    this.#owned = [
      this.#followed,
      this.#followed.onChange(() => {
        this.#look();
      }),
      services.runs.onChange(() => {
        this.#look();
      }),
    ];
  }

  get attached(): Attached | undefined {
    const { place } = this.#followed;
    return place.kind === "attached" ? place : undefined;
  }

  get subject(): RollbackSubject | undefined {
    return this.attached?.subject;
  }

  /** The review that stands there. */
  get review(): RollbackReview | undefined {
    return this.#side.kind === "review" ? this.#side.review : undefined;
  }

  /** Draws it as of now. */
  get shown(): ShownPanel {
    const { clock, runs, language } = this.#services;
    const { place } = this.#followed;
    if (place.kind === "absent") {
      return { view: absentView(this.about, place.why, language), deeds: new Map() };
    }
    return panelView({
      snapshot: place.history.current,
      chosen: this.#chosen,
      side: this.#side,
      run: runs.of(place.subject.release),
      isFetching: this.#isFetching,
      now: clock.now(),
      language,
    });
  }

  /** Chooses the row's revision; one that cannot be a target is not chosen. */
  choose(revision: number): void {
    const snapshot = this.#followed.snapshot;
    const entry = snapshot?.entries.find(({ label }) => label.revision === revision);
    if (entry === undefined || notChoosable(entry, false) !== undefined) return;
    const isShown =
      this.#chosen === revision && (this.#side.kind === "review" || this.#side.kind === "reading");
    if (isShown && this.#run === undefined) return;
    this.#isByHand = true;
    void this.#reviewTo(revision);
  }

  async act(deed: Deed): Promise<void> {
    const { attached } = this;
    if (attached === undefined) return;
    switch (deed.kind) {
      case "choose":
        this.choose(deed.revision);
        return;
      case "review-again":
        return this.#reviewTo(deed.revision);
      case "why":
        return this.#explain(attached, deed.revision);
      case "refresh":
        attached.history.relist();
        return;
      case "stop-watching":
        this.#services.runs.stop(attached.subject.release);
        return;
      case "fetch-commits":
        return this.#fetch(deed);
      default:
        return this.#perform(deed, this);
    }
  }

  /**
   * The confirming button. It counts for the review that stands there and only while nothing runs, so that a second
   * press, or one that comes late, does nothing. Answers whether a rollback was begun.
   */
  async confirm(confirmation: string, typed: string): Promise<boolean> {
    const { attached } = this;
    const side = this.#side;
    const by = this.#by;
    if (attached === undefined || by === undefined || side.kind !== "review") return false;
    if (this.#run !== undefined || confirmationOf(side.review, side.alert) !== confirmation) return false;
    const { confirm } = this.shown.view.side;
    if (confirm === undefined || confirm.button.isDisabled === true) return false;
    if (confirm.typing !== undefined && confirm.typing.expected !== typed) return false;
    const { review } = side;
    const withoutLease = side.alert?.kind === "no-lease";
    const end = await runRollback(this.#services, {
      connection: attached.connection,
      request: { review, by, typed, withoutLease },
    });
    if (end !== undefined) this.#notBegun(review, end);
    return true;
  }

  get #run(): unknown {
    const { subject } = this;
    return subject === undefined ? undefined : this.#services.runs.of(subject.release);
  }

  /** Nothing was done: the review stands there again, or a fresh one, with the reason. */
  #notBegun(review: RollbackReview, alert: NotBegun): void {
    if (this.#isOver) return;
    if (alert.kind === "stale" && alert.why !== "target-gone") {
      void this.#reviewTo(review.to.revision, alert);
      return;
    }
    this.#set({ kind: "review", review, alert });
  }

  /** The history has changed: the recommendation may be another, and a review may be of yesterday. */
  #look(): void {
    const snapshot = this.#followed.snapshot;
    if (snapshot?.liveness.kind === "live" && this.#run === undefined) this.#follow(snapshot);
    this.#changes.fire();
  }

  #follow(snapshot: HistorySnapshot): void {
    const { recommendation } = snapshot;
    if (!this.#isByHand && recommendation.kind === "revision" && recommendation.revision !== this.#chosen) {
      void this.#reviewTo(recommendation.revision);
      return;
    }
    const newest = newestOf(snapshot);
    if (this.#chosen === undefined || newest === this.#reviewedAt) return;
    if (this.#side.kind === "nothing") {
      // Remembered across a reload: its record has to be there first.
      this.#reviewOnceRead(snapshot, this.#chosen);
      return;
    }
    if (this.#side.kind === "review" && newest !== seenBy(this.#side.review)) {
      const { label } = snapshot.entries[0] ?? {};
      const isNewer = label !== undefined && label.revision > this.#side.review.seen.newest;
      const alert: NotBegun = isNewer
        ? { kind: "stale", why: "newer", newest: label.revision }
        : { kind: "stale", why: "changed" };
      void this.#reviewTo(this.#chosen, alert);
    }
  }

  #reviewOnceRead({ entries, recommendation }: HistorySnapshot, chosen: number): void {
    const entry = entries.find(({ label }) => label.revision === chosen);
    if (entry?.record.kind === "reading") return;
    if (entry !== undefined && notChoosable(entry, false) === undefined) {
      void this.#reviewTo(chosen);
      return;
    }
    this.#isByHand = false;
    this.#chosen = undefined;
    if (recommendation.kind === "revision") void this.#reviewTo(recommendation.revision);
  }

  async #reviewTo(to: number, alert?: NotBegun): Promise<void> {
    const { attached } = this;
    if (attached === undefined || this.#isRunning(attached.subject)) return;
    this.#reviewing?.abort();
    const reviewing = new AbortController();
    this.#reviewing = reviewing;
    this.#services.runs.dismiss(attached.subject.release);
    const snapshot = attached.history.current;
    this.#reviewedAt = newestOf(snapshot);
    this.#chosen = to;
    this.#set({ kind: "reading", to });
    const isOver = (): boolean => reviewing.signal.aborted;
    const by = await this.#followed.person(reviewing.signal);
    if (isOver()) return;
    if (by === undefined) {
      this.#set({ kind: "unreviewed", to, error: { reason: "not-known-who" } });
      return;
    }
    this.#by = by;
    const { subject, connection, folder } = attached;
    const migrations = folder.team?.migrations ?? [];
    const answer = await connection.rollback.review(
      { subject, snapshot, to, by, migrations },
      reviewing.signal,
    );
    if (isOver()) return;
    if (!answer.ok) {
      this.#set({ kind: "unreviewed", to, error: answer.error });
      return;
    }
    this.#set({ kind: "review", review: answer.value, ...(alert === undefined ? {} : { alert }) });
  }

  async #explain({ connection, subject }: Attached, revision: number): Promise<void> {
    this.#reviewing?.abort();
    const explaining = new AbortController();
    this.#reviewing = explaining;
    this.#set({ kind: "why", revision });
    const diagnosis: Diagnosis = await connection.rollback.diagnose(subject, revision, explaining.signal);
    if (!explaining.signal.aborted) this.#set({ kind: "why", revision, diagnosis });
  }

  async #fetch(deed: Outward): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    this.#changes.fire();
    try {
      await this.#perform(deed, this);
    } finally {
      this.#isFetching = false;
      this.#changes.fire();
    }
  }

  #isRunning(subject: RollbackSubject): boolean {
    return this.#services.runs.isRunning(subject.release);
  }

  #set(side: SideState): void {
    if (this.#isOver) return;
    this.#side = side;
    this.#changes.fire();
  }

  dispose(): void {
    this.#isOver = true;
    this.#reviewing?.abort();
    for (const one of this.#owned) one.dispose();
    this.#changes.dispose();
  }
}

/** The newest record as the list knows it: what a review is of. */
function newestOf({ entries }: HistorySnapshot): string {
  const [newest] = entries;
  if (newest === undefined) return "";
  const { revision, version } = newest.label;
  return JSON.stringify([revision, version.uid, version.resourceVersion]);
}

const seenBy = ({ seen }: RollbackReview): string =>
  JSON.stringify([seen.newest, seen.version.uid, seen.version.resourceVersion]);
