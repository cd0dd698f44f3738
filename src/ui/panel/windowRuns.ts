import { Emitter, type Disposable } from "../../app/emitter.ts";
import type { EpochMs } from "../../domain/time.ts";

/** One run of the window, as its panel draws it. */
export type WindowRun<Order, Phase, Outcome> =
  | {
      readonly kind: "running";
      readonly order: Order;
      readonly phase?: Phase;
      /** The person does not want to watch any more, and the answer has not come yet. */
      readonly isStopping: boolean;
    }
  | {
      readonly kind: "ended";
      readonly order: Order;
      readonly outcome: Outcome;
      readonly at: EpochMs;
      /** The history has shown the hold that was placed, or it was lifted here: from then on the history alone tells. */
      readonly isHoldSeen?: true;
    };

/** What whoever does the work tells of it. */
export interface WindowRunHandle<Phase, Outcome> {
  /** Fires when the person stops watching. */
  readonly signal: AbortSignal;
  phase(phase: Phase): void;
  ended(outcome: Outcome): void;
  /** This window closes before it is over, or it was never begun. */
  left(): void;
}

interface Entry<Order, Phase, Outcome> {
  state: WindowRun<Order, Phase, Outcome>;
  readonly stopping: AbortController;
}

/** How runs are told apart. */
export interface RunKeys<Ref, Order> {
  readonly keyOf: (ref: Ref) => string;
  readonly refOf: (order: Order) => Ref;
}

/** The runs of this window: at most one for each thing. Panels are windows on them, and come and go. */
export class WindowRuns<Ref, Order, Phase, Outcome> implements Disposable {
  readonly #keys: RunKeys<Ref, Order>;
  readonly #now: () => EpochMs;
  readonly #entries = new Map<string, Entry<Order, Phase, Outcome>>();
  readonly #changes = new Emitter<void>();

  readonly onChange = this.#changes.event;

  constructor(keys: RunKeys<Ref, Order>, now: () => EpochMs) {
    this.#keys = keys;
    this.#now = now;
  }

  of(ref: Ref): WindowRun<Order, Phase, Outcome> | undefined {
    return this.#entry(ref)?.state;
  }

  /** Whether one is under way in this window. */
  isRunning(ref: Ref): boolean {
    return this.of(ref)?.kind === "running";
  }

  /** Those under way. */
  get running(): readonly Order[] {
    return [...this.#entries.values()].flatMap(({ state }) =>
      state.kind === "running" ? [state.order] : [],
    );
  }

  begin(order: Order): WindowRunHandle<Phase, Outcome> {
    const key = this.#keys.keyOf(this.#keys.refOf(order));
    const entry: Entry<Order, Phase, Outcome> = {
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

  stop(ref: Ref): void {
    const entry = this.#entry(ref);
    if (entry?.state.kind !== "running" || entry.state.isStopping) return;
    entry.state = { ...entry.state, isStopping: true };
    this.#changes.fire();
    entry.stopping.abort();
  }

  /** The hold that was placed has been seen in the cluster. */
  sawHold(ref: Ref): void {
    const entry = this.#entry(ref);
    if (entry?.state.kind !== "ended" || entry.state.isHoldSeen) return;
    entry.state = { ...entry.state, isHoldSeen: true };
    this.#changes.fire();
  }

  /** Puts away one that has ended: the person goes on to something else. */
  dismiss(ref: Ref): void {
    if (this.#entry(ref)?.state.kind !== "ended") return;
    this.#entries.delete(this.#keys.keyOf(ref));
    this.#changes.fire();
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #entry(ref: Ref): Entry<Order, Phase, Outcome> | undefined {
    return this.#entries.get(this.#keys.keyOf(ref));
  }
}
