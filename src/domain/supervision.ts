import type { HeldOperation } from "./operation.ts";
import type { DurationMs, EpochMs } from "./time.ts";

/**
 * What the supervisor is told: a process of its own that runs a program to its end, whatever becomes of the
 * window that started it. All paths are absolute and lie in the run's own folder, except the program's.
 */
export interface SupervisorOrder {
  readonly program: string;
  readonly args: readonly string[];
  /** The program writes its output here by itself, so that it needs neither us nor the supervisor to go on. */
  readonly log: string;
  /** Holds a `SupervisorSign`; its modification time is renewed every second while the supervisor lives. */
  readonly sign: string;
  /** Made by somebody who wants the program ended; where there are signals, SIGTERM says the same. */
  readonly cancel: string;
  /** Holds a `SupervisorResult` once the program has ended; appears whole or not at all. */
  readonly result: string;
  /** Files and folders that must not outlive the program. */
  readonly remove: readonly string[];
  /**
   * Whether the program may be ended at all once it works. False for what has no soft end and would leave a record
   * half-written: nobody who asks for its end is heard then.
   */
  readonly isStoppable: boolean;
  /** How long a program that a person wants ended has to end by itself, before it is ended hard. */
  readonly patience: DurationMs;
  /** The operation Lease that is to be kept alive meanwhile. */
  readonly renew?: SupervisedOperation;
}

export interface SupervisedOperation extends HeldOperation {
  /**
   * Whether the program is asked to end (SIGTERM, never harder) once another holder was read in the Lease. True for
   * upgrades alone: helm's rollback has no signal handler and would leave its record pending.
   */
  readonly stopsWhenTaken: boolean;
  /** The process that began the run. While it is there at the end, the Lease is left to it; else it is released. */
  readonly hostPid: number;
}

export interface SupervisorSign {
  readonly pid: number;
  readonly startedAt: EpochMs;
}

export interface SupervisorResult {
  /** Null where a signal ended the program, or where it never started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why the program could not be started, e.g. ENOENT. */
  readonly startError: string | null;
  /** Who was read in the Lease instead of us while the program ran; null where nobody was. */
  readonly takenBy: string | null;
  /** Whether somebody asked for its end. */
  readonly isCancelled: boolean;
  /** What went wrong with the Lease on the way, for the log: the newest few. */
  readonly remarks: readonly string[];
  readonly endedAt: EpochMs;
}
