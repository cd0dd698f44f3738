import { HISTORY_LENGTH, MOST_ASKS, type LockAsk, type LockChange } from "../../domain/lock.ts";
import { parseHolderIdentity } from "../../domain/person.ts";
import { oneLine } from "../../domain/plainText.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { textAt, type JsonObject } from "./json.ts";
import { ANNOTATION, type Problem } from "./leaseObject.ts";
import { isoTime, isShortEnough, noteText, readNotes, timeAt, withoutOldest } from "./noteList.ts";

const MAX_NAME = 100;
const MAX_TEXT = 250;
const MAX_IDENTITY = 500;
/** What is left of branches and reasons where all of them together would be too long. */
const CUT_TEXT = 60;

/** Reads the last changes of a lock. Entries that are not of our form are left out. */
export function readHistory(text: string | undefined): Result<readonly LockChange[], Problem> {
  const notes = readNotes(text);
  if (notes === undefined) return fail(`the annotation ${ANNOTATION.history} is not a JSON list`);
  return ok(notes.flatMap(readChange).slice(-HISTORY_LENGTH));
}

function readChange(note: JsonObject): readonly LockChange[] {
  const at = timeAt(note, "at");
  const what = readWhat(textAt(note, "what"));
  if (at === undefined || what === undefined) return [];
  return [
    {
      at,
      by: oneLine(textAt(note, "by") ?? "", MAX_NAME),
      ...identityAt(note, "who"),
      what,
      ...shortTextAt(note, "branch"),
      ...shortTextAt(note, "commit"),
      ...identityAt(note, "of"),
      ...shortTextAt(note, "reason"),
      ...shortTextAt(note, "nonce"),
    },
  ];
}

function readWhat(text: string | undefined): LockChange["what"] | undefined {
  switch (text) {
    case "claimed":
    case "renewed":
    case "extended":
    case "unlocked":
      return text;
    default:
      return undefined;
  }
}

type Key = "branch" | "commit" | "reason" | "nonce";

function shortTextAt(note: JsonObject, key: Key): Partial<Record<Key, string>> {
  const text = oneLine(textAt(note, key) ?? "", MAX_TEXT);
  return text === "" ? {} : { [key]: text };
}

/** Compared, so never cut: one that is too long is nobody's. */
function identityAt(note: JsonObject, key: "who" | "of"): Partial<Record<"who" | "of", string>> {
  const identity = textAt(note, key) ?? "";
  return identity === "" || identity.length > MAX_IDENTITY ? {} : { [key]: identity };
}

/** The annotation for the last changes: cut where long branches and reasons make it too long, then without the oldest. */
export function historyText(history: readonly LockChange[]): string | undefined {
  const notes = history.map((change) => ({
    ...change,
    at: isoTime(change.at),
    by: oneLine(change.by, MAX_NAME),
  }));
  return noteText(isShortEnough(notes) ? notes : withoutOldest(notes.map(cutNote)));
}

const cutNote = (note: JsonObject): JsonObject => ({
  ...note,
  ...cutAt(note, "branch"),
  ...cutAt(note, "reason"),
});

const cutAt = (note: JsonObject, key: "branch" | "reason"): JsonObject => {
  const text = textAt(note, key);
  return text === undefined ? {} : { [key]: oneLine(text, CUT_TEXT) };
};

/** Who asks the holder. A list that cannot be read is empty: the lock itself does not hang on it. */
export const readAsks = (text: string | undefined): readonly LockAsk[] =>
  (readNotes(text) ?? []).flatMap(readAsk).slice(-MOST_ASKS);

function readAsk(note: JsonObject): readonly LockAsk[] {
  const by = textAt(note, "by") ?? "";
  const at = timeAt(note, "at");
  if (at === undefined || by === "" || by.length > MAX_IDENTITY) return [];
  const keptAt = timeAt(note, "keptAt");
  const name = oneLine(textAt(note, "name") ?? "", MAX_NAME);
  return [
    {
      by,
      name: name === "" ? oneLine(parseHolderIdentity(by).name, MAX_NAME) : name,
      at,
      ...shortTextAt(note, "branch"),
      ...(keptAt === undefined ? {} : { keptAt }),
    },
  ];
}

/** The annotation for those who ask; the newest of too many. */
export const asksText = (asks: readonly LockAsk[]): string | undefined =>
  noteText(
    withoutOldest(
      asks.map(({ at, keptAt, name, ...ask }) => ({
        ...ask,
        name: oneLine(name, MAX_NAME),
        at: isoTime(at),
        ...(keptAt === undefined ? {} : { keptAt: isoTime(keptAt) }),
      })),
    ),
  );
