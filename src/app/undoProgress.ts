import type { ProofItem } from "../domain/rollbackProof.ts";
import type { LivePod } from "../domain/rollouts.ts";
import type { DurationMs } from "../domain/time.ts";
import { FillingSheet } from "./fillingSheet.ts";
import type { Clock } from "./ports.ts";
import type { UndoPhase } from "./undoOutcome.ts";

type Seen = Omit<UndoPhase, "kind" | "items" | "elapsed" | "pods">;

interface UndoSheet {
  readonly items: readonly ProofItem[];
  /** What had passed before this window came. */
  readonly elapsed?: DurationMs;
  /** Those of the newest template at the moment that they are asked for. */
  readonly pods: () => readonly LivePod[];
}

/** The proof sheet of one undo as it fills up; every phase that is told is a whole one. */
export class UndoProgress extends FillingSheet {
  readonly #onPhase: (phase: UndoPhase) => void;
  readonly #pods: () => readonly LivePod[];

  constructor(clock: Clock, onPhase: (phase: UndoPhase) => void, { pods, ...sheet }: UndoSheet) {
    super(clock, sheet);
    this.#onPhase = onPhase;
    this.#pods = pods;
  }

  tell(kind: UndoPhase["kind"], seen: Seen = {}): void {
    this.#onPhase({ ...seen, kind, items: this.items, elapsed: this.elapsed, pods: this.#pods() });
  }
}
