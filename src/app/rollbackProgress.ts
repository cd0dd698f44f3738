import { unsure, type ProofItem } from "../domain/rollbackProof.ts";
import type { DurationMs } from "../domain/time.ts";
import { FillingSheet } from "./fillingSheet.ts";
import type { Clock } from "./ports.ts";
import type { RollbackPhase } from "./rollbackOutcome.ts";
import type { Unseen } from "./unseenCluster.ts";

type Seen = Omit<RollbackPhase, "kind" | "items" | "elapsed" | "pods"> & Partial<Pick<RollbackPhase, "pods">>;

/** The proof sheet of one rollback as it fills up; every phase that is told is a whole one. */
export class RollbackProgress extends FillingSheet {
  readonly #onPhase: (phase: RollbackPhase) => void;

  /** `elapsed` is what had passed before this window came. */
  constructor(
    clock: Clock,
    onPhase: (phase: RollbackPhase) => void,
    sheet: { readonly items: readonly ProofItem[]; readonly elapsed?: DurationMs },
  ) {
    super(clock, sheet);
    this.#onPhase = onPhase;
  }

  tell(kind: RollbackPhase["kind"], seen: Seen = {}): void {
    this.#onPhase({ pods: [], ...seen, kind, items: this.items, elapsed: this.elapsed });
  }

  /** The cluster does not answer: what was seen of its workloads is waited for again. */
  tellUnseen(kind: RollbackPhase["kind"], unseen: Unseen): void {
    if (unseen.error !== undefined) this.fill(unsure(this.items));
    this.tell(kind, { unseen });
  }
}
