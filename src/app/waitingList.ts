import type { Pool } from "../domain/config.ts";
import { chooseMachine, type Choice } from "../domain/lock.ts";
import { holderIdentity, type Person } from "../domain/person.ts";
import { oneLine } from "../domain/plainText.ts";
import type { EpochMs } from "../domain/time.ts";
import {
  acknowledged,
  current,
  joined,
  KEPT_MS,
  left,
  poolKeepings,
  type Waiter,
} from "../domain/waiting.ts";
import { settled, type ChangeFailed } from "./changeLease.ts";
import { changeWaiting, type ChangeWaitingServices } from "./changeWaiting.ts";
import type { Log, LockStore } from "./ports.ts";
import { readPool } from "./readPool.ts";
import { NEVER_ABORTED } from "./writing.ts";

export interface WaitingServices extends ChangeWaitingServices {
  readonly locks: LockStore;
  readonly log: Log;
}

export interface WaitingOrder {
  readonly pool: Pool;
  readonly by: Person;
}

export interface JoinOrder extends WaitingOrder {
  readonly branch?: string;
}

export type JoinOutcome =
  | { readonly kind: "waiting"; readonly waiters: readonly Waiter[] }
  /** There is a machine for this person at this moment: nothing to wait for. */
  | { readonly kind: "free-now"; readonly machine: string; readonly how: Exclude<Choice["kind"], "full"> }
  | { readonly kind: "list-full"; readonly waiters: readonly Waiter[] }
  | ChangeFailed;

const MOST_BRANCH = 250;

/** Puts the person on the pool's waiting list, at its end; who is on it keeps their place. */
export async function joinWaiting(
  services: WaitingServices,
  order: JoinOrder,
  signal: AbortSignal,
): Promise<JoinOutcome> {
  const { pool, by } = order;
  const read = await readPool(services, pool, signal);
  const choice = chooseMachine(read.locks, by);
  if (choice.kind !== "full") return { kind: "free-now", machine: choice.machine, how: choice.kind };
  if (read.error !== undefined) return { kind: "failed", error: read.error, mayBeDone: false };
  // As of that reading: a machine that is freed from then on is freed while this person waits.
  const since = read.now;
  const identity = holderIdentity(by);
  const branch = oneLine(order.branch ?? "", MOST_BRANCH);
  const waiter: Waiter = { by: identity, name: by.name, since, ...(branch === "" ? {} : { branch }) };
  const place = (waiters: readonly Waiter[]): JoinOutcome => {
    const present = current(waiters, since);
    const isOn = present.some((one) => one.by === identity);
    return { kind: isOn ? "waiting" : "list-full", waiters: present };
  };
  return changeWaiting<JoinOutcome>(
    services,
    pool,
    {
      decide: ({ value }) => {
        const mine = current(value.waiters, since).find((one) => one.by === identity);
        const isAsWanted = mine !== undefined && (branch === "" || mine.branch === branch);
        const next = joined(value.waiters, waiter);
        const isFull = !current(next, since).some((one) => one.by === identity);
        return isAsWanted || isFull ? settled(place(value.waiters)) : { kind: "write", next };
      },
      done: ({ value }) => place(value.waiters),
    },
    signal,
  );
}

export type LeaveOutcome = { readonly kind: "left" } | { readonly kind: "not-waiting" } | ChangeFailed;

/** Takes the person off the pool's waiting list; what was kept for them goes to the next at once. */
export function leaveWaiting(
  services: ChangeWaitingServices,
  { pool, by }: WaitingOrder,
  signal: AbortSignal,
): Promise<LeaveOutcome> {
  const identity = holderIdentity(by);
  return changeWaiting<LeaveOutcome>(
    services,
    pool,
    {
      decide: ({ value, serverTime }, isLost) => {
        const isOn = value.waiters.some((one) => one.by === identity && one.leftAt === undefined);
        if (!isOn) return settled({ kind: isLost ? "left" : "not-waiting" });
        return {
          kind: "write",
          next: left(value.waiters, identity, serverTime ?? services.clock.now()),
        };
      },
      done: () => ({ kind: "left" }),
    },
    signal,
  );
}

/** Takes somebody off the list who has got a machine: nobody waits for this, and nothing fails by it. */
export function leaveInPassing(services: Omit<WaitingServices, "locks">, order: WaitingOrder): void {
  void leaveWaiting(services, order, NEVER_ABORTED).then(
    (outcome) => {
      if (outcome.kind !== "failed" || outcome.error.reason === "not-found") return;
      services.log.warn(`${order.pool.name}: not taken off the waiting list: ${outcome.error.reason}`);
    },
    (error: unknown) => {
      services.log.error(`${order.pool.name}: not taken off the waiting list: ${String(error)}`);
    },
  );
}

export interface AcknowledgeOrder extends WaitingOrder {
  readonly machine: string;
  /** As the state `kept` says; a machine that was freed another time is another keeping. */
  readonly freeAt: EpochMs;
}

export type AcknowledgeOutcome =
  | { readonly kind: "acknowledged"; readonly until: EpochMs }
  /** It is not kept for this person any more, or never was. */
  | { readonly kind: "not-kept" }
  | ChangeFailed;

/** Says that this person's editor knows of the machine that is kept for them: it stays so for ten minutes. */
export async function acknowledgeKept(
  services: WaitingServices,
  { pool, by, machine, freeAt }: AcknowledgeOrder,
  signal: AbortSignal,
): Promise<AcknowledgeOutcome> {
  const identity = holderIdentity(by);
  const read = await readPool(services, pool, signal);
  return changeWaiting<AcknowledgeOutcome>(
    services,
    pool,
    {
      decide: ({ value, serverTime }) => {
        const keeping = poolKeepings(read.records, value.waiters, serverTime ?? read.now).find(
          (one) => one.machine === machine && one.freeAt === freeAt && one.for.by === identity,
        );
        if (keeping === undefined) return settled({ kind: "not-kept" });
        return keeping.isAcknowledged
          ? settled({ kind: "acknowledged", until: keeping.until })
          : { kind: "write", next: acknowledged(value.waiters, identity, keeping) };
      },
      done: ({ value }) => {
        const mine = value.waiters.find((one) => one.by === identity && one.leftAt === undefined);
        const from = mine?.acknowledged?.from;
        return from === undefined ? { kind: "not-kept" } : { kind: "acknowledged", until: from + KEPT_MS };
      },
    },
    signal,
  );
}
