import type { Hold, LockAsk, LockRecord } from "../../src/domain/lock.ts";
import type { OperationRecord } from "../../src/domain/operation.ts";
import { holderIdentity, type Person } from "../../src/domain/person.ts";
import { HOUR_MS, SECOND_MS } from "../../src/domain/time.ts";
import type { Waiter } from "../../src/domain/waiting.ts";
import { aBranch, aCommit, ann, ben } from "./deploy.ts";

/** A time of 23 November 2026 in UTC, e.g. `at("12:00")` or `at("11:59:59.999")`. */
export const at = (time: string): number =>
  Date.parse(`2026-11-23T${time}${time.length === 5 ? ":00" : ""}Z`);

/** From eight to twelve o'clock, unless said otherwise. */
export const aHold = (hold: Partial<Hold> = {}): Hold => ({
  by: ann,
  since: at("08:00"),
  renewedAt: at("08:00"),
  until: (hold.renewedAt ?? at("08:00")) + 4 * HOUR_MS,
  branch: aBranch(),
  commit: aCommit(),
  ...hold,
});

export const heldLock = (
  hold: Partial<Hold> = {},
  transitions = 1,
): LockRecord & { readonly kind: "held" } => ({ kind: "held", hold: aHold(hold), transitions, history: [] });

export const freeLock = (last?: Hold, transitions = 0): LockRecord => ({
  kind: "free",
  transitions,
  history: [],
  ...(last === undefined ? {} : { last }),
});

/** Ben asks for the machine at nine o'clock. */
export const anAsk = (ask: Partial<LockAsk> = {}): LockAsk => ({
  by: holderIdentity(ben),
  name: ben.name,
  at: at("09:00"),
  ...ask,
});

/** Waits since eight o'clock. */
export const aWaiter = (person: Person, waiter: Partial<Waiter> = {}): Waiter => ({
  by: holderIdentity(person),
  name: person.name,
  since: at("08:00"),
  ...waiter,
});

export const anOperation = (
  operation: Partial<OperationRecord & { readonly kind: "working" }> = {},
): OperationRecord & { readonly kind: "working" } => ({
  kind: "working",
  by: holderIdentity(ann),
  name: ann.name,
  run: "run-1",
  what: "devdeploy task/pay-later",
  lasts: 30 * SECOND_MS,
  transitions: 1,
  beat: "beat-0",
  ...operation,
});
