import type { ReleaseRef, WorkloadReader } from "../../app/ports.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { WorkloadReading } from "../../domain/rollout.ts";
import type { KubernetesApi } from "./api.ts";
import { objectAt, objectsAt, textAt, type JsonObject } from "./json.ts";
import { manifestObjects, mayNameWorkload } from "./manifestDocuments.ts";
import { newestPods, type PodSource } from "./newestPods.ts";
import { readWorkload } from "./workloadReading.ts";

export const PLURALS = {
  Deployment: "deployments",
  StatefulSet: "statefulsets",
  DaemonSet: "daemonsets",
} as const;
export type WorkloadKind = keyof typeof PLURALS;

/** A workload that a manifest names. */
export interface WorkloadRef {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

/** Reads what a manifest's workloads are now, and the pods of their newest template. */
export class ApiWorkloadReader implements WorkloadReader {
  readonly #api: KubernetesApi;
  /** A proof looks at the workloads of one manifest again and again. */
  #named:
    | { readonly manifest: string; readonly namespace: string; readonly workloads: readonly WorkloadRef[] }
    | undefined;

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  async read(
    ref: ReleaseRef,
    manifest: string,
    signal: AbortSignal,
  ): Promise<Result<readonly WorkloadReading[], ClusterError>> {
    const named = await this.#workloadsOf(manifest, ref.namespace);
    const found = await Promise.all(named.map((workload) => this.#one(ref.context, workload, signal)));
    const readings: WorkloadReading[] = [];
    for (const reading of found) {
      if (!reading.ok) return reading;
      if (reading.value !== undefined) readings.push(reading.value);
    }
    return ok(readings);
  }

  async #workloadsOf(manifest: string, namespace: string): Promise<readonly WorkloadRef[]> {
    const known = this.#named;
    if (known?.manifest === manifest && known.namespace === namespace) return known.workloads;
    const workloads = await workloadsOf(manifest, namespace);
    this.#named = { manifest, namespace, workloads };
    return workloads;
  }

  async #one(
    context: string,
    { kind, namespace, name }: WorkloadRef,
    signal: AbortSignal,
  ): Promise<Result<WorkloadReading | undefined, ClusterError>> {
    const folder = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}`;
    const path = `${folder}/${PLURALS[kind]}/${encodeURIComponent(name)}`;
    const workload = await this.#get(context, path, {}, signal);
    if (!workload.ok) return workload.error.reason === "not-found" ? ok(undefined) : workload;
    const source: PodSource = {
      namespace,
      list: async (group, plural, labelSelector) => {
        const list = `${group}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
        const answer = await this.#get(context, list, { labelSelector }, signal);
        return answer.ok ? ok(objectsAt(answer.value, "items")) : answer;
      },
    };
    const found = await newestPods(kind, objectAt(workload.value), source);
    return found.ok ? ok(readWorkload(kind, workload.value, found.value.pods)) : found;
  }

  async #get(
    context: string,
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Result<unknown, ClusterError>> {
    const answer = await this.#api.request(context, { method: "GET", path, query }, signal);
    if (answer.ok) return ok(answer.value.body);
    return answer.error.reason === "conflict"
      ? fail({ reason: "server-error", status: 409, detail: "" })
      : fail(answer.error);
  }
}

/** The workloads that a manifest names. A document without a namespace is in the release's. */
export async function workloadsOf(manifest: string, namespace: string): Promise<readonly WorkloadRef[]> {
  const objects = await manifestObjects(manifest, mayNameWorkload);
  return objects.flatMap((object) => workloadIn(object, namespace));
}

function workloadIn(object: JsonObject, namespace: string): readonly WorkloadRef[] {
  const kind = textAt(object, "kind");
  const name = textAt(object, "metadata", "name");
  const isWorkload = kind === "Deployment" || kind === "StatefulSet" || kind === "DaemonSet";
  if (!isWorkload || name === undefined || textAt(object, "apiVersion") !== "apps/v1") return [];
  return [{ kind, name, namespace: textAt(object, "metadata", "namespace") ?? namespace }];
}
