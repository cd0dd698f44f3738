import { gunzip } from "node:zlib";
import { promisify } from "node:util";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { Json, ReleaseHook, ReleaseStatus } from "../../domain/release.ts";
import type { EpochMs } from "../../domain/time.ts";

/** What we take from a release record; everything else in it is left where it is. */
export interface ReleasePayload {
  readonly name: string;
  readonly revision: number;
  readonly status: ReleaseStatus;
  /** helm's own word where it is none that we know. */
  readonly unknownStatus: string | undefined;
  /** Undefined where helm wrote none, or Go's zero time. */
  readonly deployedAt: EpochMs | undefined;
  readonly description: string;
  readonly chart: string;
  readonly appVersion: string | undefined;
  readonly chartAnnotations: Readonly<Record<string, string>>;
  readonly manifest: string;
  readonly values: { readonly [key: string]: Json };
  readonly hooks: readonly ReleaseHook[];
  readonly rollbackTo: number | undefined;
  readonly applyMethod: "csa" | "ssa";
}

/** Why a record cannot be read: a fact for the log and the tooltip, never the record's content. */
export type DecodeError = { readonly reason: "unreadable"; readonly detail: string };

/** A Secret holds at most 1 MiB, which gzip could make a thousand times that. */
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

const inflate = promisify(gunzip);

/** Decodes what helm keeps under `release`, once the API's own base64 is still on it: base64 of base64 of gzip of JSON. */
export async function decodeRelease(data: string): Promise<Result<ReleasePayload, DecodeError>> {
  const packed = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
  const text = await unpacked(packed);
  if (!text.ok) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.value);
  } catch {
    return unreadable("it is not JSON");
  }
  return readPayload(parsed);
}

async function unpacked(packed: Buffer): Promise<Result<string, DecodeError>> {
  // Records of before helm 2.9 and of some other tools are plain JSON.
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b && packed[2] === 0x08;
  if (!isGzip) return packed.length === 0 ? unreadable("it is empty") : ok(packed.toString("utf8"));
  try {
    const plain = await inflate(packed, { maxOutputLength: MAX_PAYLOAD_BYTES });
    return ok(plain.toString("utf8"));
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return unreadable(isTooLarge ? `it is larger than ${MAX_PAYLOAD_BYTES} bytes` : "it is damaged");
  }
}

function readPayload(parsed: unknown): Result<ReleasePayload, DecodeError> {
  if (!isRecord(parsed)) return unreadable("it is not an object");
  const { name, version } = parsed;
  if (typeof name !== "string" || name === "") return unreadable("it has no name");
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1) {
    return unreadable("it has no revision");
  }
  const info = isRecord(parsed["info"]) ? parsed["info"] : undefined;
  if (info === undefined || typeof info["status"] !== "string") return unreadable("it has no status");
  const chart = isRecord(parsed["chart"]) ? parsed["chart"] : {};
  const metadata = isRecord(chart["metadata"]) ? chart["metadata"] : {};
  const status = releaseStatus(info["status"]);
  const description = text(info["description"]);
  return ok({
    name,
    revision: version,
    status,
    unknownStatus: status === "unknown" && info["status"] !== "unknown" ? info["status"] : undefined,
    deployedAt: goTime(info["last_deployed"]),
    description,
    chart: [text(metadata["name"]), text(metadata["version"])].filter((part) => part !== "").join("-"),
    appVersion: typeof metadata["appVersion"] === "string" ? metadata["appVersion"] : undefined,
    chartAnnotations: texts(metadata["annotations"]),
    manifest: text(parsed["manifest"]),
    values: isRecord(parsed["config"]) ? (parsed["config"] as ReleasePayload["values"]) : {},
    hooks: Array.isArray(parsed["hooks"]) ? parsed["hooks"].filter(isRecord).map(readHook) : [],
    rollbackTo: rolledBackTo(info["rollback_revision"], description),
    applyMethod: parsed["apply_method"] === "ssa" ? "ssa" : "csa",
  });
}

const readHook = (hook: Readonly<Record<string, unknown>>): ReleaseHook => ({
  kind: text(hook["kind"]),
  name: text(hook["name"]),
  events: Array.isArray(hook["events"]) ? hook["events"].filter((event) => typeof event === "string") : [],
  manifest: text(hook["manifest"]),
});

/** helm 4.3 writes the number; before that, the description is all that tells. */
function rolledBackTo(number: unknown, description: string): number | undefined {
  if (typeof number === "number" && Number.isSafeInteger(number) && number > 0) return number;
  const said = /^Rollback to (?<revision>[1-9]\d{0,9})$/u.exec(description)?.groups?.["revision"];
  return said === undefined ? undefined : Number(said);
}

const texts = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );

const STATUSES: ReadonlySet<string> = new Set<ReleaseStatus>([
  "unknown",
  "deployed",
  "uninstalled",
  "superseded",
  "failed",
  "uninstalling",
  "pending-install",
  "pending-upgrade",
  "pending-rollback",
]);

const isStatus = (word: string): word is ReleaseStatus => STATUSES.has(word);

/** A word that helm does not have today is kept as `unknown`, never taken for a good one. */
export const releaseStatus = (word: string): ReleaseStatus => (isStatus(word) ? word : "unknown");

/** helm 3 writes `""` for no time, helm 4 leaves it out, and Go's zero time is the year 1. */
function goTime(value: unknown): EpochMs | undefined {
  if (typeof value !== "string") return undefined;
  const time = Date.parse(value);
  return Number.isFinite(time) && time > 0 ? time : undefined;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const unreadable = (detail: string): Result<never, DecodeError> => fail({ reason: "unreadable", detail });
