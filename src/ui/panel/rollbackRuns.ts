import { Emitter, type Disposable } from "../../app/emitter.ts";
import type { ReleaseRef } from "../../app/ports.ts";
import type { RollbackOutcome, RollbackPhase } from "../../app/rollbackOutcome.ts";
import type { CommitHash } from "../../domain/branch.ts";
import type { EpochMs } from "../../domain/time.ts";

/** A rollback that was begun, by this window or by one that is gone. */
export interface RunOrder {
  /** The machine or environment. */
  readonly subject: string;
  readonly release: ReleaseRef;
  readonly from: { readonly revision: number; readonly commit?: CommitHash };
  readonly to: { readonly revision: number; readonly commit?: CommitHash };
  /** The revision that it makes. */
  readonly revision: number;
  /** Commits that it takes away, newest first, as far as they are known. */
  readonly undone: readonly { readonly commit: string; readonly subject?: string }[];
  readonly startedAt: EpochMs;
  /** A window that is gone began it. */
  readonly isFollowed: boolean;
}

export type RunState =
  | {
      readonly kind: "running";
      readonly order: RunOrder;
      readonly phase?: RollbackPhase;
      /** The person does not want to watch any more, and the answer has not come yet. */
      readonly isStopping: boolean;
    }
  | {
      readonly kind: "ended";
      readonly order: RunOrder;
      readonly outcome: RollbackOutcome;
      readonly at: EpochMs;
      /** The history has shown the hold that was placed, or it was lifted here: from then on the history alone tells. */
      readonly isHoldSeen?: true;
    };

/** What whoever does the work tells of it. */
export interface RunHandle {
  /** Fires when the person stops watching. */
  readonly signal: AbortSignal;
  phase(phase: RollbackPhase): void;
  ended(outcome: RollbackOutcome): void;
  /** This window closes before it is over, or it was never begun. */
  left(): void;
}

interface Entry {
  state: RunState;
  readonly stopping: AbortController;
}

const keyOf = ({ context, namespace, release }: ReleaseRef): string => `${context}/${namespace}/${release}`;

/** The rollbacks of this window: at most one for each release. Panels are windows on them, and come and go. */
export class RollbackRuns implements Disposable {
  readonly #now: () => EpochMs;
  readonly #entries = new Map<string, Entry>();
  readonly #changes = new Emitter<void>();

  readonly onChange = this.#changes.event;

  constructor(now: () => EpochMs) {
    this.#now = now;
  }

  of(release: ReleaseRef): RunState | undefined {
    return this.#entries.get(keyOf(release))?.state;
  }

  /** Whether a rollback of the release is under way in this window. */
  isRunning(release: ReleaseRef): boolean {
    return this.of(release)?.kind === "running";
  }

  /** Those under way. */
  get running(): readonly RunOrder[] {
    return [...this.#entries.values()].flatMap(({ state }) =>
      state.kind === "running" ? [state.order] : [],
    );
  }

  begin(order: RunOrder): RunHandle {
    const key = keyOf(order.release);
    const entry: Entry = {
      state: { kind: "running", order, isStopping: false },
      stopping: new AbortController(),
    };
    this.#entries.set(key, entry);
    this.#changes.fire();
    const isCurrent = (): boolean => this.#entries.get(key) === entry;
    return {
      signal: entry.stopping.signal,
      phase: (phase) => {
        if (!isCurrent() || entry.state.kind !== "running") return;
        entry.state = { ...entry.state, phase };
        this.#changes.fire();
      },
      ended: (outcome) => {
        if (!isCurrent()) return;
        entry.state = { kind: "ended", order, outcome, at: this.#now() };
        this.#changes.fire();
      },
      left: () => {
        if (!isCurrent()) return;
        this.#entries.delete(key);
        this.#changes.fire();
      },
    };
  }

  stop(release: ReleaseRef): void {
    const entry = this.#entries.get(keyOf(release));
    if (entry?.state.kind !== "running" || entry.state.isStopping) return;
    entry.state = { ...entry.state, isStopping: true };
    this.#changes.fire();
    entry.stopping.abort();
  }

  /** The hold that was placed has been seen in the cluster. */
  sawHold(release: ReleaseRef): void {
    const entry = this.#entries.get(keyOf(release));
    if (entry?.state.kind !== "ended" || entry.state.isHoldSeen) return;
    entry.state = { ...entry.state, isHoldSeen: true };
    this.#changes.fire();
  }

  /** Puts away one that has ended: the person goes on to something else. */
  dismiss(release: ReleaseRef): void {
    const key = keyOf(release);
    if (this.#entries.get(key)?.state.kind !== "ended") return;
    this.#entries.delete(key);
    this.#changes.fire();
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
