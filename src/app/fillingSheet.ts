import { filled, unseen, type ProofItem } from "../domain/rollbackProof.ts";
import type { DurationMs } from "../domain/time.ts";
import type { Clock } from "./ports.ts";

/** A proof sheet as it fills up, and how long that has taken. */
export class FillingSheet {
  readonly #clock: Clock;
  readonly #began: DurationMs;
  #items: readonly ProofItem[];

  /** `elapsed` is what had passed before this window came. */
  constructor(
    clock: Clock,
    { items, elapsed = 0 }: { readonly items: readonly ProofItem[]; readonly elapsed?: DurationMs },
  ) {
    this.#clock = clock;
    this.#began = clock.monotonic() - elapsed;
    this.#items = items;
  }

  get items(): readonly ProofItem[] {
    return this.#items;
  }

  get elapsed(): DurationMs {
    return this.#clock.monotonic() - this.#began;
  }

  fill(found: readonly ProofItem[]): void {
    this.#items = filled(this.#items, found);
  }

  /** What of these was seen before could not be seen again. */
  forget(kinds: readonly ProofItem["kind"][]): void {
    this.#items = unseen(this.#items, kinds);
  }
}
