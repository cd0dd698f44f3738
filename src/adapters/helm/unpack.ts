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
  const text = await unzipped(Buffer.from(encoded, "base64"));
  if (!text.ok) return text;
  try {
    const parsed: unknown = JSON.parse(text.value);
    return ok(parsed);
  } catch {
    return unreadable("it is not JSON");
  }
}

async function unzipped(packed: Buffer): Promise<Result<string, DecodeError>> {
  // Records of before helm 2.9 and of some other tools are plain JSON.
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b && packed[2] === 0x08;
  if (!isGzip) return packed.length === 0 ? unreadable("it is empty") : ok(packed.toString("utf8"));
  try {
    const plain = await inflate(packed, { maxOutputLength: MAX_UNPACKED_MIB * 1024 * 1024 });
    return ok(plain.toString("utf8"));
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return unreadable(isTooLarge ? `it is larger than ${MAX_UNPACKED_MIB} MiB` : "it is damaged");
  }
}
