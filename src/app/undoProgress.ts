import { filled, unseen, type ProofItem } from "../domain/rollbackProof.ts";
import type { LivePod } from "../domain/rollouts.ts";
import type { DurationMs } from "../domain/time.ts";
import type { Clock } from "./ports.ts";
import type { UndoPhase } from "./undoOutcome.ts";

type Seen = Omit<UndoPhase, "kind" | "items" | "elapsed" | "pods">;

/** The proof sheet of one undo as it fills up; every phase that is told is a whole one. */
export class UndoProgress {
  readonly #clock: Clock;
  readonly #onPhase: (phase: UndoPhase) => void;
  readonly #began: DurationMs;
  readonly #pods: () => readonly LivePod[];
  #items: readonly ProofItem[];

  /** `pods` are those of the newest template at the moment that they are asked for. */
  constructor(
    clock: Clock,
    onPhase: (phase: UndoPhase) => void,
    { items, pods }: { readonly items: readonly ProofItem[]; readonly pods: () => readonly LivePod[] },
  ) {
    this.#clock = clock;
    this.#onPhase = onPhase;
    this.#began = clock.monotonic();
    this.#pods = pods;
    this.#items = items;
  }

  get items(): readonly ProofItem[] {
    return this.#items;
  }

  fill(found: readonly ProofItem[]): void {
    this.#items = filled(this.#items, found);
  }

  /** What of these was seen before could not be seen again. */
  forget(kinds: readonly ProofItem["kind"][]): void {
    this.#items = unseen(this.#items, kinds);
  }

  tell(kind: UndoPhase["kind"], seen: Seen = {}): void {
    const elapsed = this.#clock.monotonic() - this.#began;
    this.#onPhase({ ...seen, kind, items: this.#items, elapsed, pods: this.#pods() });
  }
}
