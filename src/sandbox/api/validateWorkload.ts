import type { Json, JsonObject } from "../json.ts";
import { at, isEqual, isObject, listOf, objectOf, objectsOf, textOf, textsOf, without } from "../json.ts";
import type { Cause } from "../refusal.ts";
import { selects } from "../selectors.ts";
import { isLabel, LABEL_RULE, required, unsupported, wrong } from "./causes.ts";

/** What is wrong with a Deployment, a ReplicaSet, a StatefulSet or a DaemonSet. */
export function validateWorkload(object: JsonObject): Cause[] {
  const spec = objectOf(object["spec"]);
  const causes: Cause[] = object["kind"] === "StatefulSet" ? validateStrategy(spec) : [];
  const replicas = spec["replicas"];
  if (typeof replicas === "number" && replicas < 0) {
    causes.push(wrong("spec.replicas", replicas, "must be greater than or equal to 0"));
  }
  const selector = spec["selector"];
  if (selector === undefined) {
    causes.push(required("spec.selector"));
  } else if (Object.keys(objectOf(selector)).length === 0) {
    causes.push(
      wrong("spec.selector", {}, `empty selector is invalid for ${textOf(object["kind"]).toLowerCase()}`),
    );
  }
  const labels = at(spec, "template", "metadata", "labels");
  if (!selects(selector, textsOf(labels)) || selector === undefined) {
    causes.push(
      wrong("spec.template.metadata.labels", labels ?? null, "`selector` does not match template `labels`"),
    );
  }
  const pods = objectOf(at(spec, "template", "spec"));
  return [
    ...causes,
    ...validatePodSpec(pods, "spec.template.spec"),
    ...validateRestarts(pods),
    ...(object["kind"] === "DaemonSet" ? validateDaemonStrategy(spec) : []),
  ];
}

function validateRestarts(pods: JsonObject): Cause[] {
  const policy = textOf(pods["restartPolicy"]);
  return policy === "Always" ? [] : [unsupported("spec.template.spec.restartPolicy", policy, ["Always"])];
}

/** The fields that tell in what order a StatefulSet goes about its pods. */
function validateStrategy(spec: JsonObject): Cause[] {
  const causes: Cause[] = [];
  const policy = textOf(spec["podManagementPolicy"]);
  if (policy !== "OrderedReady" && policy !== "Parallel") {
    causes.push(wrong("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  const type = textOf(at(spec, "updateStrategy", "type"));
  const rolling = at(spec, "updateStrategy", "rollingUpdate");
  const shown = isObject(rolling) ? { Partition: rolling["partition"] ?? 0, MaxUnavailable: null } : null;
  if (type === "OnDelete" && shown !== null) {
    const rule = "only allowed for updateStrategy 'RollingUpdate'";
    causes.push(wrong("spec.updateStrategy.rollingUpdate", shown, rule));
  } else if (type !== "OnDelete" && type !== "RollingUpdate") {
    const rule = "must be 'RollingUpdate' or 'OnDelete'";
    causes.push(wrong("spec.updateStrategy", { Type: type, RollingUpdate: shown }, rule));
  }
  return causes;
}

function validateDaemonStrategy(spec: JsonObject): Cause[] {
  const type = textOf(at(spec, "updateStrategy", "type"));
  const rolling = objectOf(at(spec, "updateStrategy", "rollingUpdate"));
  const { maxSurge = null, maxUnavailable = null } = rolling;
  if (type === "OnDelete") return [];
  if (type !== "RollingUpdate") {
    const shown = { Type: type, RollingUpdate: { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } };
    return [unsupported("spec.updateStrategy", shown, ["RollingUpdate", "OnDelete"])];
  }
  const isNone = (share: Json): boolean => share === 0 || share === "0%";
  return isNone(maxSurge) && isNone(maxUnavailable)
    ? [required("spec.updateStrategy.rollingUpdate.maxUnavailable", "cannot be 0 when maxSurge is 0")]
    : [];
}

/** What of a StatefulSet may be changed; the rest would need other pods or volumes than those that are there. */
const MAY_CHANGE = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
] as const;

/** What must not change of a StatefulSet. */
export function validateStatefulSetUpdate(before: JsonObject, after: JsonObject): Cause[] {
  const fixed = (set: JsonObject): JsonObject => without(objectOf(set["spec"]), ...MAY_CHANGE);
  if (isEqual(fixed(before), fixed(after))) return [];
  const names = MAY_CHANGE.map((name) => `'${name}'`);
  const allowed = `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
  const message = `Forbidden: updates to statefulset spec for fields other than ${allowed} are forbidden`;
  return [{ reason: "FieldValueForbidden", message, field: "spec" }];
}

/** What is wrong with a Job. */
export function validateJob(job: JsonObject): Cause[] {
  const spec = objectOf(at(job, "spec", "template", "spec"));
  const policy = textOf(spec["restartPolicy"]);
  const causes = validatePodSpec(spec, "spec.template.spec");
  if (policy === "Never" || policy === "OnFailure") return causes;
  const message = `Required value: valid values: "OnFailure", "Never"`;
  return [...causes, { reason: "FieldValueRequired", message, field: "spec.template.spec.restartPolicy" }];
}

/** What is wrong with a pod, or with the template of one. */
export function validatePodSpec(spec: JsonObject, path: string): Cause[] {
  if (listOf(spec["containers"]).length === 0) return [required(`${path}.containers`)];
  return objectsOf(spec["containers"]).flatMap((container, index) => {
    const place = `${path}.containers[${index}]`;
    const causes: Cause[] = [];
    const name = textOf(container["name"]);
    if (name === "") causes.push(required(`${place}.name`));
    else if (!isLabel(name)) causes.push(wrong(`${place}.name`, name, LABEL_RULE));
    if (textOf(container["image"]) === "") causes.push(required(`${place}.image`));
    return causes;
  });
}
