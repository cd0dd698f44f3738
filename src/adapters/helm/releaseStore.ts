import type { ReleaseReadError, ReleaseRef, ReleaseStore, WriteError } from "../../app/ports.ts";
import type { ReleaseHistoryStore, ReleaseListing } from "../../app/rollbackPorts.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import { isReleaseName, type RecordDriver, type Revision, type RevisionLabel } from "../../domain/release.ts";
import { newestFirst } from "../../domain/recordLabels.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { RecordCache } from "./recordCache.ts";
import type { RecordDecoder } from "./recordDecoder.ts";
import {
  isObject,
  listedRecord,
  payloadOf,
  PLURAL,
  revisionOf,
  type JsonObject,
  type ListedRecord,
} from "./recordObject.ts";

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

/** What all stores share, so that a record is decoded once whoever reads it. */
export interface RecordReading {
  readonly decoder: RecordDecoder;
  readonly cache: RecordCache;
}

const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
/** Where Tiller kept helm 2's records, unless it was told otherwise. */
const TILLER_NAMESPACE = "kube-system";

/**
 * helm's records in Secrets and in ConfigMaps. What is there is told by metadata alone, and a record is read when it
 * is asked for: helm itself reads all of all, which takes it seconds and an API server gigabytes.
 */
export class ApiReleaseStore implements ReleaseStore, ReleaseHistoryStore {
  readonly #api: ReleaseApi;
  readonly #decoder: RecordDecoder;
  readonly #cache: RecordCache;

  constructor(api: ReleaseApi, { decoder, cache }: RecordReading) {
    this.#api = api;
    this.#decoder = decoder;
    this.#cache = cache;
  }

  async list(ref: ReleaseRef, signal: AbortSignal): Promise<Result<ReleaseListing, ClusterError>> {
    const revisions = await this.#labels(ref, signal);
    if (!revisions.ok) return revisions;
    if (revisions.value.length > 0) {
      this.#decoder.prepare();
      return ok({ revisions: revisions.value, hasHelm2: false });
    }
    return ok({ revisions: [], hasHelm2: await this.#hasHelm2(ref, signal) });
  }

  async record(
    ref: ReleaseRef,
    label: Pick<RevisionLabel, "revision" | "driver" | "version">,
    signal: AbortSignal,
  ): Promise<Result<Revision | undefined, ReleaseReadError>> {
    const known = this.#cache.get(ref.context, label.version);
    if (known !== undefined) return ok(known);
    this.#decoder.prepare();
    const found = await this.#object(ref, label, signal);
    if (!found.ok) return found;
    return found.value === undefined ? ok(undefined) : this.#read(ref, found.value, signal);
  }

  async latest(
    ref: ReleaseRef,
    signal: AbortSignal,
  ): Promise<Result<Revision | undefined, ReleaseReadError>> {
    const labels = await this.#labels(ref, signal);
    if (!labels.ok) return labels;
    const [newest] = labels.value;
    return newest === undefined ? ok(undefined) : this.record(ref, newest, signal);
  }

  async revision(
    ref: ReleaseRef,
    revision: number,
    signal: AbortSignal,
  ): Promise<Result<Revision | undefined, ReleaseReadError>> {
    const labels = await this.#labels(ref, signal);
    if (!labels.ok) return labels;
    const wanted = labels.value.find((label) => label.revision === revision);
    return wanted === undefined ? ok(undefined) : this.record(ref, wanted, signal);
  }

  async #labels(
    ref: ReleaseRef,
    signal: AbortSignal,
  ): Promise<Result<readonly RevisionLabel[], ClusterError>> {
    // A selector would make something else of a name with a comma; helm has no such release.
    if (!isReleaseName(ref.release)) return ok([]);
    const selector = { owner: "helm", name: ref.release };
    const [secrets, configMaps] = await Promise.all([
      this.#list(ref, "secret", selector, signal),
      this.#list(ref, "configmap", selector, signal),
    ]);
    // Few may read the one and not the other, and most teams' records are in Secrets alone.
    if (!secrets.ok) {
      const isOther = secrets.error.reason === "forbidden" && configMaps.ok && configMaps.value.length > 0;
      return isOther ? ok(newestFirst(configMaps.value.map(({ label }) => label))) : secrets;
    }
    if (!configMaps.ok && configMaps.error.reason !== "forbidden") return configMaps;
    const all = [...secrets.value, ...(configMaps.ok ? configMaps.value : [])];
    return ok(newestFirst(all.map(({ label }) => label)));
  }

  /** The object of a record with its payload, as it is now. */
  async #object(
    ref: ReleaseRef,
    { revision, driver, version }: Pick<RevisionLabel, "revision" | "driver" | "version">,
    signal: AbortSignal,
  ): Promise<Result<Found | undefined, ClusterError>> {
    const usual = await this.#get(ref, driver, `sh.helm.release.v1.${ref.release}.v${revision}`, signal);
    if (!usual.ok || usual.value?.listed.label.version.uid === version.uid) return usual;
    // Gone, most likely; or somebody gave it a name of their own, and its labels are still what helm goes by.
    const selector = { owner: "helm", name: ref.release, version: String(revision) };
    const listed = await this.#list(ref, driver, selector, signal);
    if (!listed.ok) return listed;
    const same = listed.value.find(({ label }) => label.version.uid === version.uid);
    return same === undefined ? ok(undefined) : this.#get(ref, driver, same.object, signal);
  }

  async #read(
    ref: ReleaseRef,
    { object, listed }: Found,
    signal: AbortSignal,
  ): Promise<Result<Revision, ReleaseReadError>> {
    const known = this.#cache.get(ref.context, listed.label.version);
    if (known !== undefined) return ok(known);
    const data = payloadOf(object, listed.label.driver);
    const payload = data.ok ? await this.#decoder.decode(data.value, listed.label.driver, signal) : data;
    const revision = payload.ok ? revisionOf(object, listed, payload.value, ref) : payload;
    if (revision.ok) {
      this.#cache.put(ref.context, revision.value);
      return revision;
    }
    if (revision.error.reason === "aborted") return fail({ reason: "aborted" });
    const { detail } = revision.error;
    return fail({ reason: "unreadable-record", record: listed.object, detail });
  }

  /** Helm 2's records are Protobuf; that they are there is all that is of use. Who may not look has none. */
  async #hasHelm2({ release, ...ref }: ReleaseRef, signal: AbortSignal): Promise<boolean> {
    if (!isReleaseName(release)) return false;
    const namespaces = new Set([TILLER_NAMESPACE, ref.namespace]);
    const looks = [...namespaces].flatMap((namespace) =>
      (["configmap", "secret"] as const).map((driver) =>
        this.#items({ ...ref, namespace }, driver, { OWNER: "TILLER", NAME: release }, signal),
      ),
    );
    const found = await Promise.all(looks);
    return found.some((items) => items.ok && items.value.length > 0);
  }

  async #list(
    ref: Pick<ReleaseRef, "context" | "namespace">,
    driver: RecordDriver,
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Result<readonly ListedRecord[], ClusterError>> {
    const items = await this.#items(ref, driver, labels, signal);
    return items.ok ? ok(items.value.flatMap((item) => listedRecord(item, driver) ?? [])) : items;
  }

  async #items(
    { context, namespace }: Pick<ReleaseRef, "context" | "namespace">,
    driver: RecordDriver,
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Result<readonly JsonObject[], ClusterError>> {
    const labelSelector = Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(",");
    const answer = await this.#api.request(
      context,
      {
        method: "GET",
        path: folderOf(namespace, driver),
        query: { labelSelector },
        accept: METADATA_ONLY,
      },
      signal,
    );
    if (!answer.ok) return fail(readError(answer.error));
    const items = isObject(answer.value.body) ? answer.value.body["items"] : undefined;
    return ok(Array.isArray(items) ? items.filter(isObject) : []);
  }

  /** Undefined where there is no such object, or where it is no record of this release. */
  async #get(
    { context, namespace, release }: ReleaseRef,
    driver: RecordDriver,
    name: string,
    signal: AbortSignal,
  ): Promise<Result<Found | undefined, ClusterError>> {
    const path = `${folderOf(namespace, driver)}/${encodeURIComponent(name)}`;
    const answer = await this.#api.request(context, { method: "GET", path }, signal);
    if (!answer.ok) {
      const error = readError(answer.error);
      return error.reason === "not-found" ? ok(undefined) : fail(error);
    }
    const object = isObject(answer.value.body) ? answer.value.body : {};
    const listed = listedRecord(object, driver);
    return ok(listed?.release === release ? { object, listed } : undefined);
  }
}

interface Found {
  readonly object: JsonObject;
  readonly listed: ListedRecord;
}

const folderOf = (namespace: string, driver: RecordDriver): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/${PLURAL[driver]}`;

function readError(error: WriteError): ClusterError {
  if (error.reason === "conflict") throw new Error("A read cannot conflict.");
  return error;
}
