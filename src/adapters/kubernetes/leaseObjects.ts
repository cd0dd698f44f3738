import type { Reading, WriteError } from "../../app/ports.ts";
import type { ClusterError, ObjectRef, ObjectVersion } from "../../domain/cluster.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import type { ApiCall, KubernetesApi } from "./api.ts";
import { isObject, textAt, type JsonObject } from "./json.ts";
import { changedLease, LEASE_API, newLease, versionOf, type LeaseChange } from "./leaseObject.ts";

const LEASE_TIMEOUT_MS: DurationMs = 5 * SECOND_MS;

export const leasesPath = (namespace: string): string =>
  `/apis/${LEASE_API}/namespaces/${encodeURIComponent(namespace)}/leases`;

const leasePath = ({ namespace, name }: ObjectRef): string =>
  `${leasesPath(namespace)}/${encodeURIComponent(name)}`;

/** A Lease as the API server answered it. */
export interface FoundLease {
  readonly lease: JsonObject;
  readonly version: ObjectVersion;
}

/** Reads and writes whole Lease objects, and remembers what was read so that a write keeps what belongs to others. */
export class LeaseObjects {
  readonly #api: KubernetesApi;
  readonly #read = new WeakMap<ObjectVersion, JsonObject>();

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  async get(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<FoundLease>, ClusterError>> {
    const answer = await this.#send(ref, { method: "GET", path: leasePath(ref) }, signal);
    if (answer.ok) return answer;
    return answer.error.reason === "conflict"
      ? fail({ reason: "server-error", status: 409, detail: "" })
      : fail(answer.error);
  }

  async put(
    ref: ObjectRef,
    expected: ObjectVersion,
    change: (present: JsonObject) => LeaseChange,
    signal: AbortSignal,
  ): Promise<Result<Reading<FoundLease>, WriteError>> {
    const present = await this.#present(ref, expected, signal);
    if (!present.ok) return present;
    const body = changedLease(present.value, change(present.value));
    return this.#send(ref, { method: "PUT", path: leasePath(ref), body }, signal);
  }

  post(
    ref: ObjectRef,
    change: LeaseChange,
    signal: AbortSignal,
  ): Promise<Result<Reading<FoundLease>, WriteError>> {
    const body = newLease(ref.namespace, ref.name, change);
    return this.#send(ref, { method: "POST", path: leasesPath(ref.namespace), body }, signal);
  }

  /** The object that the caller decided on: the one read with that version, else read again and compared. */
  async #present(
    ref: ObjectRef,
    expected: ObjectVersion,
    signal: AbortSignal,
  ): Promise<Result<JsonObject, WriteError>> {
    const known = this.#read.get(expected);
    if (known !== undefined) return ok(known);
    const now = await this.get(ref, signal);
    if (!now.ok) return now.error.reason === "not-found" ? fail({ reason: "conflict" }) : now;
    const { lease, version } = now.value.value;
    const isSame =
      version.uid === expected.uid &&
      version.resourceVersion === expected.resourceVersion &&
      version.uid !== "";
    return isSame ? ok(lease) : fail({ reason: "conflict" });
  }

  async #send(
    ref: ObjectRef,
    call: ApiCall,
    signal: AbortSignal,
  ): Promise<Result<Reading<FoundLease>, WriteError>> {
    const answer = await this.#api.request(ref.context, { ...call, timeoutMs: LEASE_TIMEOUT_MS }, signal);
    if (!answer.ok) return answer;
    const { body, serverTime } = answer.value;
    if (!isObject(body) || textAt(body, "kind") !== "Lease") {
      return fail({ reason: "not-kubernetes", server: ref.context, detail: "the answer is no Lease" });
    }
    const version = versionOf(body);
    this.#read.set(version, body);
    return ok({ value: { lease: body, version }, serverTime });
  }
}
