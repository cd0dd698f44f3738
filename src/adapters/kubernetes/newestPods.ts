import type { ClusterError } from "../../domain/cluster.ts";
import { ok, type Result } from "../../domain/result.ts";
import { numberAt, objectAt, objectsAt, textAt, textsAt, valueAt, type JsonObject } from "./json.ts";

/** Lists objects of the workload's namespace. */
export interface PodSource {
  readonly namespace: string;
  list(
    group: string,
    plural: string,
    labelSelector: string,
  ): Promise<Result<readonly JsonObject[], ClusterError>>;
}

const REVISION = "deployment.kubernetes.io/revision";

/** The pods that were made from a workload's newest template, and what owns them. */
export interface NewestPods {
  /** The newest ReplicaSet of a Deployment; else the workload itself. Undefined where there is none yet. */
  readonly owner: JsonObject | undefined;
  readonly pods: readonly JsonObject[];
}

type Found = Result<NewestPods, ClusterError>;

/** Pods of older templates say nothing about a new rollout. */
export function newestPods(
  kind: "Deployment" | "StatefulSet" | "DaemonSet",
  workload: JsonObject,
  source: PodSource,
): Promise<Found> {
  switch (kind) {
    case "Deployment":
      return podsOfDeployment(workload, source);
    case "StatefulSet":
      return podsOfRevision(workload, textAt(workload, "status", "updateRevision"), source);
    case "DaemonSet":
      return podsOfDaemonSet(workload, source);
  }
}

async function podsOfDeployment(deployment: JsonObject, source: PodSource): Promise<Found> {
  const selector = selectorOf(deployment);
  const replicaSets = await source.list("/apis/apps/v1", "replicasets", selector);
  if (!replicaSets.ok) return replicaSets;
  const newest = latest(
    replicaSets.value.filter((set) => isOwnedBy(set, deployment)),
    (set) => Number(textsAt(set, "metadata", "annotations")[REVISION] ?? 0),
  );
  if (newest === undefined) return ok({ owner: undefined, pods: [] });
  const hash = textsAt(newest, "metadata", "labels")["pod-template-hash"];
  const chosen = hash === undefined ? selector : `${selector},pod-template-hash=${hash}`;
  return ownPods(newest, chosen, source);
}

async function podsOfDaemonSet(daemonSet: JsonObject, source: PodSource): Promise<Found> {
  const revisions = await source.list("/apis/apps/v1", "controllerrevisions", selectorOf(daemonSet));
  if (!revisions.ok) return revisions;
  const newest = latest(
    revisions.value.filter((revision) => isOwnedBy(revision, daemonSet)),
    (revision) => numberAt(revision, "revision") ?? 0,
  );
  // The controller's label holds the hash alone, the revision's own name the DaemonSet's as well.
  const hash =
    newest === undefined ? undefined : textsAt(newest, "metadata", "labels")["controller-revision-hash"];
  return podsOfRevision(daemonSet, hash, source);
}

function podsOfRevision(
  workload: JsonObject,
  revision: string | undefined,
  source: PodSource,
): Promise<Found> {
  if (revision === undefined) return Promise.resolve(ok({ owner: workload, pods: [] }));
  return ownPods(workload, `${selectorOf(workload)},controller-revision-hash=${revision}`, source);
}

/** The pods that a selector finds and that an owner made: a Job's, a ReplicaSet's. */
export async function ownPods(
  owner: JsonObject,
  labelSelector: string,
  source: PodSource,
): Promise<Result<NewestPods, ClusterError>> {
  const pods = await source.list("/api/v1", "pods", labelSelector);
  return pods.ok ? ok({ owner, pods: pods.value.filter((pod) => isOwnedBy(pod, owner)) }) : pods;
}

function latest(
  objects: readonly JsonObject[],
  rank: (object: JsonObject) => number,
): JsonObject | undefined {
  return [...objects].sort((a, b) => rank(b) - rank(a))[0];
}

/** By uid: labels can be shared by accident, and a name can be given twice. */
export function isOwnedBy(object: JsonObject, owner: unknown): boolean {
  const uid = textAt(owner, "metadata", "uid");
  return objectsAt(object, "metadata", "ownerReferences").some(
    (reference) => reference["controller"] === true && reference["uid"] === uid,
  );
}

/** A workload's selector as the query of a list. */
export function selectorOf(workload: unknown): string {
  const labels = Object.entries(textsAt(workload, "spec", "selector", "matchLabels")).map(
    ([key, value]) => `${key}=${value}`,
  );
  const expressions = objectsAt(objectAt(workload, "spec", "selector"), "matchExpressions").map(
    expressionText,
  );
  return [...labels, ...expressions].join(",");
}

function expressionText(expression: JsonObject): string {
  const key = textAt(expression, "key") ?? "";
  const found = valueAt(expression, "values");
  const values = Array.isArray(found) ? found.map(String).join(",") : "";
  switch (textAt(expression, "operator")) {
    case "In":
      return `${key} in (${values})`;
    case "NotIn":
      return `${key} notin (${values})`;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return key;
  }
}
