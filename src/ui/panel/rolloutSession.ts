import type { Disposable } from "../../app/emitter.ts";
import { rollbackSubjects } from "../../app/rollbackSubjects.ts";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { RolloutSnapshot } from "../../app/rolloutSnapshot.ts";
import type { UndoReview } from "../../app/undoOutcome.ts";
import type { Person } from "../../domain/person.ts";
import type { PanelMemory } from "../../protocol/panel.ts";
import type { UndoNotBegun } from "../messages/rolloutAlert.ts";
import type { Deed } from "./deeds.ts";
import { PanelSide } from "./panelSide.ts";
import { aboutWorkload } from "./rolloutAbout.ts";
import { rolloutAbsentView } from "./rolloutAbsentView.ts";
import { RolloutFollowed, type AttachedRollouts, type RolloutAbout } from "./rolloutFollowed.ts";
import { targetOf, undoFollowUp, versionOf } from "./rolloutFollowUp.ts";
import type { RolloutModel, RolloutSide, UndoTarget } from "./rolloutModel.ts";
import type { UndoRun } from "./rolloutRuns.ts";
import { rowKeys } from "./rolloutTableView.ts";
import { runUndo, type RolloutPanelServices } from "./rolloutUndo.ts";
import { rolloutView } from "./rolloutView.ts";
import type { ShownPanel } from "./view.ts";

/** Does what a button says, where that leads out of the panel. */
export type PerformRolloutDeed = (deed: Deed, session: RolloutSession) => Promise<void>;

/**
 * What the panel of one workload is about and how far its person is; the counterpart of a release's session. It holds
 * the truth; what is drawn from it may come and go. The undos themselves belong to the window and outlive it.
 */
export class RolloutSession implements Disposable {
  readonly #side = new PanelSide<RolloutSide>({ kind: "nothing" });
  readonly #services: RolloutPanelServices;
  readonly #perform: PerformRolloutDeed;
  readonly #followed: RolloutFollowed;
  readonly #owned: readonly Disposable[];
  readonly about: Pick<PanelMemory, "folder" | "subject" | "target"> & { readonly workload: WorkloadAddress };
  #chosen: string | undefined;
  /** What was chosen before a reload, by its number, until the revisions are read. */
  #remembered: number | undefined;
  #isByHand = false;
  #reviewedAt = "";
  #by: Person | undefined;
  #wasLive = false;
  #isTurning = false;

  readonly onChange = this.#side.onChange;

  constructor(
    services: RolloutPanelServices,
    { folder, workload, chosen }: RolloutAbout & Pick<PanelMemory, "chosen">,
    perform: PerformRolloutDeed,
  ) {
    this.#services = services;
    this.#perform = perform;
    this.about = aboutWorkload(folder, workload);
    this.#remembered = chosen;
    this.#followed = new RolloutFollowed(services, { folder, workload });
    this.#owned = [
      this.#followed,
      this.#followed.onChange(() => {
        this.#look();
      }),
      services.undos.onChange(() => {
        this.#look();
      }),
    ];
  }

  get attached(): AttachedRollouts | undefined {
    const { place } = this.#followed;
    return place.kind === "attached" ? place : undefined;
  }

  /** The review that stands there. */
  get review(): UndoReview | undefined {
    const side = this.#side.current;
    return side.kind === "review" ? side.review : undefined;
  }

  /** Draws it as of now. */
  get shown(): ShownPanel {
    const { clock, language } = this.#services;
    const { place } = this.#followed;
    if (place.kind === "absent") {
      return { view: rolloutAbsentView(this.about.workload, place.why, language), deeds: new Map() };
    }
    const release = this.#releaseOf(place);
    return rolloutView({
      snapshot: place.history.current,
      chosen: this.#chosen,
      side: this.#side.current,
      run: this.#run,
      isFetching: this.#side.isFetching,
      ...(release === undefined ? {} : { release }),
      now: clock.now(),
      language,
    });
  }

  /** Chooses the row; one that cannot be a target is not chosen. */
  choose(row: number): void {
    const snapshot = this.#followed.snapshot;
    const uid = snapshot === undefined ? undefined : uidOfRow(snapshot, row);
    if (snapshot === undefined || uid === undefined) return;
    const target = targetOf(snapshot, uid);
    const { kind } = this.#side.current;
    const isShown = this.#chosen === uid && (kind === "review" || kind === "reading");
    if (target === undefined || (isShown && this.#run === undefined)) return;
    this.#isByHand = true;
    void this.#reviewTo(target);
  }

  async act(deed: Deed): Promise<void> {
    const { attached } = this;
    if (attached === undefined) return;
    switch (deed.kind) {
      case "choose":
        this.choose(deed.revision);
        return;
      case "undo-to":
        return this.#undoTo(attached, deed.uid);
      case "why":
        return this.#explain(attached);
      case "refresh":
        attached.history.relist();
        return;
      case "stop-watching":
        this.#services.undos.stop(this.about.workload);
        return;
      case "fetch-commits":
        return this.#side.fetch(() => this.#perform(deed, this));
      default:
        return this.#perform(deed, this);
    }
  }

  /**
   * The confirming button. It counts for the review that stands there and only while nothing runs, so that a second
   * press, or one that comes late, does nothing. Answers whether an undo was begun.
   */
  async confirm(confirmation: string, typed: string, reason?: string): Promise<boolean> {
    const { attached } = this;
    const side = this.#side.current;
    const by = this.#by;
    const { confirm } = this.shown.view.side;
    if (attached === undefined || by === undefined || this.#run !== undefined) return false;
    if (side.kind !== "review" || confirm?.review !== confirmation || confirm.button.isDisabled === true)
      return false;
    if (confirm.typing !== undefined && confirm.typing.expected !== typed) return false;
    const { review, alert } = side;
    const why = reason?.trim() ?? "";
    const end = await runUndo(this.#services, {
      connection: attached.connection,
      request: {
        review,
        by,
        typed,
        withoutLease: alert?.kind === "no-lease",
        ...(why === "" ? {} : { reason: why }),
      },
    });
    if (end !== undefined) this.#notBegun(review, end);
    return true;
  }

  get #run(): UndoRun | undefined {
    return this.#services.undos.of(this.about.workload);
  }

  /** The history of the helm release that manages the workload, where the folder's devdeploy.json names it. */
  #releaseOf({ folder, history }: AttachedRollouts): RolloutModel["release"] {
    const by = history.current.workload?.manager;
    const { team } = folder;
    if (by?.kind !== "helm" || team === undefined) return undefined;
    const { context } = this.about.workload;
    const found = rollbackSubjects(team).find(
      ({ release }) =>
        release.context === context && release.namespace === by.namespace && release.release === by.release,
    );
    return found === undefined
      ? undefined
      : { folder: folder.place.key, subject: found.name, target: found.target };
  }

  /** Nothing was done: the review stands there again, or a fresh one, with the reason. */
  #notBegun(review: UndoReview, alert: UndoNotBegun): void {
    if (this.#side.isOver) return;
    const isOfYesterday =
      (alert.kind === "stale" && alert.why === "changed") ||
      (alert.kind === "not-written" && alert.error.reason === "conflict");
    // What a fresh review answers by itself (paused, gone, nothing to change) needs no words beside it.
    if (isOfYesterday) void this.#reviewTo(review.to, alert);
    else if (alert.kind === "stale" || alert.kind === "same-template" || alert.kind === "paused") {
      void this.#reviewTo(review.to);
    } else this.#side.set({ kind: "review", review, alert });
  }

  #look(): void {
    const snapshot = this.#followed.snapshot;
    if (snapshot !== undefined) this.#lookAtRun(snapshot);
    if (snapshot !== undefined && this.#run === undefined && !this.#isTurning) this.#follow(snapshot);
    this.#side.redraw();
  }

  /** A panel that is opened anew shows how the last undo ended only until something came after it. */
  #lookAtRun({ hold, liveness, workload }: RolloutSnapshot): void {
    const { undos } = this.#services;
    const address = this.about.workload;
    if (hold !== undefined) undos.sawHold(address);
    if (this.#wasLive || liveness.kind !== "live") return;
    this.#wasLive = true;
    const run = this.#run;
    const current = workload?.current?.uid;
    if (run?.kind === "ended" && current !== undefined && current !== run.order.to.uid)
      undos.dismiss(address);
  }

  #follow(snapshot: RolloutSnapshot): void {
    this.#remember(snapshot);
    const next = undoFollowUp(snapshot, {
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

  #remember(snapshot: RolloutSnapshot): void {
    const row = this.#remembered;
    if (row === undefined || snapshot.liveness.kind !== "live") return;
    this.#remembered = undefined;
    this.#chosen = uidOfRow(snapshot, row);
    this.#isByHand = this.#chosen !== undefined;
  }

  #undoTo({ history }: AttachedRollouts, uid: string): Promise<void> {
    // One that is gone by now is reviewed all the same: the answer says so.
    const side = this.#side.current;
    const known = side.kind === "unreviewed" ? side.to : this.review?.to;
    const to = targetOf(history.current, uid) ?? (known?.uid === uid ? known : undefined);
    if (to === undefined) return Promise.resolve();
    this.#isByHand = true;
    return this.#reviewTo(to);
  }

  async #reviewTo({ uid, revision }: UndoTarget, alert?: UndoNotBegun): Promise<void> {
    const { attached } = this;
    const reviewing = attached === undefined ? undefined : this.#turnTo();
    if (attached === undefined || reviewing === undefined) return;
    const to = { uid, revision };
    const snapshot = attached.history.current;
    this.#reviewedAt = versionOf(snapshot);
    this.#chosen = uid;
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
    const answer = await connection.rollouts.review(
      { subject, snapshot, toUid: uid, by, migrations },
      reviewing,
    );
    if (isOver()) return;
    if (!answer.ok) this.#side.set({ kind: "unreviewed", to, error: answer.error });
    else this.#side.set({ kind: "review", review: answer.value, ...(alert === undefined ? {} : { alert }) });
  }

  async #explain({ connection, subject }: AttachedRollouts): Promise<void> {
    const explaining = this.#turnTo();
    if (explaining === undefined) return;
    this.#side.set({ kind: "why" });
    const diagnosis = await connection.rollouts.diagnose(subject, explaining);
    if (!explaining.aborted) this.#side.set({ kind: "why", diagnosis });
  }

  /** Nothing takes the place of an undo that is under way; what has ended, and what was begun before, is put away. */
  #turnTo(): AbortSignal | undefined {
    const { undos } = this.#services;
    const { workload } = this.about;
    if (undos.isRunning(workload)) return undefined;
    // That it is put away is told at once, and is no wish to review what was chosen before.
    this.#isTurning = true;
    undos.dismiss(workload);
    this.#isTurning = false;
    return this.#side.ask();
  }

  dispose(): void {
    this.#side.dispose();
    for (const one of this.#owned) one.dispose();
  }
}

/** The object of a row that is shown. */
function uidOfRow({ entries }: RolloutSnapshot, row: number): string | undefined {
  const index = rowKeys(entries).indexOf(row);
  return entries[index]?.revision.object.uid;
}
