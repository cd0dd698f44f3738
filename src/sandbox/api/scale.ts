import type { JsonObject } from "../json.ts";
import { at, childOf, numberOf, objectOf, textsOf } from "../json.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import type { Change } from "./objects.ts";

/** The Scale that stands for a workload at its subresource `scale`. */
export function scaleOf(workload: JsonObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = objectOf(workload["metadata"]);
  const labels = Object.entries(textsOf(at(workload, "spec", "selector", "matchLabels")));
  const replicas = numberOf(at(workload, "spec", "replicas"));
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name: name ?? "",
      namespace: namespace ?? "",
      uid: uid ?? "",
      resourceVersion: resourceVersion ?? "",
      creationTimestamp: creationTimestamp ?? "",
    },
    // Nothing is left out, as everywhere in this kind.
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: numberOf(at(workload, "status", "replicas")),
      selector: labels.map(([key, value]) => `${key}=${value}`).join(","),
    },
  };
}

/** Turns a change of a Scale into the change of its workload. */
export const changeOfScale =
  (change: Change): Change =>
  (workload): JsonObject | Refusal => {
    const scale = change(scaleOf(workload));
    if (isRefusal(scale)) return scale;
    childOf(workload, "spec")["replicas"] = numberOf(at(scale, "spec", "replicas"));
    return workload;
  };
