import { parseHolderIdentity } from "../../domain/person.ts";
import { oneLine } from "../../domain/plainText.ts";
import { MOST_WAITERS, type Acknowledged, type Waiter } from "../../domain/waiting.ts";
import { objectAt, textAt, type JsonObject } from "./json.ts";
import { ANNOTATION, annotationsOf, LABEL, MANAGED_BY, type LeaseChange } from "./leaseObject.ts";
import { isoTime, isShortEnough, noteText, readNotes, timeAt } from "./noteList.ts";

const MAX_NAME = 100;
const MAX_BRANCH = 250;
const MAX_IDENTITY = 500;
/** Those who wait, and as many who did. */
const MOST_NOTES = 2 * MOST_WAITERS;

/** Who waits for a machine of a pool. What is not of our form is left out; a list that cannot be read is empty. */
export const readWaiting = (lease: JsonObject): readonly Waiter[] =>
  (readNotes(annotationsOf(lease)[ANNOTATION.waiting]) ?? []).flatMap(readWaiter).slice(0, MOST_NOTES);

function readWaiter(note: JsonObject): readonly Waiter[] {
  const by = textAt(note, "by") ?? "";
  const since = timeAt(note, "since");
  if (since === undefined || by === "" || by.length > MAX_IDENTITY) return [];
  const name = oneLine(textAt(note, "name") ?? "", MAX_NAME);
  const branch = oneLine(textAt(note, "branch") ?? "", MAX_BRANCH);
  const acknowledged = readAcknowledged(objectAt(note, "acknowledged"));
  const leftAt = timeAt(note, "leftAt");
  return [
    {
      by,
      name: name === "" ? oneLine(parseHolderIdentity(by).name, MAX_NAME) : name,
      since,
      ...(branch === "" ? {} : { branch }),
      ...(acknowledged === undefined ? {} : { acknowledged }),
      ...(leftAt === undefined ? {} : { leftAt }),
    },
  ];
}

function readAcknowledged(note: JsonObject): Acknowledged | undefined {
  const machine = textAt(note, "machine");
  const freeAt = timeAt(note, "freeAt");
  const from = timeAt(note, "from");
  return machine === undefined || freeAt === undefined || from === undefined
    ? undefined
    : { machine, freeAt, from };
}

/** What a waiting list changes on the Lease of its pool, which may be a machine's as well: nothing but the list. */
export const waitingChange = (waiters: readonly Waiter[], pool: string): LeaseChange => ({
  labels: { [LABEL.managedBy]: MANAGED_BY, [LABEL.pool]: pool },
  annotations: { [ANNOTATION.waiting]: noteText(shortened(waiters).map(noteOf)) },
  spec: {},
});

/** Where the list is too long for its Lease, what can best be done without goes first: the past, then branches. */
function shortened(waiters: readonly Waiter[]): readonly Waiter[] {
  const present = waiters.filter(({ leftAt }) => leftAt === undefined);
  const plain = present.map(({ by, name, since, acknowledged }) => ({
    by,
    name,
    since,
    ...(acknowledged === undefined ? {} : { acknowledged }),
  }));
  const fitting = [waiters, present, plain].find((list) => isShortEnough(list.map(noteOf)));
  if (fitting !== undefined) return fitting;
  let first: readonly Waiter[] = plain;
  while (!isShortEnough(first.map(noteOf))) first = first.slice(0, -1);
  return first;
}

const noteOf = ({ since, acknowledged, leftAt, name, ...waiter }: Waiter): JsonObject => ({
  ...waiter,
  name: oneLine(name, MAX_NAME),
  since: isoTime(since),
  ...(acknowledged === undefined
    ? {}
    : {
        acknowledged: {
          machine: acknowledged.machine,
          freeAt: isoTime(acknowledged.freeAt),
          from: isoTime(acknowledged.from),
        },
      }),
  ...(leftAt === undefined ? {} : { leftAt: isoTime(leftAt) }),
});
