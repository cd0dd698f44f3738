import type { OldPod, PodFacts, RolloutFacts, WorkloadFacts } from "../../domain/releaseFacts.ts";
import type { EpochMs } from "../../domain/time.ts";
import { numberAt, objectAt, objectsAt, textAt, textsAt, valueAt, type JsonObject } from "./json.ts";
import { ownerOf, selectorOf, type NewestPods, type PodSource } from "./newestPods.ts";
import { readConditions } from "./podFacts.ts";
import type { WorkloadRef } from "./workloads.ts";

/** A workload with what was found of its newest template. */
export interface SeenWorkload extends WorkloadRef, NewestPods {
  readonly workload: JsonObject;
}

/** How many pods a workload is to have. */
export const wantedOf = ({ kind, workload }: Pick<SeenWorkload, "kind" | "workload">): number =>
  kind === "DaemonSet"
    ? (numberAt(workload, "status", "desiredNumberScheduled") ?? 0)
    : (numberAt(workload, "spec", "replicas") ?? 1);

/**
 * The conditions of a workload and of its newest ReplicaSet. A Deployment's own ReplicaFailure may be one of an older
 * ReplicaSet (deployment/sync.go takes any where the newest has none): only the newest one's own counts.
 */
export const conditionsOf = ({ kind, workload, owner }: SeenWorkload): WorkloadFacts["conditions"] => [
  ...readConditions(workload).filter(({ type }) => kind !== "Deployment" || type !== "ReplicaFailure"),
  ...(owner === workload ? [] : readConditions(owner)),
];

/** What stands in the workload itself. */
export function readRolloutFacts(seen: SeenWorkload): Omit<RolloutFacts, "at" | "inTheWay" | "autoscaler"> {
  const { kind, workload } = seen;
  const changedAt = lastChange(workload);
  const available = numberAt(
    workload,
    "status",
    kind === "DaemonSet" ? "numberAvailable" : "availableReplicas",
  );
  return {
    isObserved:
      (numberAt(workload, "status", "observedGeneration") ?? 0) >=
      (numberAt(workload, "metadata", "generation") ?? 0),
    ...(changedAt === undefined ? {} : { changedAt }),
    isPaused: valueAt(workload, "spec", "paused") === true,
    minReadySeconds: numberAt(workload, "spec", "minReadySeconds") ?? 0,
    available: available ?? 0,
    replaces: replacesOf(workload),
  };
}

/** The newest change by anybody but a controller's report of its status. */
function lastChange(workload: JsonObject): EpochMs | undefined {
  const times = objectsAt(workload, "metadata", "managedFields")
    .filter((entry) => entry["subresource"] !== "status")
    .map((entry) => Date.parse(textAt(entry, "time") ?? ""))
    .filter(Number.isFinite);
  return times.length === 0 ? undefined : Math.max(...times);
}

function replacesOf(workload: JsonObject): RolloutFacts["replaces"] {
  const strategy = objectAt(workload, "spec", "updateStrategy");
  if (textAt(strategy, "type") === "OnDelete") return "on-delete";
  return (numberAt(strategy, "rollingUpdate", "partition") ?? 0) > 0 ? "partition" : "by-itself";
}

/**
 * Old pods that new ones wait for. A rolling update of a Deployment waits for none: its ReplicaSets count only what
 * they want.
 */
export async function oldPods(seen: SeenWorkload, source: PodSource): Promise<readonly OldPod[]> {
  const { kind, workload, owners } = seen;
  const staying = seen.pods.filter((pod) => !isGoing(pod));
  const waits = kind !== "Deployment" || textAt(workload, "spec", "strategy", "type") === "Recreate";
  if (!waits || staying.length >= wantedOf(seen)) return [];
  const found = await source.list("/api/v1", "pods", selectorOf(workload));
  if (!found.ok) return [];
  const newest = new Set(staying.map((pod) => textAt(pod, "metadata", "uid")));
  const isOrdered = kind === "StatefulSet" && textAt(workload, "spec", "podManagementPolicy") !== "Parallel";
  return found.value
    .filter((pod) => owners.includes(ownerOf(pod) ?? "") && !newest.has(textAt(pod, "metadata", "uid")))
    .filter((pod) => isGoing(pod) || (isOrdered && !isReady(pod)))
    .map(readOldPod);
}

function readOldPod(pod: JsonObject): OldPod {
  const finalizers = valueAt(pod, "metadata", "finalizers");
  const endedAt = Date.parse(textAt(pod, "metadata", "deletionTimestamp") ?? "");
  return {
    name: textAt(pod, "metadata", "name") ?? "",
    why: isGoing(pod) ? "terminating" : "not-ready",
    // The API server writes when the grace ends, not when it began.
    ...(Number.isFinite(endedAt) ? { endedAt } : {}),
    finalizers: Array.isArray(finalizers) ? finalizers.map(String) : [],
  };
}

/** A pod that is being deleted no longer counts, whatever it reports. */
export const isGoing = (pod: JsonObject): boolean =>
  valueAt(pod, "metadata", "deletionTimestamp") !== undefined;

const isReady = (pod: JsonObject): boolean =>
  readConditions(pod).some(({ type, status }) => type === "Ready" && status === "True");

/** The autoscaler of a workload that has no replicas: it does not bring any back. Often none may be read. */
export async function autoscalerOf(
  seen: SeenWorkload,
  source: PodSource,
): Promise<RolloutFacts["autoscaler"]> {
  const { kind, name } = seen;
  if (kind === "DaemonSet" || wantedOf(seen) > 0) return undefined;
  const found = await source.list("/apis/autoscaling/v2", "horizontalpodautoscalers", "");
  const own = (found.ok ? found.value : []).find((scaler) => {
    const target = textsAt(scaler, "spec", "scaleTargetRef");
    return target["kind"] === kind && target["name"] === name;
  });
  if (own === undefined) return undefined;
  return { name: textAt(own, "metadata", "name") ?? "", conditions: readConditions(own) };
}

/** A pod whose containers seem to run, or of which nothing was ever heard: its node may be gone. */
export const mayMissItsNode = ({ isReady: ready, containers }: PodFacts): boolean =>
  !ready && containers.every(({ state }) => state.kind === "running" || state.kind === "unknown");

/** Whether a node still answers. */
export const isNodeReady = (node: unknown): boolean =>
  readConditions(node).some(({ type, status }) => type === "Ready" && status === "True");
