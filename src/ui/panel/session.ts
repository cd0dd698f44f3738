import type { Disposable } from "../../app/emitter.ts";
import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import type { RollbackReview, RollbackSubject } from "../../app/rollbackOutcome.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import type { Person } from "../../domain/person.ts";
import type { PanelMemory } from "../../protocol/panel.ts";
import { notChoosable } from "../messages/revisionRow.ts";
import type { NotBegun } from "../messages/rollbackAlert.ts";
import { absentView } from "./absentView.ts";
import type { Deed } from "./deeds.ts";
import { FollowedHistory, type Attached } from "./followedHistory.ts";
import { followUp, newestOf } from "./followUp.ts";
import type { SideState } from "./model.ts";
import { PanelSide } from "./panelSide.ts";
import { runRemoval } from "./removal.ts";
import { runRollback, type PanelServices } from "./runRollback.ts";
import { panelView, type ShownPanel } from "./view.ts";

/** Does what a button says, where that leads out of the panel. */
export type PerformDeed = (deed: Outward, session: PanelSession) => Promise<void>;

/** Deeds that change what the panel itself is about are the session's own. */
export type Outward = Exclude<
  Deed,
  { readonly kind: "choose" | "review-again" | "why" | "remove" | "refresh" | "stop-watching" }
>;

/**
 * What one panel is about and how far its person is. It holds the truth; what is drawn from it may come and go. The
 * runs themselves belong to the window and outlive it.
 */
export class PanelSession implements Disposable {
  readonly #side = new PanelSide<SideState>({ kind: "nothing" });
  readonly #services: PanelServices;
  readonly #perform: PerformDeed;
  readonly #followed: FollowedHistory;
  readonly #owned: readonly Disposable[];
  readonly about: Pick<PanelMemory, "folder" | "subject" | "target">;
  #chosen: number | undefined;
  #isByHand = false;
  #reviewedAt = "";
  #by: Person | undefined;
  #wasLive = false;

  readonly onChange = this.#side.onChange;

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
    const side = this.#side.current;
    return side.kind === "review" ? side.review : undefined;
  }

  /** Draws it as of now. */
  get shown(): ShownPanel {
    const { clock, runs, language } = this.#services;
    const { place } = this.#followed;
    if (place.kind === "absent") {
      return { view: absentView(this.about, place.why, language), deeds: new Map() };
    }
    const { pods } = this.#followed;
    return panelView({
      snapshot: place.history.current,
      chosen: this.#chosen,
      side: this.#side.current,
      run: runs.of(place.subject.release),
      ...(pods === undefined ? {} : { pods }),
      isFetching: this.#side.isFetching,
      now: clock.now(),
      language,
    });
  }

  /** Chooses the row's revision; one that cannot be a target is not chosen. */
  choose(revision: number): void {
    const snapshot = this.#followed.snapshot;
    const entry = snapshot?.entries.find(({ label }) => label.revision === revision);
    if (entry === undefined || notChoosable(entry, false) !== undefined) return;
    const { kind } = this.#side.current;
    const isShown = this.#chosen === revision && (kind === "review" || kind === "reading");
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
      case "remove":
        return this.#askToRemove(attached);
      case "refresh":
        attached.history.relist();
        return;
      case "stop-watching":
        this.#services.runs.stop(attached.subject.release);
        return;
      case "fetch-commits":
        return this.#side.fetch(() => this.#perform(deed, this));
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
    const side = this.#side.current;
    const by = this.#by;
    const { confirm } = this.shown.view.side;
    if (attached === undefined || by === undefined || this.#run !== undefined) return false;
    if (confirm?.review !== confirmation || confirm.button.isDisabled === true) return false;
    if (confirm.typing !== undefined && confirm.typing.expected !== typed) return false;
    if (side.kind === "removal") {
      const { stuck } = side;
      await runRemoval(attached, { stuck, by, typed }, (next) => {
        this.#side.set(next);
      });
      return true;
    }
    if (side.kind !== "review") return false;
    const { review, alert } = side;
    const end = await runRollback(this.#services, {
      connection: attached.connection,
      request: { review, by, typed, withoutLease: alert?.kind === "no-lease" },
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
    if (this.#side.isOver) return;
    if (alert.kind === "stale" && alert.why !== "target-gone") {
      void this.#reviewTo(review.to.revision, alert);
      return;
    }
    this.#side.set({ kind: "review", review, alert });
  }

  #look(): void {
    const snapshot = this.#followed.snapshot;
    if (snapshot !== undefined) this.#lookAtRun(snapshot);
    this.#followed.followPods(
      this.subject !== undefined && this.#services.runs.isRunning(this.subject.release),
    );
    if (snapshot !== undefined && this.#run === undefined) this.#follow(snapshot);
    this.#side.redraw();
  }

  /** A panel that is opened anew shows how the last run ended only until something came after it. */
  #lookAtRun({ hold, liveness, entries, subject: { release } }: HistorySnapshot): void {
    const { runs } = this.#services;
    if (hold !== undefined) runs.sawHold(release);
    if (this.#wasLive || liveness.kind !== "live") return;
    this.#wasLive = true;
    const run = runs.of(release);
    const [newest] = entries;
    if (run !== undefined && newest !== undefined && newest.label.revision > run.order.revision) {
      runs.dismiss(release);
    }
  }

  #follow(snapshot: HistorySnapshot): void {
    const next = followUp(snapshot, {
      chosen: this.#chosen,
      isByHand: this.#isByHand,
      side: this.#side.current,
      reviewedAt: this.#reviewedAt,
    });
    switch (next.kind) {
      case "nothing":
        return;
      case "review":
        void this.#reviewTo(next.to, next.alert);
        return;
      case "forget":
        this.#chosen = undefined;
        this.#isByHand = false;
        this.#follow(snapshot);
    }
  }

  async #reviewTo(to: number, alert?: NotBegun): Promise<void> {
    const { attached } = this;
    if (attached === undefined || !this.#mayTurnTo(attached.subject)) return;
    const reviewing = this.#side.ask();
    const snapshot = attached.history.current;
    this.#reviewedAt = newestOf(snapshot);
    this.#chosen = to;
    this.#side.set({ kind: "reading", to });
    const isOver = (): boolean => reviewing.aborted;
    const by = await this.#followed.person(reviewing);
    if (isOver()) return;
    if (by === undefined) {
      this.#side.set({ kind: "unreviewed", to, error: { reason: "not-known-who" } });
      return;
    }
    this.#by = by;
    const { subject, connection, folder } = attached;
    const migrations = folder.team?.migrations ?? [];
    const answer = await connection.rollback.review({ subject, snapshot, to, by, migrations }, reviewing);
    if (isOver()) return;
    if (!answer.ok) {
      this.#side.set({ kind: "unreviewed", to, error: answer.error });
      return;
    }
    this.#side.set({ kind: "review", review: answer.value, ...(alert === undefined ? {} : { alert }) });
  }

  async #askToRemove({ history, subject }: Attached): Promise<void> {
    const { stuck } = history.current;
    if (stuck === undefined || !this.#mayTurnTo(subject)) return;
    const asking = this.#side.ask();
    this.#by = await this.#followed.person(asking);
    if (asking.aborted) return;
    this.#side.set(
      this.#by === undefined
        ? { kind: "unreviewed", to: stuck.revision, error: { reason: "not-known-who" } }
        : { kind: "removal", stuck, step: "asked" },
    );
  }

  /** Nothing takes the place of what is under way; what has ended is put away. */
  #mayTurnTo({ release }: RollbackSubject): boolean {
    const { runs } = this.#services;
    const side = this.#side.current;
    const isRemoving = side.kind === "removal" && side.step === "running";
    if (isRemoving || runs.isRunning(release)) return false;
    runs.dismiss(release);
    return true;
  }

  async #explain({ connection, subject }: Attached, revision: number): Promise<void> {
    if (!this.#mayTurnTo(subject)) return;
    const explaining = this.#side.ask();
    this.#side.set({ kind: "why", revision });
    const diagnosis: Diagnosis = await connection.rollback.diagnose(subject, revision, explaining);
    if (!explaining.aborted) this.#side.set({ kind: "why", revision, diagnosis });
  }

  dispose(): void {
    this.#side.dispose();
    for (const one of this.#owned) one.dispose();
  }
}
