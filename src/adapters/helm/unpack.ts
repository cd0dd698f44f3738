import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { RecordDriver } from "../../domain/release.ts";
import { fail, ok, type Result } from "../../domain/result.ts";

/** Why a record cannot be read: a fact for the log and the tooltip, never the record's content. */
export type DecodeError = { readonly reason: "unreadable"; readonly detail: string };

export const unreadable = (detail: string): Result<never, DecodeError> =>
  fail({ reason: "unreadable", detail });

/** A Secret or a ConfigMap holds at most 1 MiB, which the API's base64 makes a third larger. */
const MAX_PACKED_CHARACTERS = 2 * 1024 * 1024;
/** gzip could make a thousand times of it; what helm packs becomes about five times as large. */
const MAX_UNPACKED_MIB = 32;
/** Of a chart with a thousand values there are ten thousand; each takes a hundred bytes and more of memory. */
const MAX_PARTS = 500_000;

const inflate = promisify(gunzip);

/**
 * The JSON of what helm keeps under `release`. helm's own is base64 of gzip of JSON; around that of a Secret the API
 * puts another base64.
 */
export async function unpackRecord(
  data: string,
  driver: RecordDriver,
): Promise<Result<unknown, DecodeError>> {
  if (data.length > MAX_PACKED_CHARACTERS) return unreadable("it is larger than a record can be");
  const encoded = driver === "secret" ? Buffer.from(data, "base64").toString("latin1") : data;
  const plain = await unzipped(Buffer.from(encoded, "base64"));
  if (!plain.ok) return plain;
  // A lack of memory would end the whole process, whichever thread it befalls.
  if (hasMoreParts(plain.value, MAX_PARTS)) return unreadable("it has too many parts");
  try {
    const parsed: unknown = JSON.parse(plain.value.toString("utf8"));
    return ok(parsed);
  } catch {
    return unreadable("it is not JSON");
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LIST = 0x5b;
const OBJECT = 0x7b;

/** Counts what begins a part that has its own place in memory, outside of texts. */
function hasMoreParts(json: Buffer, most: number): boolean {
  let parts = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = endOfText(json, at);
    else if (byte === COMMA || byte === LIST || byte === OBJECT) parts += 1;
    if (parts > most) return true;
  }
  return false;
}

/** Where the closing quote is: the next one that no odd number of backslashes stands before. */
function endOfText(json: Buffer, start: number): number {
  for (let at = json.indexOf(QUOTE, start + 1); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    let before = at - 1;
    while (json[before] === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 1) return at;
  }
  return json.length;
}

async function unzipped(packed: Buffer): Promise<Result<Buffer, DecodeError>> {
  // Records of before helm 2.9 and of some other tools are plain JSON.
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b && packed[2] === 0x08;
  if (!isGzip) return packed.length === 0 ? unreadable("it is empty") : ok(packed);
  try {
    return ok(await inflate(packed, { maxOutputLength: MAX_UNPACKED_MIB * 1024 * 1024 }));
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return unreadable(isTooLarge ? `it is larger than ${MAX_UNPACKED_MIB} MiB` : "it is damaged");
  }
}
