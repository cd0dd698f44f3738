import type { JsonObject } from "../json.ts";
import { at, childOf, isEqual, objectOf, objectsOf, setDefault, textOf } from "../json.ts";
import { annotationsOf, nameOf, uidOf } from "../object.ts";
import { defaultClaim } from "./claims.ts";
import { defaultPodSpec } from "./podDefaults.ts";

/** What the API server fills in for workloads, by kind. Each changes its object in place. */
export const WORKLOAD_DEFAULTS: Readonly<Record<string, (object: JsonObject) => void>> = {
  Deployment: defaultDeployment,
  ReplicaSet: defaultReplicaSet,
  StatefulSet: defaultStatefulSet,
  DaemonSet: defaultDaemonSet,
  Job: defaultJob,
};

function defaultDeployment(deployment: JsonObject): void {
  const spec = childOf(deployment, "spec");
  setDefault(spec, "replicas", 1);
  defaultTemplate(spec);
  const strategy = childOf(spec, "strategy");
  if (textOf(strategy["type"]) === "") strategy["type"] = "RollingUpdate";
  if (strategy["type"] === "RollingUpdate") {
    const rolling = childOf(strategy, "rollingUpdate");
    setDefault(rolling, "maxUnavailable", "25%");
    setDefault(rolling, "maxSurge", "25%");
  }
  setDefault(spec, "revisionHistoryLimit", 10);
  setDefault(spec, "progressDeadlineSeconds", 600);
  childOf(deployment, "status");
}

function defaultReplicaSet(replicaSet: JsonObject): void {
  const spec = childOf(replicaSet, "spec");
  setDefault(spec, "replicas", 1);
  defaultTemplate(spec);
  setDefault(childOf(replicaSet, "status"), "replicas", 0);
}

function defaultStatefulSet(set: JsonObject): void {
  const spec = childOf(set, "spec");
  setDefault(spec, "replicas", 1);
  setDefault(spec, "podManagementPolicy", "OrderedReady");
  defaultTemplate(spec);
  const strategy = childOf(spec, "updateStrategy");
  if (textOf(strategy["type"]) === "") {
    strategy["type"] = "RollingUpdate";
    childOf(strategy, "rollingUpdate");
  }
  const rolling = strategy["rollingUpdate"];
  if (strategy["type"] === "RollingUpdate" && rolling !== undefined)
    setDefault(objectOf(rolling), "partition", 0);
  const retention = childOf(spec, "persistentVolumeClaimRetentionPolicy");
  setDefault(retention, "whenDeleted", "Retain");
  setDefault(retention, "whenScaled", "Retain");
  setDefault(spec, "revisionHistoryLimit", 10);
  for (const claim of objectsOf(spec["volumeClaimTemplates"])) {
    Object.assign(claim, { kind: "PersistentVolumeClaim", apiVersion: "v1" });
    defaultClaim(claim);
  }
  const status = childOf(set, "status");
  setDefault(status, "replicas", 0);
  setDefault(status, "availableReplicas", 0);
}

function defaultDaemonSet(set: JsonObject): void {
  const spec = childOf(set, "spec");
  defaultTemplate(spec);
  const strategy = childOf(spec, "updateStrategy");
  if (textOf(strategy["type"]) === "") strategy["type"] = "RollingUpdate";
  if (strategy["type"] === "RollingUpdate") {
    const rolling = childOf(strategy, "rollingUpdate");
    setDefault(rolling, "maxUnavailable", 1);
    setDefault(rolling, "maxSurge", 0);
  }
  setDefault(spec, "revisionHistoryLimit", 10);
  const status = childOf(set, "status");
  for (const count of ALWAYS_COUNTED) setDefault(status, count, 0);
}

/** The counts of a DaemonSet that are shown even where they are nothing. */
const ALWAYS_COUNTED = [
  "currentNumberScheduled",
  "numberMisscheduled",
  "desiredNumberScheduled",
  "numberReady",
] as const;

/** The number of templates that a DaemonSet has had, which its pods carry as a label. */
export const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

/** Counts the templates of a DaemonSet, whatever the client says; only at the beginning it may name a number. */
export function stampTemplateGeneration(live: JsonObject | undefined, next: JsonObject): void {
  const annotations = childOf(childOf(next, "metadata"), "annotations");
  const before = Number(annotationsOf(live ?? next)[TEMPLATE_GENERATION] ?? 1);
  const isChanged =
    live !== undefined && !isEqual(at(live, "spec", "template"), at(next, "spec", "template"));
  annotations[TEMPLATE_GENERATION] = String(isChanged ? before + 1 : before);
}

/** The labels by which a Job knows its pods, new and old, hang on its uid. */
function defaultJob(job: JsonObject): void {
  const spec = childOf(job, "spec");
  setDefault(spec, "parallelism", 1);
  setDefault(spec, "completions", 1);
  setDefault(spec, "backoffLimit", 6);
  setDefault(spec, "completionMode", "NonIndexed");
  setDefault(spec, "suspend", false);
  setDefault(spec, "podReplacementPolicy", "TerminatingOrFailed");
  const uid = uidOf(job);
  if (spec["manualSelector"] !== true && spec["selector"] === undefined && uid !== "") {
    spec["selector"] = { matchLabels: { "batch.kubernetes.io/controller-uid": uid } };
    const labels = childOf(childOf(childOf(spec, "template"), "metadata"), "labels");
    labels["batch.kubernetes.io/controller-uid"] = uid;
    labels["batch.kubernetes.io/job-name"] = nameOf(job);
    labels["controller-uid"] = uid;
    labels["job-name"] = nameOf(job);
  }
  defaultTemplate(spec);
  childOf(job, "status");
}

function defaultTemplate(spec: JsonObject): void {
  // Go leaves a number out that is nothing.
  if (spec["minReadySeconds"] === 0) Reflect.deleteProperty(spec, "minReadySeconds");
  const template = childOf(spec, "template");
  const metadata = childOf(template, "metadata");
  Reflect.deleteProperty(metadata, "creationTimestamp");
  defaultPodSpec(childOf(template, "spec"));
}
