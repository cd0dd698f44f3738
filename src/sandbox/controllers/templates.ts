import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../json.ts";
import { at, copyOf, isEqual, isObject, objectOf, textsOf } from "../json.ts";
import { DEPLOYMENT } from "../kinds.ts";
import { annotationsOf, controlledBy, nameOf, namespaceOf } from "../object.ts";

/** The label that tells the pods of one revision from those of another. */
export const HASH_LABEL = "pod-template-hash";

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** A short name for a pod template: equal templates have equal hashes, whatever the order of their keys. */
export function templateHash(template: Json | undefined): string {
  const digest = createHash("sha256")
    .update(canonical(template ?? null))
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => LETTERS[byte % LETTERS.length] ?? "").join("");
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join(",")}}`;
}

/** Whether a ReplicaSet runs the template of a Deployment; the hash label does not count. */
export function hasTemplateOf(replicaSet: JsonObject, deployment: JsonObject): boolean {
  const template = objectOf(copyOf(at(replicaSet, "spec", "template") ?? {}));
  const labels = textsOf(at(template, "metadata", "labels"));
  Reflect.deleteProperty(labels, HASH_LABEL);
  const metadata = { ...objectOf(template["metadata"]), labels };
  return isEqual({ ...template, metadata }, at(deployment, "spec", "template"));
}

/** Annotations of a Deployment that its ReplicaSets do not inherit. */
const OWN_ANNOTATIONS = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "deployment.kubernetes.io/revision",
  "deployment.kubernetes.io/revision-history",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
];

/** The annotations that a Deployment hands down. */
export const inheritedAnnotations = (deployment: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(annotationsOf(deployment)).filter(([key]) => !OWN_ANNOTATIONS.includes(key)),
  );

/** A new ReplicaSet for the present template of a Deployment. */
export function newReplicaSet(
  deployment: JsonObject,
  annotations: Record<string, string>,
  replicas: number,
): JsonObject {
  const template = objectOf(copyOf(at(deployment, "spec", "template") ?? {}));
  const hash = templateHash(template);
  const labels = { ...textsOf(at(template, "metadata", "labels")), [HASH_LABEL]: hash };
  const selector = objectOf(copyOf(at(deployment, "spec", "selector") ?? {}));
  const minReadySeconds = at(deployment, "spec", "minReadySeconds");
  return {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: namespaceOf(deployment),
      labels,
      annotations: { ...inheritedAnnotations(deployment), ...annotations },
      ownerReferences: [controlledBy(deployment, DEPLOYMENT)],
    },
    spec: {
      replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...objectOf(selector["matchLabels"]), [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...objectOf(template["metadata"]), labels } },
    },
  };
}
