import { isEntry, type Entry, type EntryOf } from "../history.ts";
import type { Finding } from "./findings.ts";
import { isSame, writesOf, type Write } from "./operations.ts";

type State = EntryOf<"truth">;

/** What the API server itself told of each lock, in its order. */
export function statesByMachine(history: readonly Entry[]): ReadonlyMap<string, readonly State[]> {
  const machines = new Map<string, State[]>();
  for (const state of history.filter(isEntry("truth"))) {
    const states = machines.get(state.machine);
    if (states === undefined) machines.set(state.machine, [state]);
    else if (states.at(-1)?.version !== state.version) states.push(state);
  }
  return machines;
}

const isNewOwner = (before: State, after: State): boolean =>
  after.lock.kind === "held" && (before.lock.kind !== "held" || before.lock.holder !== after.lock.holder);

/** I2, on the states as the API server told them. */
export function tokensGrow(history: readonly Entry[]): Finding {
  const violations: string[] = [];
  let changes = 0;
  for (const [machine, states] of statesByMachine(history)) {
    for (const [index, after] of states.entries()) {
      const before = states[index - 1];
      if (before === undefined) continue;
      const isNew = isNewOwner(before, after);
      if (isNew) changes += 1;
      const grew = after.lock.transitions - before.lock.transitions;
      if (grew < 0 || (isNew && grew === 0)) {
        violations.push(
          `${machine}: ${before.lock.transitions} became ${after.lock.transitions} for ${after.lock.holder}`,
        );
      }
    }
  }
  return { invariant: "I2", checked: `${changes} changes of ownership`, violations };
}

/** What happened while the API server restarted, and was told to nobody, cannot be judged; Porcupine has it all the same. */
const notSeen = (count: number): string =>
  count === 0 ? "" : `, ${count} writes not judged for want of what was before or after`;

/** I5: each write replaced exactly the lock that it rests on, and an unlock or a takeover the one that was shown. */
export function nothingNewerRemoved(history: readonly Entry[]): Finding {
  const violations: string[] = [];
  const truth = statesByMachine(history);
  let removals = 0;
  let unseen = 0;
  for (const { send, sent, by } of writesOf(history)) {
    if (sent?.result !== "ok") continue;
    const states = truth.get(send.machine) ?? [];
    const index = states.findIndex(({ version }) => version === sent.version);
    const replaced = states[index - 1];
    if (replaced === undefined || states[index]?.isAfterGap === true) {
      unseen += 1;
      continue;
    }
    if (send.verb === "unlock" || send.verb === "unlock-other" || send.verb === "steal") removals += 1;
    if (!isSame(replaced.lock, send.before)) {
      violations.push(
        `${send.verb} of ${send.machine} by ${by} rested on the claim ${send.before.claim} and removed ` +
          `${replaced.lock.claim} of ${replaced.lock.holder}`,
      );
    }
  }
  return {
    invariant: "I5",
    checked: `${removals} locks unlocked or taken over${notSeen(unseen)}`,
    violations,
  };
}

/** I6: between an "it is yours" and the next reading of the same client lies only what may take it away. */
export function holdersStillHold(history: readonly Entry[]): Finding {
  const violations: string[] = [];
  const truth = statesByMachine(history);
  const writes = writesOf(history);
  const readings = history.filter(isEntry("read"));
  let followed = 0;
  let unseen = 0;
  for (const write of writes) {
    const { send, sent } = write;
    if (write.fate !== "done" || sent?.lock?.kind !== "held") continue;
    const next = readings.find(
      ({ client, machine, from }) => client === send.client && machine === send.machine && from > sent.at,
    );
    if (next === undefined) continue;
    followed += 1;
    if (next.version === sent.version) continue;
    const states = truth.get(send.machine) ?? [];
    const mine = states.findIndex(({ version }) => version === sent.version);
    const successor = states[mine + 1];
    const mayBeInGap = mine === -1 && states.some(({ isAfterGap }) => isAfterGap === true);
    if (mayBeInGap || successor?.isAfterGap === true) {
      unseen += 1;
      continue;
    }
    if (mine === -1 || successor === undefined || !mayFollow(write, successor, writes)) {
      violations.push(
        `${send.machine} of ${write.by} (${sent.lock.claim}) was read as ${next.lock.kind} ${next.lock.claim}`,
      );
    }
  }
  return { invariant: "I6", checked: `${followed} held machines read again${notSeen(unseen)}`, violations };
}

/** Whether somebody who may wrote this state over the lock that a write had made. */
function mayFollow(mine: Write, successor: State, writes: readonly Write[]): boolean {
  return writes.some(({ send, sent, by, fate }) => {
    if (send.machine !== mine.send.machine || fate === "not-done") return false;
    const isIt =
      sent?.version === successor.version || (sent?.result !== "ok" && isSame(send.after, successor.lock));
    if (!isIt || sent?.result === "refused") return false;
    if (mine.sent?.lock === undefined || !isSame(send.before, mine.sent.lock)) return false;
    switch (send.verb) {
      case "unlock-other":
      case "steal":
        return true;
      case "claim":
        return by === mine.by || send.before.until <= (send.serverTime ?? 0);
      case "extend":
      case "unlock":
        return by === mine.by;
      case "read":
        return false;
    }
  });
}
