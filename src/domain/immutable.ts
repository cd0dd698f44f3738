import { isEqualJson } from "./jsonDifference.ts";
import { isJsonObject, jsonAt, textAt, type JsonObject, type ManifestEntry } from "./manifest.ts";
import { quantity } from "./quantity.ts";
import type { Json } from "./release.ts";
import type { Risk } from "./rollback.ts";

/** Of one object on both sides, the fields that differ although the API server lets nobody change them. */
type Rule = (before: JsonObject, after: JsonObject) => readonly string[];

const field = (before: JsonObject, after: JsonObject, path: string): readonly string[] => {
  const keys = path.split(".");
  return isEqualJson(jsonAt(before, ...keys), jsonAt(after, ...keys)) ? [] : [path];
};

const fields =
  (...paths: readonly string[]): Rule =>
  (before, after) =>
    paths.flatMap((path) => field(before, after, path));

/** Every field of a map but these. */
const allBut =
  (path: string, ...free: readonly string[]): Rule =>
  (before, after) => {
    const [left, right] = [jsonAt(before, path), jsonAt(after, path)].map((side) =>
      isJsonObject(side) ? side : {},
    );
    const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
    return [...keys]
      .filter((key) => !free.includes(key))
      .flatMap((key) => field(before, after, `${path}.${key}`));
  };

/** An address that the cluster chose stays when the manifest names none. */
const serviceAddress: Rule = (before, after) => {
  const next = textAt(after, "spec", "clusterIP");
  if (next === "" || textAt(after, "spec", "type") === "ExternalName") return [];
  if (textAt(before, "spec", "type") === "ExternalName") return [];
  return field(before, after, "spec.clusterIP");
};

/** A claim may grow, where its class lets it, and never shrink. */
const claim: Rule = (before, after) => {
  const others = allBut("spec", "resources", "volumeAttributesClassName")(before, after);
  const path = ["spec", "resources", "requests", "storage"];
  const [left, right] = [sizeAt(before, path), sizeAt(after, path)];
  const grows = left !== undefined && right !== undefined && left <= right;
  return grows ? others : [...others, ...field(before, after, path.join("."))];
};

const sizeAt = (object: JsonObject, path: readonly string[]): number | undefined => {
  const size: Json | undefined = jsonAt(object, ...path);
  return typeof size === "number" ? size : quantity(typeof size === "string" ? size : "");
};

/** Sealed by `immutable: true`; the type of a Secret always is. */
const sealed =
  (...always: readonly string[]): Rule =>
  (before, after) => [
    ...fields(...always)(before, after),
    ...(before["immutable"] === true
      ? fields("data", "binaryData", "stringData", "immutable")(before, after)
      : []),
  ];

const POD_FREE = ["containers", "initContainers", "activeDeadlineSeconds", "tolerations"];

/** By group and kind; what the API server's validation says of updates. */
const RULES: Readonly<Record<string, Rule>> = {
  "apps Deployment": fields("spec.selector"),
  "apps DaemonSet": fields("spec.selector"),
  "apps ReplicaSet": fields("spec.selector"),
  "apps StatefulSet": allBut(
    "spec",
    ...["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit"],
    ...["persistentVolumeClaimRetentionPolicy", "minReadySeconds"],
  ),
  "batch Job": fields(
    ...["spec.template", "spec.selector", "spec.completionMode", "spec.podFailurePolicy"],
    ...["spec.successPolicy", "spec.backoffLimitPerIndex", "spec.managedBy"],
  ),
  " Service": serviceAddress,
  " PersistentVolumeClaim": claim,
  " Pod": allBut("spec", ...POD_FREE, "terminationGracePeriodSeconds"),
  " ConfigMap": sealed(),
  " Secret": sealed("type"),
  "rbac.authorization.k8s.io RoleBinding": fields("roleRef"),
  "rbac.authorization.k8s.io ClusterRoleBinding": fields("roleRef"),
  "storage.k8s.io StorageClass": fields("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
  "scheduling.k8s.io PriorityClass": fields("value", "preemptionPolicy"),
  "networking.k8s.io IngressClass": fields("spec.controller"),
};

/**
 * What the API server will refuse to change. helm would have to delete the object and make it anew, which it does
 * only with `--force`, and we never do that.
 */
export function immutableFields(
  from: readonly ManifestEntry[],
  to: readonly ManifestEntry[],
): readonly Extract<Risk, { readonly kind: "immutable" }>[] {
  const before = new Map(from.map((entry) => [entry.key, entry.content]));
  return to.flatMap(({ key, object, content }) => {
    const old = before.get(key);
    const group = object.apiVersion.includes("/") ? (object.apiVersion.split("/", 1)[0] ?? "") : "";
    const rule = RULES[`${group} ${object.kind}`];
    if (old === undefined || content === undefined || rule === undefined) return [];
    return rule(old, content).map((path) => ({ kind: "immutable", object, path }) as const);
  });
}
