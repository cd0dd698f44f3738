import type { ClusterError } from "../domain/cluster.ts";
import type { Result } from "../domain/result.ts";
import { SECOND_MS, type DurationMs, type EpochMs } from "../domain/time.ts";
import type { Clock, Reading, WriteError } from "./ports.ts";
import { mayHaveArrived, NEVER_ABORTED } from "./writing.ts";

export interface ChangeServices {
  readonly clock: Clock;
  /** From 0 to 1, for the jitter between rounds. */
  readonly random: () => number;
}

/** What is kept on one Lease: how to read it, and how to write it upon what was read. */
export interface Changeable<S, N> {
  read(signal: AbortSignal): Promise<Result<Reading<S>, ClusterError>>;
  write(present: S, next: N, signal: AbortSignal): Promise<Result<Reading<S>, WriteError>>;
}

/** What a reading leads to: nothing more to do, or a write. */
export type Decision<N, O> =
  { readonly kind: "settled"; readonly outcome: O } | { readonly kind: "write"; readonly next: N };

export const settled = <O>(outcome: O): { readonly kind: "settled"; readonly outcome: O } => ({
  kind: "settled",
  outcome,
});

export interface ChangeFailed {
  readonly kind: "failed";
  readonly error: ClusterError;
  /** Whether the write may have come through although nobody could say so. */
  readonly mayBeDone: boolean;
}

/** The rules of one kind of change. */
export interface Change<S, N, O> {
  /**
   * Judges what was read. After a write whose answer was lost (`isLost`) it has to find out whether that was done:
   * settled says that it was, or that it never will be; a write does it again.
   */
  readonly decide: (reading: Reading<S>, isLost: boolean) => Decision<N, O>;
  /** What the API server answered to the write counts, not what was sent. */
  readonly done: (written: Reading<S>) => O;
}

const ROUNDS = 5;
const PAUSE_MS: DurationMs = 50;

/**
 * Changes a Lease by compare-and-swap upon what was just read. Who loses a race reads and judges anew, a few times;
 * an answer that was lost is looked up. A write under way is never aborted, so that what is said of it is true.
 */
export async function changeLease<S, N, O>(
  { clock, random }: ChangeServices,
  lease: Changeable<S, N>,
  change: Change<S, N, O>,
  signal: AbortSignal,
): Promise<O | ChangeFailed> {
  let lost: ClusterError | undefined;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const read = await lease.read(lost === undefined ? signal : NEVER_ABORTED);
    if (!read.ok) return failed(lost ?? read.error, lost !== undefined);
    const decision = change.decide(read.value, lost !== undefined);
    if (decision.kind === "settled") return decision.outcome;
    if (signal.aborted) return failed(lost ?? { reason: "aborted" }, lost !== undefined);
    const written = await lease.write(read.value.value, decision.next, NEVER_ABORTED);
    if (written.ok) return change.done(written.value);
    const { error } = written;
    if (error.reason !== "conflict") {
      // The earlier one, whose answer was lost, may still be on its way.
      if (!mayHaveArrived(error)) return failed(error, lost !== undefined);
      lost = error;
    }
    await clock.sleep(pauseAfter(round, random), signal);
  }
  return failed(lost ?? KEPT_CHANGING, lost !== undefined);
}

const failed = (error: ClusterError, mayBeDone: boolean): ChangeFailed => ({
  kind: "failed",
  error,
  mayBeDone,
});

export const KEPT_CHANGING: ClusterError = {
  reason: "server-error",
  status: 409,
  detail: "the Lease kept changing",
};

/**
 * Somewhere in a span that doubles from round to round: of many who lost the same race, few meet again. From 10 to
 * 100 ms after the first round.
 */
export const pauseAfter = (round: number, random: () => number): DurationMs =>
  PAUSE_MS * 2 ** (round - 1) * (0.2 + 1.8 * random());

/**
 * The `Date` header is cut to whole seconds: the server's time lies in the second that begins there. What ends is
 * judged by that second's beginning and what begins counts from its end, so that no lock ends early.
 */
export const startOfHold = (serverTime: EpochMs | undefined, clock: Clock): EpochMs =>
  serverTime === undefined ? clock.now() : serverTime + SECOND_MS;
