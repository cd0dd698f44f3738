import { type LockRecord } from "../domain/lock.ts";
import { extended } from "../domain/lockChanges.ts";
import { isSamePerson, type Person } from "../domain/person.ts";
import { SECOND_MS, type DurationMs, type EpochMs } from "../domain/time.ts";
import { settled, startOfHold, type ChangeFailed } from "./changeLease.ts";
import { changeLock, hasChange, reasonOf, type LockPlace, type LockServices } from "./changeLock.ts";

export interface ExtendServices extends LockServices {
  /** A text that nobody else makes; finds the change again when its answer was lost. */
  readonly newNonce: () => string;
}

export interface ExtendOrder extends LockPlace {
  readonly by: Person;
  /** From now on; one of the pool's `extendHours`. */
  readonly lasts: DurationMs;
  readonly reason?: string;
}

export type ExtendOutcome =
  | { readonly kind: "extended"; readonly until: EpochMs; readonly was: EpochMs }
  /** It lasts longer already. The reason was noted, if there was one. */
  | { readonly kind: "not-longer"; readonly until: EpochMs }
  /** Not this person's lock, or nobody's: nothing was changed. */
  | { readonly kind: "not-holder"; readonly lock: LockRecord }
  /** It ended: it has to be claimed anew, since others may have been promised the machine. */
  | { readonly kind: "ended"; readonly at: EpochMs }
  | ChangeFailed;

/** Lets the person's own lock last longer, counted from now; never shortens it. */
export async function extendLock(
  services: ExtendServices,
  order: ExtendOrder,
  signal: AbortSignal,
): Promise<ExtendOutcome> {
  const { by, lasts } = order;
  const nonce = services.newNonce();
  const note = reasonOf(order.reason);
  let was: EpochMs | undefined;
  /** What is to be said of a lock that is written; `was` is its end before. */
  const outcome = (record: LockRecord): ExtendOutcome => {
    if (record.kind !== "held") return { kind: "not-holder", lock: record };
    const { until } = record.hold;
    // Leases last whole seconds: a part of one more is no longer time to anybody.
    return was === undefined || until - was < SECOND_MS
      ? { kind: "not-longer", until }
      : { kind: "extended", until, was };
  };
  return changeLock<ExtendOutcome>(
    services,
    order,
    {
      decide: ({ value: { record }, serverTime }, isLost) => {
        if (record.kind !== "held" || !isSamePerson(record.hold.by, by)) {
          return settled({ kind: "not-holder", lock: record });
        }
        if (isLost && hasChange(record, nonce)) return settled(outcome(record));
        const { until } = record.hold;
        if (serverTime !== undefined && serverTime >= until) return settled({ kind: "ended", at: until });
        const now = startOfHold(serverTime, services.clock);
        if (until >= now + lasts && note.reason === undefined) return settled({ kind: "not-longer", until });
        was = until;
        return { kind: "write", next: extended(record, { by, lasts, nonce, ...note }, now) };
      },
      done: ({ value }) => outcome(value.record),
    },
    signal,
  );
}
