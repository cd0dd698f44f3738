import type { ContainerImage, Json, RecordDriver, ReleaseHook, ReleaseStatus } from "../../domain/release.ts";
import { releaseStatus } from "../../domain/recordLabels.ts";
import { ok, type Result } from "../../domain/result.ts";
import type { EpochMs } from "../../domain/time.ts";
import { manifestImages } from "./manifest.ts";
import { unpackRecord, unreadable, type DecodeError } from "./unpack.ts";

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
  /** Absent where the chart has none. */
  readonly chartCrds?: readonly string[];
  readonly manifest: string;
  readonly images: readonly ContainerImage[];
  readonly values: { readonly [key: string]: Json };
  readonly hooks: readonly ReleaseHook[];
  readonly rollbackTo: number | undefined;
  readonly applyMethod: "csa" | "ssa";
}

export type Decoded = Result<ReleasePayload, DecodeError>;

/** Manifests, and everything else that is kept of a record, as text. */
const MAX_TEXT_CHARACTERS = 8 * 1024 * 1024;
/** What consists of many small parts costs far more time than its size tells. */
const MAX_PARTS_CHARACTERS = 1024 * 1024;
/** Nobody's values are nested like this; a program that walks them must not run out of its stack. */
const MAX_DEPTH = 100;

/** Decodes what helm keeps under `release` of a Secret or ConfigMap. Takes as long as a record is large: see `RecordDecoder`. */
export async function decodeRelease(data: string, driver: RecordDriver = "secret"): Promise<Decoded> {
  const parsed = await unpackRecord(data, driver);
  return parsed.ok ? readPayload(parsed.value) : parsed;
}

function readPayload(parsed: unknown): Decoded {
  if (!isRecord(parsed)) return unreadable("it is not an object");
  const { name, version } = parsed;
  if (typeof name !== "string" || name === "") return unreadable("it has no name");
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1) {
    return unreadable("it has no revision");
  }
  const info = isRecord(parsed["info"]) ? parsed["info"] : undefined;
  if (info === undefined || typeof info["status"] !== "string") return unreadable("it has no status");
  const values = isRecord(parsed["config"]) ? parsed["config"] : {};
  if (isDeeper(values, MAX_DEPTH)) return unreadable(`its values are nested deeper than ${MAX_DEPTH} levels`);
  const chart = isRecord(parsed["chart"]) ? parsed["chart"] : {};
  const metadata = isRecord(chart["metadata"]) ? chart["metadata"] : {};
  const status = releaseStatus(info["status"]);
  const description = text(info["description"]);
  const manifest = text(parsed["manifest"]);
  const kept = {
    name,
    revision: version,
    status,
    unknownStatus: status === "unknown" && info["status"] !== "unknown" ? info["status"] : undefined,
    deployedAt: goTime(info["last_deployed"]),
    description,
    chart: [text(metadata["name"]), text(metadata["version"])].filter((part) => part !== "").join("-"),
    appVersion: typeof metadata["appVersion"] === "string" ? metadata["appVersion"] : undefined,
    chartAnnotations: texts(metadata["annotations"]),
    ...crdsOf(chart["files"]),
    manifest,
    values: values as ReleasePayload["values"],
    hooks: Array.isArray(parsed["hooks"]) ? parsed["hooks"].filter(isRecord).map(readHook) : [],
    rollbackTo: rolledBackTo(info["rollback_revision"], description, version),
    applyMethod: parsed["apply_method"] === "ssa" ? "ssa" : "csa",
  } as const;
  if (isTooLarge(kept)) return unreadable("its manifest and values are too large");
  const images = manifestImages(manifest);
  return images === undefined
    ? unreadable("its manifest has more or larger objects with pods than a release can have")
    : ok({ ...kept, images });
}

const MOST_CRDS = 50;

/** helm keeps the folder `crds` among a chart's other files. */
function crdsOf(files: unknown): Pick<ReleasePayload, "chartCrds"> {
  const names = (Array.isArray(files) ? files.filter(isRecord) : []).map((file) => text(file["name"]));
  const crds = names.filter((name) => name.startsWith("crds/"));
  return crds.length === 0 ? {} : { chartCrds: crds.slice(0, MOST_CRDS) };
}

const readHook = (hook: Readonly<Record<string, unknown>>): ReleaseHook => ({
  kind: text(hook["kind"]),
  name: text(hook["name"]),
  events: Array.isArray(hook["events"]) ? hook["events"].filter((event) => typeof event === "string") : [],
  manifest: text(hook["manifest"]),
});

/** helm 4.3 writes the number; before that, the description is all that tells. It always goes to an earlier revision. */
function rolledBackTo(number: unknown, description: string, revision: number): number | undefined {
  const said = /^Rollback to (?<revision>[1-9]\d{0,9})$/u.exec(description)?.groups?.["revision"];
  const to = typeof number === "number" ? number : Number(said);
  return Number.isSafeInteger(to) && to > 0 && to < revision ? to : undefined;
}

function isTooLarge({ manifest, hooks, ...rest }: Omit<ReleasePayload, "images">): boolean {
  const { description, ...parts } = rest;
  const ofHooks = hooks.map(({ kind, name, events }) => [kind, name, events]);
  if (JSON.stringify([parts, ofHooks]).length > MAX_PARTS_CHARACTERS) return true;
  const texts = [manifest, description, ...hooks.map((hook) => hook.manifest)];
  return texts.reduce((sum, { length }) => sum + length, 0) > MAX_TEXT_CHARACTERS;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

const texts = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );

/** helm 3 writes `""` for no time, helm 4 leaves it out, and Go's zero time is the year 1. */
function goTime(value: unknown): EpochMs | undefined {
  if (typeof value !== "string") return undefined;
  const time = Date.parse(value);
  return Number.isFinite(time) && time > 0 ? time : undefined;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
