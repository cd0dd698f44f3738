import type { HolderIdentity } from "./person.ts";
import { HOUR_MS, type DurationMs, type EpochMs } from "./time.ts";

/** A freeze on an environment: it stops deploys and never a rollback. Stands on the environment's own Lease. */
export interface EnvironmentHold {
  readonly by: HolderIdentity;
  /** For showing. */
  readonly name: string;
  readonly at: EpochMs;
  readonly until: EpochMs;
  readonly reason: string;
  /** Commits that a rollback took away: a deploy that contains one of them says so by its hash. */
  readonly undone: readonly string[];
  /** Tells whether a hold is still the one that was shown. */
  readonly nonce: string;
}

/** How long a hold lasts that nobody lifts. */
export const HOLD_LASTS_MS: DurationMs = 24 * HOUR_MS;

/** More are not kept: the newest are what comes back first. */
export const MOST_UNDONE = 60;

/** By the clock of the API server whose Lease it stands on. */
export const isInForce = (hold: EnvironmentHold, serverNow: EpochMs): boolean => serverNow < hold.until;

/** A new hold upon one that is still in force: what that one took away stays away, and it ends no earlier. */
export function joinedHold(
  before: EnvironmentHold | undefined,
  next: EnvironmentHold,
  serverNow: EpochMs,
): EnvironmentHold {
  if (before === undefined || !isInForce(before, serverNow)) {
    return { ...next, undone: next.undone.slice(0, MOST_UNDONE) };
  }
  return {
    ...next,
    until: Math.max(before.until, next.until),
    undone: [...new Set([...next.undone, ...before.undone])].slice(0, MOST_UNDONE),
  };
}
