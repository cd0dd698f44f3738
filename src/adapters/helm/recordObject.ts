import type { ReleaseRef } from "../../app/ports.ts";
import type { RecordDriver, Revision, RevisionLabel } from "../../domain/release.ts";
import { readRecordLabels } from "../../domain/recordLabels.ts";
import { ok, type Result } from "../../domain/result.ts";
import type { ReleasePayload } from "./decode.ts";
import { markOf } from "./mark.ts";
import { unreadable, type DecodeError } from "./unpack.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** The plurals by which the API knows the two kinds of records. */
export const PLURAL: Readonly<Record<RecordDriver, string>> = { secret: "secrets", configmap: "configmaps" };

/** helm's own labels; what else a record bears was given by a person or a tool. */
const SYSTEM_LABELS = new Set(["name", "owner", "status", "version", "createdAt", "modifiedAt"]);
const SECRET_TYPE = "helm.sh/release.v1";
const FORMAT = /^helm\.sh\/release\.v\d+$/u;

/** A record without its payload, and the name of its object. */
export interface ListedRecord {
  readonly object: string;
  readonly release: string;
  readonly label: RevisionLabel;
}

/** What an object's metadata says; undefined where its labels are not those of a record. */
export function listedRecord(object: JsonObject, driver: RecordDriver): ListedRecord | undefined {
  const labels = readRecordLabels(labelsOf(object));
  if (labels === undefined) return undefined;
  const { release, revision, status } = labels;
  const metadata = metadataOf(object);
  return {
    object: text(metadata["name"]),
    release,
    label: {
      revision,
      status,
      // helm's createdAt label can be inherited from an earlier revision; the object's own date cannot.
      createdAt: createdAt(metadata),
      driver,
      version: { uid: text(metadata["uid"]), resourceVersion: text(metadata["resourceVersion"]) },
    },
  };
}

/** What is to be decoded of a record's object. */
export function payloadOf(object: JsonObject, driver: RecordDriver): Result<string, DecodeError> {
  const type = text(object["type"]);
  if (driver === "secret" && type !== SECRET_TYPE) {
    return unreadable(
      FORMAT.test(type)
        ? `its format is ${type}, newer than ${SECRET_TYPE}`
        : `it is a Secret of another type than ${SECRET_TYPE}`,
    );
  }
  const data = isObject(object["data"]) ? object["data"]["release"] : undefined;
  return typeof data === "string" ? ok(data) : unreadable("it holds no release");
}

/** A record's payload together with what its object says. Refused where the two are not of the same revision. */
export function revisionOf(
  object: JsonObject,
  { label }: ListedRecord,
  payload: ReleasePayload,
  { release }: Pick<ReleaseRef, "release">,
): Result<Revision, DecodeError> {
  const { name, revision, deployedAt, unknownStatus, appVersion, rollbackTo, ...rest } = payload;
  if (name !== release || revision !== label.revision) {
    return unreadable(`it says ${name} ${revision}, its labels ${release} ${label.revision}`);
  }
  const labels = labelsOf(object);
  const mark = markOf(labels, revision, rest.description);
  return ok({
    ...rest,
    revision,
    deployedAt: deployedAt ?? label.createdAt,
    ...(unknownStatus === undefined ? {} : { unknownStatus }),
    ...(appVersion === undefined ? {} : { appVersion }),
    ...(rollbackTo === undefined ? {} : { rollbackTo }),
    labels: Object.fromEntries(Object.entries(labels).filter(([key]) => !SYSTEM_LABELS.has(key))),
    ...(mark === undefined ? {} : { mark }),
    driver: label.driver,
    version: label.version,
  });
}

function createdAt(metadata: JsonObject): number {
  const time = Date.parse(text(metadata["creationTimestamp"]));
  return Number.isFinite(time) ? time : 0;
}

function labelsOf(object: JsonObject): Readonly<Record<string, string>> {
  const labels = metadataOf(object)["labels"];
  return Object.fromEntries(
    Object.entries(isObject(labels) ? labels : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

const metadataOf = (object: JsonObject): JsonObject =>
  isObject(object["metadata"]) ? object["metadata"] : {};

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
