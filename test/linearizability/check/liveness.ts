import { isEntry, MICROS_OF_A_SECOND, type Entry } from "../history.ts";
import { inSeconds, type Finding } from "./findings.ts";
import { writesOf } from "./operations.ts";

/** An operation Lease on the fast clock, two looks of two seconds, and what a busy computer takes. */
const OPERATION_LIMIT_S = 24;
/** Beyond the length of a lock: the second that the `Date` header is cut to, rounds of a claim, a busy computer. */
const LOCK_SLACK_S = 6;

export interface LivenessPlan {
  readonly machines: readonly string[];
  readonly lockSeconds: number;
}

/** I7: when each machine was first claimed, and first worked at, after all faults had healed. */
export function everythingGoesOn(history: readonly Entry[], plan: LivenessPlan): Finding {
  const healed = history.filter(isEntry("healed")).at(-1)?.at ?? 0;
  const claims = writesOf(history).filter(
    ({ send, sent }) => sent?.result === "ok" && sent.lock?.kind === "held" && send.at >= healed,
  );
  const entries = history.filter(isEntry("enter")).filter(({ at }) => at >= healed);
  const violations: string[] = [];
  let longest = 0;
  const within = (what: string, first: number | undefined, limitS: number): void => {
    const waited = (first ?? Infinity) - healed;
    if (waited <= limitS * MICROS_OF_A_SECOND) longest = Math.max(longest, waited);
    else violations.push(`${what}: not within ${limitS} s after all faults had healed`);
  };
  for (const machine of plan.machines) {
    const claim = claims.find(({ send }) => send.machine === machine);
    within(`${machine} was claimed`, claim?.send.at, plan.lockSeconds * 2 + LOCK_SLACK_S);
    const entry = entries.find((one) => one.machine === machine);
    within(`${machine} was worked at`, entry?.at, OPERATION_LIMIT_S);
  }
  const checked = `${plan.machines.length} machines, the last within ${inSeconds(longest)}`;
  return { invariant: "I7", checked, violations };
}
