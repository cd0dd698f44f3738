import { workloadName } from "../domain/release.ts";
import type { ProofItem } from "../domain/rollbackProof.ts";
import type { LivePod } from "../domain/rollouts.ts";
import type { DurationMs } from "../domain/time.ts";
import { promisedUndo } from "../domain/undoProof.ts";
import { FillingSheet } from "./fillingSheet.ts";
import type { Clock } from "./ports.ts";
import type { WorkloadWatches } from "./rolloutPorts.ts";
import type { RolloutSubject, UndoPhase } from "./undoOutcome.ts";

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

interface ShownUndo {
  readonly subject: RolloutSubject;
  /** What had passed before this window came. */
  readonly elapsed?: DurationMs;
  readonly onPhase: (phase: UndoPhase) => void;
}

/** Works at an undo with all that it promises on a sheet; the workload's pods are watched for as long as that lasts. */
export async function withUndoProgress<T>(
  { clock, watches }: { readonly clock: Clock; readonly watches: WorkloadWatches },
  { subject: { workload, place }, onPhase, ...since }: ShownUndo,
  work: (progress: UndoProgress) => Promise<T>,
): Promise<T> {
  const { kind, name } = workload;
  const watch = watches.workload(workload);
  const items = promisedUndo(workloadName(kind, name), { hasOperation: place !== undefined });
  const pods = (): readonly LivePod[] => watch.current.items.get(name)?.pods ?? [];
  try {
    return await work(new UndoProgress(clock, onPhase, { items, pods, ...since }));
  } finally {
    watch.dispose();
  }
}
