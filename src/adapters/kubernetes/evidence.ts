import { parseDocument } from "yaml";
import type { EvidenceReader, EventsOf, InCluster, LogOf } from "../../app/diagnosePorts.ts";
import type { ReleaseRef } from "../../app/ports.ts";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import { workloadName, type ReleaseHook, type Revision } from "../../domain/release.ts";
import type {
  EventFact,
  HookFacts,
  PodFacts,
  ReleaseFacts,
  WorkloadFacts,
} from "../../domain/releaseFacts.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS } from "../../domain/time.ts";
import type { ApiAnswer, ApiCall, KubernetesApi } from "./api.ts";
import { readEvents } from "./eventFacts.ts";
import { objectAt, objectsAt, textAt, type JsonObject } from "./json.ts";
import { newestPods, ownPods, selectorOf, type PodSource } from "./newestPods.ts";
import { readConditions, readPodFacts } from "./podFacts.ts";
import {
  autoscalerOf,
  conditionsOf,
  isGoing,
  isNodeReady,
  mayMissItsNode,
  oldPods,
  readRolloutFacts,
  wantedOf,
  type SeenWorkload,
} from "./rolloutFacts.ts";
import { PLURALS, workloadsOf, type WorkloadRef } from "./workloads.ts";

const MAX_WORKLOADS = 40;
const MAX_HOOKS = 20;
const MAX_PODS = 20;
const MAX_NODES = 3;
const MAX_EVENTS = 50;
const LOG_LINES = 50;
const LOG_BYTES = 16 * 1024;
/** Requests at one time: a diagnosis is no reason to burden a cluster that is in trouble. */
const AT_ONCE = 6;
/** A node that is gone is asked for its logs in vain. */
const LOG_TIMEOUT_MS = 5 * SECOND_MS;

/** Reads from the API what can tell why something does not run. */
export class ApiEvidenceReader implements EvidenceReader {
  readonly #api: KubernetesApi;

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  async facts(
    ref: ReleaseRef,
    { manifest, hooks }: Pick<Revision, "manifest" | "hooks">,
    signal: AbortSignal,
  ): Promise<Result<ReleaseFacts, ClusterError>> {
    const named = await workloadsOf(manifest, ref.namespace);
    const read = await inTurns(named.slice(0, MAX_WORKLOADS), (workload) =>
      this.#workload(ref.context, workload, signal),
    );
    const workloads: WorkloadFacts[] = [];
    for (const workload of read) {
      if (!workload.ok) return workload;
      workloads.push(workload.value);
    }
    const found = await inTurns(hooks.flatMap(hookRef(ref.namespace)).slice(0, MAX_HOOKS), (hook) =>
      this.#hook(ref.context, hook, signal),
    );
    return ok({ workloads, hooks: found.flat() });
  }

  async workloadFacts(of: WorkloadAddress, signal: AbortSignal): Promise<Result<ReleaseFacts, ClusterError>> {
    const read = await this.#workload(of.context, of, signal);
    return read.ok ? ok({ workloads: [read.value], hooks: [] }) : read;
  }

  async events(
    { context }: InCluster,
    { namespace, uid }: EventsOf,
    signal: AbortSignal,
  ): Promise<Result<readonly EventFact[], ClusterError>> {
    const query = { fieldSelector: `involvedObject.uid=${uid}`, limit: String(MAX_EVENTS) };
    const answer = await this.#get(context, { path: `${core(namespace)}/events`, query }, signal);
    if (!answer.ok) return answer;
    return ok(readEvents(objectsAt(answer.value, "items")));
  }

  async log(
    { context }: InCluster,
    { namespace, pod, container, previous }: LogOf,
    signal: AbortSignal,
  ): Promise<Result<string, ClusterError>> {
    const path = `${core(namespace)}/pods/${encodeURIComponent(pod)}/log`;
    const query = {
      container,
      previous: String(previous),
      tailLines: String(LOG_LINES),
      limitBytes: String(LOG_BYTES),
    };
    const call = { path, query, reads: "text", accept: "*/*", timeoutMs: LOG_TIMEOUT_MS } as const;
    const answer = await this.#get(context, call, signal);
    if (!answer.ok) return answer;
    // A server that does not keep to the limit is cut here, so that the end stays.
    return ok(typeof answer.value === "string" ? answer.value.slice(-LOG_BYTES) : "");
  }

  async #workload(
    context: string,
    { kind, namespace, name }: WorkloadRef,
    signal: AbortSignal,
  ): Promise<Result<WorkloadFacts, ClusterError>> {
    const path = `${apps(namespace)}/${PLURALS[kind]}/${encodeURIComponent(name)}`;
    const answer = await this.#ask(context, { path }, signal);
    const base = { name: workloadName(kind, name), namespace };
    if (!answer.ok) {
      if (answer.error.reason !== "not-found") return answer;
      return ok({ ...base, exists: false, wanted: 0, uids: [], conditions: [], pods: [] });
    }
    const workload = objectAt(answer.value.body);
    const source = this.#source(context, namespace, signal);
    const found = await newestPods(kind, workload, source);
    if (!found.ok) return found;
    const seen: SeenWorkload = { kind, namespace, name, workload, ...found.value };
    const uids = [workload, seen.owner].flatMap((object) => textAt(object, "metadata", "uid") ?? []);
    const [pods, inTheWay, autoscaler] = await Promise.all([
      this.#pods(context, found.value.pods, signal),
      oldPods(seen, source),
      autoscalerOf(seen, source),
    ]);
    return ok({
      ...base,
      exists: true,
      wanted: wantedOf(seen),
      uids: [...new Set(uids)],
      conditions: conditionsOf(seen),
      pods,
      rollout: {
        ...(answer.value.serverTime === undefined ? {} : { at: answer.value.serverTime }),
        ...readRolloutFacts(seen),
        inTheWay,
        ...(autoscaler === undefined ? {} : { autoscaler }),
      },
    });
  }

  /** With their nodes, of those pods that may have lost theirs; most people may not read nodes. */
  async #pods(
    context: string,
    pods: readonly JsonObject[],
    signal: AbortSignal,
  ): Promise<readonly PodFacts[]> {
    const staying = pods
      .filter((pod) => !isGoing(pod))
      .slice(0, MAX_PODS)
      .map(readPodFacts);
    const wanted = staying.filter(mayMissItsNode).flatMap(({ node }) => node?.name ?? []);
    const asked = [...new Set(wanted)].slice(0, MAX_NODES).map(async (name) => {
      const call = { path: `/api/v1/nodes/${encodeURIComponent(name)}` };
      const answer = await this.#get(context, call, signal);
      return answer.ok ? [[name, isNodeReady(answer.value)] as const] : [];
    });
    const known = new Map((await Promise.all(asked)).flat());
    return staying.map((pod) => {
      const isReady = known.get(pod.node?.name ?? "");
      return pod.node === undefined || isReady === undefined
        ? pod
        : { ...pod, node: { ...pod.node, isReady } };
    });
  }

  /** None where it is not there, or may not be looked at: then helm's words have to do. */
  async #hook(context: string, hook: HookRef, signal: AbortSignal): Promise<readonly HookFacts[]> {
    const { kind, namespace, name, events } = hook;
    const folder = kind === "Job" ? `${batch(namespace)}/jobs` : `${core(namespace)}/pods`;
    const answer = await this.#get(context, { path: `${folder}/${encodeURIComponent(name)}` }, signal);
    if (!answer.ok) return [];
    const object = objectAt(answer.value);
    const pods =
      kind === "Pod" ? ok([object]) : await this.#podsOfJob(object, this.#source(context, namespace, signal));
    const conditions = readConditions(object);
    return [
      {
        kind,
        name,
        namespace,
        events,
        uid: textAt(object, "metadata", "uid") ?? "",
        createdAt: Date.parse(textAt(object, "metadata", "creationTimestamp") ?? ""),
        hasFailed:
          textAt(object, "status", "phase") === "Failed" ||
          conditions.some(({ type, status }) => type === "Failed" && status === "True"),
        conditions,
        pods: (pods.ok ? [...pods.value].sort(newestFirst) : [])
          .filter((pod) => !isGoing(pod))
          .slice(0, MAX_PODS)
          .map(readPodFacts),
      },
    ];
  }

  async #podsOfJob(job: JsonObject, source: PodSource): Promise<Result<readonly JsonObject[], ClusterError>> {
    const found = await ownPods(job, selectorOf(job), source);
    return found.ok ? ok(found.value.pods) : found;
  }

  #source(context: string, namespace: string, signal: AbortSignal): PodSource {
    return {
      namespace,
      list: async (group, plural, labelSelector) => {
        const path = `${group}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
        const query = labelSelector === "" ? {} : { query: { labelSelector } };
        const answer = await this.#get(context, { path, ...query }, signal);
        return answer.ok ? ok(objectsAt(answer.value, "items")) : answer;
      },
    };
  }

  async #get(
    context: string,
    call: Omit<ApiCall, "method">,
    signal: AbortSignal,
  ): Promise<Result<unknown, ClusterError>> {
    const answer = await this.#ask(context, call, signal);
    return answer.ok ? ok(answer.value.body) : answer;
  }

  async #ask(
    context: string,
    call: Omit<ApiCall, "method">,
    signal: AbortSignal,
  ): Promise<Result<ApiAnswer, ClusterError>> {
    const answer = await this.#api.request(context, { method: "GET", ...call }, signal);
    if (answer.ok) return answer;
    return answer.error.reason === "conflict"
      ? fail({ reason: "server-error", status: 409, detail: "" })
      : fail(answer.error);
  }
}

const core = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
const apps = (namespace: string): string => `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}`;
const batch = (namespace: string): string => `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}`;

interface HookRef {
  readonly kind: "Job" | "Pod";
  readonly namespace: string;
  readonly name: string;
  readonly events: readonly string[];
}

/** Hooks that run something; helm waits for these kinds alone. */
const hookRef =
  (namespace: string) =>
  ({ kind, name, events, manifest }: ReleaseHook): readonly HookRef[] =>
    kind === "Job" || kind === "Pod"
      ? [{ kind, name, events, namespace: namespaceIn(manifest) ?? namespace }]
      : [];

function namespaceIn(manifest: string): string | undefined {
  const document = parseDocument(manifest, { logLevel: "silent" });
  const found: unknown = document.errors.length > 0 ? undefined : document.getIn(["metadata", "namespace"]);
  return typeof found === "string" ? found : undefined;
}

const createdAt = (object: JsonObject): string => textAt(object, "metadata", "creationTimestamp") ?? "";
const newestFirst = (a: JsonObject, b: JsonObject): number => createdAt(b).localeCompare(createdAt(a));

/** Some at a time, in order. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  }
  return done;
}
