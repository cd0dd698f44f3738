import { oneLine } from "../../domain/plainText.ts";
import { managerOf } from "../../domain/manager.ts";
import { workloadName, type Json } from "../../domain/release.ts";
import type { RolloutReading, RolloutRevision, WorkloadKind } from "../../domain/rollouts.ts";
import { SECOND_MS } from "../../domain/time.ts";
import { CHANGE_CAUSE, marksByHash, plainTemplate, sameTemplate, TEMPLATE_HASH } from "../../domain/undo.ts";
import { isObject, numberAt, textAt, textsAt, valueAt, type JsonObject } from "./json.ts";
import { isFollowed, isOwnedBy } from "./newestPods.ts";
import { readConditions } from "./podFacts.ts";
import { jsonOf } from "./template.ts";
import { imagesOf } from "./workloadReading.ts";

const REVISION = "deployment.kubernetes.io/revision";
const HISTORY = "deployment.kubernetes.io/revision-history";
/** The API server's own default. */
const HISTORY_LIMIT = 10;
/** What `progressDeadlineSeconds` says where nobody is to give up (`HasProgressDeadline` of the controller). */
const NO_DEADLINE = 2 ** 31 - 1;
const MAX_CAUSE = 1000;
const MAX_TIMES = 100;
const NUMBER = /^\d{1,15}$/u;

/** What the controller never copies from a Deployment to its ReplicaSets; kubectl's undo leaves the same six alone. */
const NEVER_COPIED: ReadonlySet<string> = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  HISTORY,
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
]);

/** A revision's object as it was read, and what it was made of. */
export interface OwnedRevision {
  readonly revision: RolloutRevision;
  readonly object: JsonObject;
}

/** A ReplicaSet or ControllerRevision in the domain's words. A mark is told only beside all the others. */
export function readRevision(kind: WorkloadKind, name: string, object: JsonObject): OwnedRevision {
  const isReplicaSet = kind === "Deployment";
  const annotations = textsAt(object, "metadata", "annotations");
  const changeCause = oneLine(annotations[CHANGE_CAUSE] ?? "", MAX_CAUSE);
  const template = templateOf(valueAt(object, ...(isReplicaSet ? ["spec"] : ["data", "spec"]), "template"));
  const createdAt = Date.parse(textAt(object, "metadata", "creationTimestamp") ?? "");
  const revision: RolloutRevision = {
    revision: isReplicaSet ? numberIn(annotations[REVISION]) : (numberAt(object, "revision") ?? 0),
    was: (annotations[HISTORY] ?? "")
      .split(",")
      .slice(-MAX_TIMES)
      .map(numberIn)
      .filter((number) => number > 0),
    object: {
      kind: isReplicaSet ? "ReplicaSet" : "ControllerRevision",
      name: textAt(object, "metadata", "name") ?? "",
      uid: textAt(object, "metadata", "uid") ?? "",
    },
    hash: hashOf(kind, object),
    createdAt: Number.isFinite(createdAt) ? createdAt : 0,
    images: imagesOf(template, workloadName(kind, name)),
    ...(changeCause === "" ? {} : { changeCause }),
    ...(isReplicaSet
      ? {
          pods: {
            ready: numberAt(object, "status", "readyReplicas") ?? 0,
            wanted: numberAt(object, "spec", "replicas") ?? 0,
          },
        }
      : {}),
    template,
    annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => !NEVER_COPIED.has(key))),
  };
  return { revision, object };
}

/** What the pods of a revision are labelled with. A StatefulSet's carry the whole name of the ControllerRevision. */
function hashOf(kind: WorkloadKind, object: JsonObject): string {
  const labels = textsAt(object, "metadata", "labels");
  switch (kind) {
    case "Deployment":
      return labels[TEMPLATE_HASH] ?? "";
    case "StatefulSet":
      return textAt(object, "metadata", "name") ?? "";
    case "DaemonSet":
      return labels["controller-revision-hash"] ?? "";
  }
}

/** A workload, and those of the revisions that are its own, as one. */
export function readRollout(
  kind: WorkloadKind,
  workload: JsonObject,
  found: readonly OwnedRevision[],
): RolloutReading {
  const labels = textsAt(workload, "metadata", "labels");
  const annotations = textsAt(workload, "metadata", "annotations");
  const namespace = textAt(workload, "metadata", "namespace") ?? "";
  const manager = managerOf({ namespace, labels, annotations });
  const strategy = kind === "Deployment" ? "strategy" : "updateStrategy";
  const podManagement = textAt(workload, "spec", "podManagementPolicy");
  const deadline = numberAt(workload, "spec", "progressDeadlineSeconds");
  const template = templateOf(valueAt(workload, "spec", "template"));
  const own = found.filter(({ object }) => isOwnedBy(object, workload)).map(({ revision }) => revision);
  const marks = marksByHash([{ annotations }, ...own]);
  const revisions = own.sort(newestFirst).map((revision): RolloutRevision => {
    const mark = marks.get(revision.hash);
    return mark === undefined ? revision : { ...revision, mark };
  });
  const current = currentOf(kind, workload, template, revisions);
  const completed = completedOf(workload, revisions);
  return {
    kind,
    name: textAt(workload, "metadata", "name") ?? "",
    namespace,
    version: {
      uid: textAt(workload, "metadata", "uid") ?? "",
      resourceVersion: textAt(workload, "metadata", "resourceVersion") ?? "",
    },
    generation: numberAt(workload, "metadata", "generation") ?? 0,
    observedGeneration: numberAt(workload, "status", "observedGeneration") ?? 0,
    isPaused: valueAt(workload, "spec", "paused") === true,
    historyLimit: numberAt(workload, "spec", "revisionHistoryLimit") ?? HISTORY_LIMIT,
    strategy: textAt(workload, "spec", strategy, "type") ?? "",
    ...(deadline === undefined || deadline === NO_DEADLINE ? {} : { progressDeadline: deadline * SECOND_MS }),
    ...(podManagement === undefined ? {} : { podManagement }),
    conditions: readConditions(workload),
    template,
    annotations,
    labels,
    ...(manager === undefined ? {} : { manager }),
    ...(completed === undefined ? {} : { completed }),
    ...(current === undefined ? {} : { current: { uid: current.object.uid, revision: current.revision } }),
    revisions,
  };
}

/** What a StatefulSet's controller writes down at the end of a rolling update, and only then. */
function completedOf(workload: JsonObject, revisions: readonly RolloutRevision[]): number | undefined {
  if (textAt(workload, "spec", "updateStrategy", "type") !== "RollingUpdate") return undefined;
  const name = textAt(workload, "status", "currentRevision");
  return revisions.find(({ object }) => object.name === name)?.revision;
}

/**
 * The revision of the present template, as the controllers find it: the oldest ReplicaSet of it, the newest
 * ControllerRevision of it. Where none is the same (a newer API server fills in more fields than it once did), the
 * controller's word counts, once it follows the newest spec.
 */
function currentOf(
  kind: WorkloadKind,
  workload: JsonObject,
  template: Json,
  revisions: readonly RolloutRevision[],
): RolloutRevision | undefined {
  const same = revisions.filter((revision) => sameTemplate(revision.template, template));
  const found = kind === "Deployment" ? same.sort((a, b) => a.createdAt - b.createdAt)[0] : same[0];
  if (found !== undefined) return found;
  if (!isFollowed(workload)) return undefined;
  switch (kind) {
    case "Deployment": {
      const number = numberIn(textsAt(workload, "metadata", "annotations")[REVISION]);
      return revisions.find(({ revision }) => revision === number);
    }
    case "StatefulSet": {
      const name = textAt(workload, "status", "updateRevision");
      return revisions.find(({ object }) => object.name === name);
    }
    case "DaemonSet":
      return revisions[0];
  }
}

/** Where the controller gave no numbers, by age. */
const newestFirst = (a: RolloutRevision, b: RolloutRevision): number =>
  b.revision - a.revision || b.createdAt - a.createdAt || (a.object.name < b.object.name ? -1 : 1);

/** Absent, empty, not a number: the controller gave none. */
const numberIn = (text: string | undefined): number =>
  text !== undefined && NUMBER.test(text.trim()) ? Number(text) : 0;

/** Without what controllers add: their label, and the word by which a ControllerRevision's data is a patch. */
function templateOf(value: unknown): Json {
  if (!isObject(value)) return {};
  const { $patch: patch, ...template } = value;
  return plainTemplate(jsonOf(patch === undefined ? value : template));
}
