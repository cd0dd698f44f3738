import { MICROS_OF_A_SECOND, type Moment } from "../history.ts";

/** The invariants of the locks, by the names that they have wherever they are spoken of. */
export const INVARIANTS = {
  I1: "every history of a lock is linearizable: that of a compare-and-swap register",
  I2: "the fencing token of a machine grows with each change of ownership and never goes back",
  I3: "no two clients are at work at one machine, unless one was paused, killed or could not renew",
  I4: "no effect is accepted under a token lower than one accepted before",
  I5: "unlocking and taking over never remove another's newer lock",
  I6: "who was told that they hold it, and was not robbed nor ran out, holds it at the next reading",
  I7: "after all faults have healed every machine is claimed again in time",
  I8: "a board never says mine longer than allowed after the lock is gone",
  I9: "no token or key stands in any log or history",
} as const;

export type InvariantName = keyof typeof INVARIANTS;

/** What was found about one invariant. */
export interface Finding {
  readonly invariant: InvariantName;
  /** What was looked at, e.g. `412 changes of ownership`. */
  readonly checked: string;
  readonly violations: readonly string[];
}

export const inSeconds = (micros: Moment): string => `${(micros / MICROS_OF_A_SECOND).toFixed(1)} s`;
