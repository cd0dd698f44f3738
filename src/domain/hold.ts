import type { HolderIdentity } from "./person.ts";
import type { EpochMs } from "./time.ts";

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
