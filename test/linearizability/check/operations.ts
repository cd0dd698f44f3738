import { isEntry, type Entry, type EntryOf, type LockSeen, type Moment, type Verb } from "../history.ts";

/** A reading or a write of one machine's lock as the checker takes it. */
export interface CheckedOperation {
  readonly client: number;
  readonly verb: Verb;
  readonly by: string;
  readonly call: Moment;
  readonly return: Moment;
  /** Undefined for a reading. */
  readonly before?: LockSeen;
  readonly after: LockSeen;
  readonly serverTime: number;
  /** It may have been done at any later time, or never. */
  readonly open: boolean;
}

export interface MachineHistory {
  readonly machine: string;
  readonly operations: readonly CheckedOperation[];
}

/** A write that was sent, and what is known of it. */
export interface Write {
  readonly send: EntryOf<"send">;
  readonly sent: EntryOf<"sent"> | undefined;
  readonly by: string;
  /**
   * done: it was answered, or its verb said so, by this moment. not-done: it was refused, or its verb said that
   * nothing was changed. open: nobody knows.
   */
  readonly fate: "done" | "not-done" | "open";
  readonly doneBy: Moment;
}

/** Each machine's part of a history: a lock is a register of its own. */
export function machineHistories(history: readonly Entry[]): readonly MachineHistory[] {
  const readings = history.filter(isEntry("read"));
  const writes = writesOf(history);
  const machines = new Set([
    ...readings.map(({ machine }) => machine),
    ...writes.map(({ send }) => send.machine),
  ]);
  const people = holders(history);
  const numbers = new Map([...people.keys()].map((client, index) => [client, index]));
  const end = history.reduce((latest, { at }) => Math.max(latest, at), 0) + 1;
  return [...machines].sort().map((machine) => ({
    machine,
    operations: [
      ...readings
        .filter((reading) => reading.machine === machine)
        .map((reading) => readingOf(reading, numbers)),
      ...observed(
        writes.filter(({ send, fate }) => send.machine === machine && fate !== "not-done"),
        readings,
      ).map((write) => writeOf(write, { numbers, end })),
    ],
  }));
}

/** Who stands behind each client. */
export const holders = (history: readonly Entry[]): ReadonlyMap<string, string> =>
  new Map(history.filter(isEntry("client")).map(({ client, by }) => [client, by]));

/** All writes of a history, each with what became of it. */
export function writesOf(history: readonly Entry[]): readonly Write[] {
  const people = holders(history);
  const answers = new Map(history.filter(isEntry("sent")).map((sent) => [sent.write, sent]));
  const returns = new Map(history.filter(isEntry("return")).map((back) => [back.operation, back]));
  const writes = history.filter(isEntry("send")).map((send): Write => {
    const sent = answers.get(send.write);
    const back = returns.get(send.operation);
    const by = people.get(send.client) ?? "";
    return { send, sent, by, ...fateOf(sent, back) };
  });
  return onlyOneOfTwins(writes).map((write, _, all) => settledByVerb(write, all, returns));
}

/** A verb that says "done" found its own mark in the Lease. Where only one of its writes can have left it, that one did. */
function settledByVerb(
  write: Write,
  all: readonly Write[],
  returns: ReadonlyMap<string, EntryOf<"return">>,
): Write {
  const back = returns.get(write.send.operation);
  if (write.fate !== "open" || back?.said !== "done") return write;
  const canBeMeant = ({ send, fate }: Write): boolean =>
    send.operation === write.send.operation &&
    fate !== "not-done" &&
    (back.lock === undefined || isSame(back.lock, send.after));
  const isMeant = canBeMeant(write) && all.filter(canBeMeant).length === 1;
  return isMeant ? { ...write, fate: "done", doneBy: back.at } : write;
}

function fateOf(
  sent: EntryOf<"sent"> | undefined,
  back: EntryOf<"return"> | undefined,
): Pick<Write, "fate" | "doneBy"> {
  if (sent?.result === "ok") return { fate: "done", doneBy: sent.at };
  if (sent?.result === "refused") return { fate: "not-done", doneBy: sent.at };
  return back?.said === "not-done"
    ? { fate: "not-done", doneBy: back.at }
    : { fate: "open", doneBy: Infinity };
}

/** The same write sent twice, since the first answer was lost, can have been done once only. */
function onlyOneOfTwins(writes: readonly Write[]): readonly Write[] {
  const first = new Map<string, Write>();
  const others: Write[] = [];
  for (const write of writes) {
    const { operation, version, machine, after, before } = write.send;
    const key = JSON.stringify([operation, machine, version, before, after]);
    const twin = first.get(key);
    if (twin === undefined || twin.fate === "not-done") first.set(key, write);
    else if (write.fate === "done") first.set(key, { ...write, send: twin.send });
    else if (write.fate === "not-done") others.push(write);
  }
  return [...first.values(), ...others];
}

/**
 * Without the open writes whose result nobody ever saw: were they done, nothing came after them. What the checker
 * would have to try for each of them makes no difference.
 */
function observed(writes: readonly Write[], readings: readonly EntryOf<"read">[]): readonly Write[] {
  const seen = new Set(readings.map(({ machine, lock }) => keyOf(machine, lock)));
  const kept = new Set(writes.filter(({ fate }) => fate === "done"));
  for (const { send } of kept) seen.add(keyOf(send.machine, send.before));
  for (let isGrowing = true; isGrowing;) {
    isGrowing = false;
    for (const write of writes) {
      if (kept.has(write) || !seen.has(keyOf(write.send.machine, write.send.after))) continue;
      kept.add(write);
      seen.add(keyOf(write.send.machine, write.send.before));
      isGrowing = true;
    }
  }
  return [...kept];
}

const keyOf = (machine: string, { kind, holder, claim, transitions, until }: LockSeen): string =>
  JSON.stringify([machine, kind, holder, claim, transitions, until]);

export const isSame = (a: LockSeen, b: LockSeen): boolean => keyOf("", a) === keyOf("", b);

function readingOf(reading: EntryOf<"read">, numbers: ReadonlyMap<string, number>): CheckedOperation {
  const { client, from, at, lock, serverTime = 0 } = reading;
  const number = numbers.get(client) ?? 0;
  return {
    client: number,
    verb: "read",
    by: "",
    call: from,
    return: at,
    after: lock,
    serverTime,
    open: false,
  };
}

function writeOf(
  { send, sent, by, fate, doneBy }: Write,
  { numbers, end }: { readonly numbers: ReadonlyMap<string, number>; readonly end: Moment },
): CheckedOperation {
  return {
    client: numbers.get(send.client) ?? 0,
    verb: send.verb,
    by,
    call: send.at,
    return: fate === "open" ? end : doneBy,
    before: send.before,
    after: sent?.lock ?? send.after,
    serverTime: send.serverTime ?? 0,
    open: fate === "open",
  };
}
