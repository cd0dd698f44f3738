import type { ReleaseReadError, ReleaseRef, ReleaseStore, WriteError } from "../../app/ports.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import type { Revision } from "../../domain/release.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { decodeRelease } from "./decode.ts";
import { manifestImages } from "./manifest.ts";
import { markOf } from "./mark.ts";

/** What this room needs of the Kubernetes API; the adapter of that system fits it. */
export interface ReleaseApi {
  request(
    context: string,
    call: {
      readonly method: "GET";
      readonly path: string;
      readonly query?: Readonly<Record<string, string>>;
      readonly accept?: string;
    },
    signal: AbortSignal,
  ): Promise<Result<{ readonly body: unknown }, WriteError>>;
}

const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
/** helm's own labels; what else a record bears was given by a person or a tool. */
const SYSTEM_LABELS = new Set(["name", "owner", "status", "version", "createdAt", "modifiedAt"]);
const SECRET_TYPE = "helm.sh/release.v1";

/** helm's records in Secrets. Names and revisions come from labels: a release's own name may end like `.v2`. */
export class SecretReleaseStore implements ReleaseStore {
  readonly #api: ReleaseApi;

  constructor(api: ReleaseApi) {
    this.#api = api;
  }

  async latest(
    ref: ReleaseRef,
    signal: AbortSignal,
  ): Promise<Result<Revision | undefined, ReleaseReadError>> {
    const records = await this.#list(ref, {}, METADATA_ONLY, signal);
    if (!records.ok) return records;
    // By number: as text, revision 9 would come after revision 10.
    const newest = Math.max(0, ...records.value.map((record) => Number(labelsOf(record)["version"] ?? 0)));
    if (newest === 0) return ok(undefined);
    return this.revision(ref, newest, signal);
  }

  async revision(
    ref: ReleaseRef,
    revision: number,
    signal: AbortSignal,
  ): Promise<Result<Revision | undefined, ReleaseReadError>> {
    const records = await this.#list(ref, { version: String(revision) }, undefined, signal);
    if (!records.ok) return records;
    const [record] = records.value;
    return record === undefined ? ok(undefined) : readRevision(record, ref.release, revision);
  }

  async #list(
    ref: ReleaseRef,
    labels: Readonly<Record<string, string>>,
    accept: string | undefined,
    signal: AbortSignal,
  ): Promise<Result<readonly Readonly<Record<string, unknown>>[], ClusterError>> {
    const selector = { owner: "helm", name: ref.release, ...labels };
    const answer = await this.#api.request(
      ref.context,
      {
        method: "GET",
        path: `/api/v1/namespaces/${encodeURIComponent(ref.namespace)}/secrets`,
        query: {
          labelSelector: Object.entries(selector)
            .map(([name, value]) => `${name}=${value}`)
            .join(","),
        },
        ...(accept === undefined ? {} : { accept }),
      },
      signal,
    );
    if (!answer.ok) {
      if (answer.error.reason === "conflict") throw new Error("A list cannot conflict.");
      return fail(answer.error);
    }
    const items = isRecord(answer.value.body) ? answer.value.body["items"] : undefined;
    return ok(Array.isArray(items) ? items.filter(isRecord) : []);
  }
}

async function readRevision(
  secret: Readonly<Record<string, unknown>>,
  release: string,
  revision: number,
): Promise<Result<Revision, ReleaseReadError>> {
  const metadata = isRecord(secret["metadata"]) ? secret["metadata"] : {};
  const record = text(metadata["name"]);
  const unreadable = (detail: string): Result<never, ReleaseReadError> =>
    fail({ reason: "unreadable-record", record, detail });
  const type = text(secret["type"]);
  if (type !== SECRET_TYPE) return unreadable(`its format is ${type}, not ${SECRET_TYPE}`);
  const data = isRecord(secret["data"]) ? secret["data"]["release"] : undefined;
  if (typeof data !== "string") return unreadable("it holds no release");
  const payload = await decodeRelease(data);
  if (!payload.ok) return unreadable(payload.error.detail);
  if (payload.value.name !== release || payload.value.revision !== revision) {
    return unreadable(
      `it says ${payload.value.name} ${payload.value.revision}, its labels ${release} ${revision}`,
    );
  }
  const { status, unknownStatus, description, chart, appVersion, manifest, rollbackTo } = payload.value;
  const { chartAnnotations, values, hooks, applyMethod } = payload.value;
  const labels = labelsOf(secret);
  const mark = markOf(labels, revision, description);
  return ok({
    revision,
    status,
    ...(unknownStatus === undefined ? {} : { unknownStatus }),
    deployedAt: payload.value.deployedAt ?? created(metadata),
    description,
    chart,
    ...(appVersion === undefined ? {} : { appVersion }),
    chartAnnotations,
    images: manifestImages(manifest),
    manifest,
    values,
    hooks,
    labels: Object.fromEntries(Object.entries(labels).filter(([name]) => !SYSTEM_LABELS.has(name))),
    ...(rollbackTo === undefined ? {} : { rollbackTo }),
    applyMethod,
    driver: "secret",
    ...(mark === undefined ? {} : { mark }),
    version: { uid: text(metadata["uid"]), resourceVersion: text(metadata["resourceVersion"]) },
  });
}

function created(metadata: Readonly<Record<string, unknown>>): number {
  const time = Date.parse(text(metadata["creationTimestamp"]));
  return Number.isFinite(time) ? time : 0;
}

function labelsOf(object: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const metadata = isRecord(object["metadata"]) ? object["metadata"] : {};
  const labels = isRecord(metadata["labels"]) ? metadata["labels"] : {};
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
