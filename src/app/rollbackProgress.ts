import type { DurationMs } from "../domain/time.ts";
import { filled, unseen, type ProofItem } from "../domain/rollbackProof.ts";
import type { Clock } from "./ports.ts";
import type { RollbackPhase } from "./rollbackOutcome.ts";

type Seen = Omit<RollbackPhase, "kind" | "items" | "elapsed" | "pods"> & Partial<Pick<RollbackPhase, "pods">>;

/** The proof sheet of one rollback as it fills up; every phase that is told is a whole one. */
export class RollbackProgress {
  readonly #clock: Clock;
  readonly #onPhase: (phase: RollbackPhase) => void;
  readonly #began: DurationMs;
  #items: readonly ProofItem[];

  /** `elapsed` is what had passed before this window came. */
  constructor(
    clock: Clock,
    onPhase: (phase: RollbackPhase) => void,
    { items, elapsed = 0 }: { readonly items: readonly ProofItem[]; readonly elapsed?: DurationMs },
  ) {
    this.#clock = clock;
    this.#onPhase = onPhase;
    this.#began = clock.monotonic() - elapsed;
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

  tell(kind: RollbackPhase["kind"], seen: Seen = {}): void {
    const elapsed = this.#clock.monotonic() - this.#began;
    this.#onPhase({ pods: [], ...seen, kind, items: this.#items, elapsed });
  }
}
