import type { LockChange, LockRecord, LockState } from "../domain/lock.ts";
import { holderIdentity, isSamePerson, type Person } from "../domain/person.ts";
import { HOUR_MS, type DurationMs } from "../domain/time.ts";
import type { PoolReading } from "./readPool.ts";

/** A machine that was this person's, and who has it now. */
export interface LostMachine {
  readonly machine: string;
  /** For showing. */
  readonly by: string;
}

/** Who comes back after longer than this does not expect the same machine any more. */
const REMEMBERED_MS: DurationMs = 7 * 24 * HOUR_MS;

/**
 * The machine of the pool that this person had last and did not give back, if it is somebody else's by now: they get
 * another one, and are told so. Undefined where the one they get is the one that they had last.
 */
export function lostMachine(
  { machines, locks, now }: PoolReading,
  gets: string,
  me: Person,
): LostMachine | undefined {
  const own = machines
    .flatMap(({ machine: { name }, reading }) => {
      const change = reading === undefined ? undefined : lastOwnChange(reading.value.record, me);
      return change === undefined ? [] : [{ machine: name, change }];
    })
    .sort((a, b) => b.change.at - a.change.at);
  const [last] = own;
  if (last === undefined || last.machine === gets || now - last.change.at > REMEMBERED_MS) return undefined;
  if (last.change.what === "unlocked") return undefined;
  const by = otherThan(me, locks.find(({ machine }) => machine === last.machine)?.state);
  return by === undefined ? undefined : { machine: last.machine, by };
}

/** What this person last did with their own lock; ending somebody else's is no sign of having the machine. */
function lastOwnChange(record: LockRecord, me: Person): LockChange | undefined {
  const identity = holderIdentity(me);
  return (record.history ?? []).findLast(
    ({ who, what, of }) => who === identity && !(what === "unlocked" && of !== undefined),
  );
}

function otherThan(me: Person, state: LockState | undefined): string | undefined {
  const person = state?.kind === "held" ? state.hold.by : state?.kind === "kept" ? state.for : undefined;
  return person === undefined || isSamePerson(person, me) ? undefined : person.name;
}
