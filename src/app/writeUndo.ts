import { mayHeal } from "../domain/cluster.ts";
import type { RolloutMark, RolloutReading } from "../domain/rollouts.ts";
import { undoUnfitness } from "../domain/staleUndo.ts";
import { readMark, restoredAnnotations } from "../domain/undo.ts";
import { MINUTE_MS, SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { Clock, Log } from "./ports.ts";
import type { RolloutStore, UndoWriteError } from "./rolloutPorts.ts";
import type { UndoOutcome, UndoReview } from "./undoOutcome.ts";
import { mayHaveArrived, NEVER_ABORTED } from "./writing.ts";

export interface WriteUndoServices {
  readonly rollouts: RolloutStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is to be written, and the reading that it is written upon. */
export interface WriteUndoOrder {
  readonly review: UndoReview;
  readonly rollout: RolloutReading;
  readonly mark: RolloutMark;
}

export type Written =
  | { readonly kind: "written" }
  /** The answer was lost, and nobody could be asked what became of it. */
  | { readonly kind: "unknown" }
  | { readonly kind: "ended"; readonly outcome: UndoOutcome };

/** The controller writes a workload's status at any time, which makes a new version of it. */
const MOST_WRITES = 4;
/** For how long one looks whether a write has arrived whose answer was lost. */
const LOOK_FOR_MS: DurationMs = MINUTE_MS;
const LOOK_EVERY_MS: DurationMs = SECOND_MS;

const ended = (outcome: UndoOutcome): Written => ({ kind: "ended", outcome });

/**
 * Writes the target's template upon what was read, so that whatever is newer refuses it. Who lost a race against the
 * controller's own status reads and judges anew, a few times; what people changed ends it. An answer that was lost is
 * looked up by the mark.
 */
export async function writeUndo(
  services: WriteUndoServices,
  { review, rollout, mark }: WriteUndoOrder,
  signal: AbortSignal,
): Promise<Written> {
  const { rollouts, log } = services;
  const { subject, seen: reviewed, toRevision } = review;
  let seen = rollout;
  for (let writes = 1; ; writes += 1) {
    if (signal.aborted) return ended({ kind: "cancelled", truth: { kind: "nothing-done" } });
    const write = { seen, targetUid: toRevision.object.uid, mark };
    const written = await rollouts.undo(subject.workload, write, NEVER_ABORTED);
    if (written.ok) return { kind: "written" };
    const { error } = written;
    const isLost = mayBeThere(error);
    if (error.reason === "not-found") return ended({ kind: "stale", why: "workload-gone" });
    if (error.reason !== "conflict" && !isLost) return ended({ kind: "not-written", error });
    log.warn(`Writing ${subject.workload.name}: ${JSON.stringify(error)}`);
    const now = await readPatiently(services, review);
    if (now === "unread") return isLost ? { kind: "unknown" } : ended({ kind: "not-written", error });
    if (isLost && now !== undefined && isOurs(now, { review, rollout: seen, mark })) {
      return { kind: "written" };
    }
    const unfit = undoUnfitness({ seen: reviewed, to: toRevision }, now);
    if (unfit !== undefined || now === undefined) {
      return ended(unfit ?? { kind: "stale", why: "workload-gone" });
    }
    if (writes >= MOST_WRITES) return ended({ kind: "not-written", error });
    seen = now;
  }
}

const mayBeThere = (error: UndoWriteError): boolean => error.reason !== "refused" && mayHaveArrived(error);

/** By the mark, whatever has become of the template since: its moment and its author name this very write. */
function isOurs(now: RolloutReading, { review, rollout, mark }: WriteUndoOrder): boolean {
  const wanted = readMark(restoredAnnotations(rollout, review.toRevision, mark));
  return JSON.stringify(readMark(now.annotations)) === JSON.stringify(wanted);
}

/** A write under way is waited for whatever happens: what is said of it has to be true. */
async function readPatiently(
  { rollouts, clock }: WriteUndoServices,
  { subject }: UndoReview,
): Promise<RolloutReading | undefined | "unread"> {
  const deadline = clock.monotonic() + LOOK_FOR_MS;
  for (;;) {
    const read = await rollouts.read(subject.workload, NEVER_ABORTED);
    if (read.ok) return read.value;
    if (!mayHeal(read.error) || clock.monotonic() >= deadline) return "unread";
    await clock.sleep(LOOK_EVERY_MS, NEVER_ABORTED);
  }
}
