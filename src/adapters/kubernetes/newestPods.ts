import type { ClusterError } from "../../domain/cluster.ts";
import { sameTemplate } from "../../domain/undo.ts";
import { ok, type Result } from "../../domain/result.ts";
import { numberAt, objectAt, objectsAt, textAt, textsAt, valueAt, type JsonObject } from "./json.ts";
import { podTemplateOf } from "./template.ts";

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
  /** The ReplicaSet of a Deployment's template; else the workload itself. Undefined where there is none yet. */
  readonly owner: JsonObject | undefined;
  readonly pods: readonly JsonObject[];
  /** uids of whatever may own pods of it, those of older templates too. */
  readonly owners: readonly string[];
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
  const owned = replicaSets.value.filter((set) => isOwnedBy(set, deployment));
  const owners = owned.map(uidOf);
  // As the controller itself finds it. The highest number alone would be an older template's until the controller has
  // seen the newest one, and for as long as the Deployment is paused.
  const template = podTemplateOf(deployment);
  const same = owned.filter((set) => sameTemplate(podTemplateOf(set), template));
  // A newer API server fills in more fields than it once did: then the controller's own numbers have to do.
  const candidates = same.length > 0 || !isFollowed(deployment) ? same : owned;
  const newest = latest(candidates, (set) => Number(textsAt(set, "metadata", "annotations")[REVISION] ?? 0));
  if (newest === undefined) return ok({ owner: undefined, pods: [], owners });
  const hash = textsAt(newest, "metadata", "labels")["pod-template-hash"];
  const chosen = hash === undefined ? selector : `${selector},pod-template-hash=${hash}`;
  const found = await ownPods(newest, chosen, source);
  return found.ok ? ok({ ...found.value, owners }) : found;
}

const uidOf = (object: unknown): string => textAt(object, "metadata", "uid") ?? "";

/** Whether the controller has seen the spec as it is, and acts upon it. */
export const isFollowed = (deployment: JsonObject): boolean =>
  valueAt(deployment, "spec", "paused") !== true &&
  (numberAt(deployment, "status", "observedGeneration") ?? 0) >=
    (numberAt(deployment, "metadata", "generation") ?? 0);

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
  if (revision === undefined) {
    return Promise.resolve(ok({ owner: workload, pods: [], owners: [uidOf(workload)] }));
  }
  return ownPods(workload, `${selectorOf(workload)},controller-revision-hash=${revision}`, source);
}

/** The pods that a selector finds and that an owner made: a Job's, a ReplicaSet's. */
export async function ownPods(
  owner: JsonObject,
  labelSelector: string,
  source: PodSource,
): Promise<Result<NewestPods, ClusterError>> {
  const pods = await source.list("/api/v1", "pods", labelSelector);
  if (!pods.ok) return pods;
  return ok({ owner, pods: pods.value.filter((pod) => isOwnedBy(pod, owner)), owners: [uidOf(owner)] });
}

/** The controller that made it, by uid. */
export const ownerOf = (object: JsonObject): string | undefined =>
  objectsAt(object, "metadata", "ownerReferences")
    .filter((reference) => reference["controller"] === true)
    .flatMap((reference) => textAt(reference, "uid") ?? [])[0];

function latest(
  objects: readonly JsonObject[],
  rank: (object: JsonObject) => number,
): JsonObject | undefined {
  return [...objects].sort((a, b) => rank(b) - rank(a))[0];
}

/** By uid: labels can be shared by accident, and a name can be given twice. */
export function isOwnedBy(object: JsonObject, owner: unknown): boolean {
  return ownerOf(object) === textAt(owner, "metadata", "uid");
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
