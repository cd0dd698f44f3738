import type { EpochMs } from "../../domain/time.ts";
import { isOversized } from "./leaseObject.ts";
import { isObject, textAt, type JsonObject } from "./json.ts";
import { parseMicroTime } from "./microTime.ts";

/** Lists of notes in annotations: JSON that people can read with kubectl, times as ISO texts. */

/** All annotations of an object together may have 256 KiB; ours stay far below what we would not read ourselves. */
const MOST_BYTES = 12_000;

const encoder = new TextEncoder();

/** Whether a list is as short as we keep them. */
export const isShortEnough = (notes: readonly JsonObject[]): boolean =>
  encoder.encode(JSON.stringify(notes)).length < MOST_BYTES;

/** The annotation for a list; none for an empty one. */
export const noteText = (notes: readonly JsonObject[]): string | undefined =>
  notes.length === 0 ? undefined : JSON.stringify(notes);

/** The list without its first entries, as many as have to go. */
export function withoutOldest(notes: readonly JsonObject[]): readonly JsonObject[] {
  let rest = notes;
  while (rest.length > 0 && !isShortEnough(rest)) rest = rest.slice(1);
  return rest;
}

/** The objects of a list. What is not of this form is left out; what is no list at all is undefined. */
export function readNotes(text: string | undefined): readonly JsonObject[] | undefined {
  if (text === undefined || text === "") return [];
  if (isOversized(text)) return undefined;
  try {
    const raw: unknown = JSON.parse(text);
    return Array.isArray(raw) ? raw.filter(isObject) : undefined;
  } catch {
    return undefined;
  }
}

export const isoTime = (time: EpochMs): string => new Date(time).toISOString();

export const timeAt = (note: JsonObject, key: string): EpochMs | undefined =>
  parseMicroTime(textAt(note, key) ?? "");
