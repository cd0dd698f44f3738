import { oneLine } from "../../domain/plainText.ts";
import { workloadName, type ContainerImage } from "../../domain/release.ts";
import type { PodReading, WorkloadReading } from "../../domain/rollout.ts";
import { numberAt, objectsAt, textAt, valueAt, type JsonObject } from "./json.ts";

/** How much is kept of what a controller or the kubelet says. */
export const MAX_MESSAGE_LENGTH = 500;

/** A workload and the pods of its newest template in the domain's words. */
export function readWorkload(
  kind: WorkloadReading["kind"],
  workload: unknown,
  pods: readonly JsonObject[],
): WorkloadReading {
  const name = textAt(workload, "metadata", "name") ?? "";
  const progressing = condition(workload, "Progressing");
  const failure = condition(workload, "ReplicaFailure");
  const replicaFailure =
    textAt(failure, "status") === "True" ? (textAt(failure, "message") ?? "") : undefined;
  const readyOfAll = numberAt(workload, "status", kind === "DaemonSet" ? "numberReady" : "readyReplicas");
  return {
    kind,
    name,
    uid: textAt(workload, "metadata", "uid") ?? "",
    generation: numberAt(workload, "metadata", "generation") ?? 0,
    observedGeneration: numberAt(workload, "status", "observedGeneration") ?? 0,
    wanted:
      kind === "DaemonSet"
        ? (numberAt(workload, "status", "desiredNumberScheduled") ?? 0)
        : (numberAt(workload, "spec", "replicas") ?? 1),
    images: imagesOf(valueAt(workload, "spec", "template"), workloadName(kind, name)),
    // A pod that is being deleted no longer counts, whatever it reports.
    pods: pods.filter((pod) => valueAt(pod, "metadata", "deletionTimestamp") === undefined).map(readPod),
    ...(readyOfAll === undefined ? {} : { readyOfAll }),
    deadlineExceeded:
      textAt(progressing, "status") === "False" &&
      textAt(progressing, "reason") === "ProgressDeadlineExceeded",
    ...(replicaFailure === undefined ? {} : { replicaFailure: oneLine(replicaFailure, MAX_MESSAGE_LENGTH) }),
  };
}

const condition = (object: unknown, type: string): JsonObject | undefined =>
  objectsAt(object, "status", "conditions").find((one) => one["type"] === type);

/** The images of a template of pods, under the name of the workload that it is of. */
export function imagesOf(template: unknown, label: string): readonly ContainerImage[] {
  return ["initContainers", "containers"].flatMap((list) =>
    objectsAt(template, "spec", list).flatMap((container) => {
      const name = textAt(container, "name");
      const image = textAt(container, "image");
      return name === undefined || image === undefined ? [] : [{ workload: label, container: name, image }];
    }),
  );
}

/** A pod as a proof judges it. */
export function readPod(pod: JsonObject): PodReading {
  const containers = objectsAt(pod, "status", "containerStatuses");
  const all = [...objectsAt(pod, "status", "initContainerStatuses"), ...containers];
  const waiting = all.map(readWaiting).find((found) => found !== undefined);
  return {
    name: textAt(pod, "metadata", "name") ?? "",
    ready: textAt(condition(pod, "Ready"), "status") === "True",
    restarts: containers.reduce((sum, status) => sum + (numberAt(status, "restartCount") ?? 0), 0),
    ...(waiting === undefined ? {} : { waiting }),
  };
}

function readWaiting(status: JsonObject): PodReading["waiting"] {
  const reason = textAt(status, "state", "waiting", "reason");
  // Every container begins like this; it is no trouble.
  if (reason === undefined || reason === "ContainerCreating" || reason === "PodInitializing")
    return undefined;
  const message = oneLine(textAt(status, "state", "waiting", "message") ?? "", MAX_MESSAGE_LENGTH);
  return { container: textAt(status, "name") ?? "", reason, message };
}
