import type { ProofItem } from "../domain/rollbackProof.ts";
import type { LivePod } from "../domain/rollouts.ts";
import { FillingSheet } from "./fillingSheet.ts";
import type { Clock } from "./ports.ts";
import type { UndoPhase } from "./undoOutcome.ts";

type Seen = Omit<UndoPhase, "kind" | "items" | "elapsed" | "pods">;

/** The proof sheet of one undo as it fills up; every phase that is told is a whole one. */
export class UndoProgress extends FillingSheet {
  readonly #onPhase: (phase: UndoPhase) => void;
  readonly #pods: () => readonly LivePod[];

  /** `pods` are those of the newest template at the moment that they are asked for. */
  constructor(
    clock: Clock,
    onPhase: (phase: UndoPhase) => void,
    { items, pods }: { readonly items: readonly ProofItem[]; readonly pods: () => readonly LivePod[] },
  ) {
    super(clock, { items });
    this.#onPhase = onPhase;
    this.#pods = pods;
  }

  tell(kind: UndoPhase["kind"], seen: Seen = {}): void {
    this.#onPhase({ ...seen, kind, items: this.items, elapsed: this.elapsed, pods: this.#pods() });
  }
}
