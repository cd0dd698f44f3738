import type { Machine, Pool } from "../domain/config.ts";
import {
  isStillShown,
  lockDuration,
  lockRef,
  type LockRecord,
  type ShownLock,
  type StoredLock,
} from "../domain/lock.ts";
import { takenOver, type Claim } from "../domain/lockChanges.ts";
import { settled, startOfHold } from "./changeLease.ts";
import { changeLock, hasChange, reasonOf, type LockChanged } from "./changeLock.ts";
import type { ClaimFailed, ClaimServices, MachineClaimed } from "./claimMachine.ts";
import type { Reading } from "./ports.ts";
import { leaveInPassing } from "./waitingList.ts";

export interface TakeOverOrder {
  readonly pool: Pool;
  readonly machine: Machine;
  readonly claim: Omit<Claim, "nonce" | "url">;
  readonly reason?: string;
  /** The lock that the person saw and decided to end. */
  readonly shown: ShownLock;
}

export type TakeOverOutcome = MachineClaimed | LockChanged | ClaimFailed;

/**
 * Ends another's lock and claims the machine in one write: there is no moment at which a third could have it.
 * Whatever is not the lock that was shown, and what has ended meanwhile, is left alone: a claim may get that.
 */
export async function takeOver(
  services: ClaimServices,
  order: TakeOverOrder,
  signal: AbortSignal,
): Promise<TakeOverOutcome> {
  const { pool, machine, shown } = order;
  const nonce = services.newNonce();
  const claim = {
    ...order.claim,
    nonce,
    ...reasonOf(order.reason),
    ...(machine.url === undefined ? {} : { url: machine.url }),
  };
  const outcome = await changeLock<TakeOverOutcome>(
    services,
    { ref: lockRef(machine.name, machine.locks), pool: pool.name },
    {
      decide: ({ value, serverTime }, isLost) => {
        const { record } = value;
        if (isLost && hasChange(record, nonce)) return settled(taken(machine, nonce, { value, serverTime }));
        const hasEnded = serverTime !== undefined && serverTime >= shown.until;
        if (record.kind !== "held" || hasEnded || !isStillShown(shown, value)) {
          return settled({ kind: "changed", lock: value, serverTime });
        }
        const now = startOfHold(serverTime, services.clock);
        return { kind: "write", next: takenOver(record, claim, now, lockDuration(pool.lockHours)) };
      },
      done: (written) => taken(machine, nonce, written),
    },
    signal,
  );
  if (outcome.kind === "claimed") leaveInPassing(services, { pool, by: claim.by });
  if (outcome.kind === "failed" && "mayBeDone" in outcome) {
    return { kind: "failed", error: outcome.error, mayBeHeld: outcome.mayBeDone };
  }
  return outcome;
}

/** What the API server says it stored; done, and gone again where somebody else was as quick. */
function taken(machine: Machine, nonce: string, { value, serverTime }: Reading<StoredLock>): TakeOverOutcome {
  const { record } = value;
  if (!isHeldByClaim(record, nonce)) {
    const detail = "the machine was taken over, and changed hands again at once";
    return { kind: "failed", error: { reason: "server-error", status: 409, detail }, mayBeHeld: true };
  }
  return { kind: "claimed", machine, hold: record.hold, lock: value, how: "taken-over", serverTime };
}

const isHeldByClaim = (record: LockRecord, nonce: string): record is LockRecord & { readonly kind: "held" } =>
  record.kind === "held" && record.hold.claim === nonce;
