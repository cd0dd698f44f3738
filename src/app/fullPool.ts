import type { BranchName } from "../domain/branch.ts";
import type { Pool } from "../domain/config.ts";
import type { ShownLock, StoredLock } from "../domain/lock.ts";
import type { Person } from "../domain/person.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Waiter } from "../domain/waiting.ts";
import type { TakenMachine } from "./claimMachine.ts";

/** A pool of which the person can have no machine, as the claim found it. */
export interface FullPool {
  readonly pool: Pool;
  readonly person: Person;
  readonly branch: BranchName;
  readonly machines: readonly TakenMachine[];
  readonly waiters: readonly Waiter[];
  /** By the API server. */
  readonly now: EpochMs;
  /** A lock that was to be taken over was not the one that had been shown: nothing was taken. */
  readonly changed?: { readonly machine: string; readonly lock: StoredLock };
}

/** What the person wants when a pool is full. */
export type FullAnswer =
  | {
      readonly kind: "take-over";
      readonly machine: string;
      /** The very lock that they saw and decided to end. */
      readonly shown: ShownLock;
      readonly reason?: string;
    }
  /** There seems to be a machine by now. */
  | { readonly kind: "again" }
  | { readonly kind: "asked"; readonly machine: string; readonly holder: string }
  /** They are on the waiting list; `place` counts from 1. */
  | { readonly kind: "waiting"; readonly place: number }
  | { readonly kind: "nothing" };

/** With these the devdeploy is over. */
export type Unserved = Exclude<FullAnswer, { readonly kind: "take-over" | "again" }>;

/** Asks the person; aborting means that they want nothing any more. */
export type WhenFull = (full: FullPool, signal: AbortSignal) => Promise<FullAnswer>;
