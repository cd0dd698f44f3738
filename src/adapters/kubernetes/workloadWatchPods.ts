import { oneLine } from "../../domain/plainText.ts";
import type { LivePod, NoNode, RolloutReading } from "../../domain/rollouts.ts";
import { objectsAt, textAt, textsAt, valueAt, type JsonObject } from "./json.ts";
import { isOwnedBy } from "./newestPods.ts";
import { MAX_MESSAGE_LENGTH, readPod } from "./workloadReading.ts";

const POD_HASH = "controller-revision-hash";

/**
 * Those pods that were made of the workload's present template, by name. Until the controller has made a revision of
 * it there are none: pods of the template before say nothing about this one.
 */
export function podsOfCurrent(
  { kind, version, current, revisions }: RolloutReading,
  pods: readonly JsonObject[],
): readonly JsonObject[] {
  const revision = revisions.find(({ object }) => object.uid === current?.uid);
  if (revision === undefined) return [];
  const uid = kind === "Deployment" ? revision.object.uid : version.uid;
  const owner = { metadata: { uid } };
  const isOfRevision = (pod: JsonObject): boolean =>
    kind === "Deployment" || textsAt(pod, "metadata", "labels")[POD_HASH] === revision.hash;
  return pods.filter((pod) => isOwnedBy(pod, owner) && isOfRevision(pod)).sort(byName);
}

const byName = (a: JsonObject, b: JsonObject): number =>
  (textAt(a, "metadata", "name") ?? "") < (textAt(b, "metadata", "name") ?? "") ? -1 : 1;

/** A pod as a live list shows it. Sidecars count among its containers, as in kubectl's column READY. */
export function readLivePod(pod: JsonObject): LivePod {
  const init = objectsAt(pod, "spec", "initContainers");
  const sidecars = init.filter((container) => container["restartPolicy"] === "Always");
  const own = objectsAt(pod, "spec", "containers");
  const counting = new Set([...sidecars, ...own].map((container) => textAt(container, "name")));
  const statuses = [
    ...objectsAt(pod, "status", "initContainerStatuses"),
    ...objectsAt(pod, "status", "containerStatuses"),
  ];
  const createdAt = Date.parse(textAt(pod, "metadata", "creationTimestamp") ?? "");
  const noNode = readNoNode(pod);
  return {
    ...readPod(pod),
    namespace: textAt(pod, "metadata", "namespace") ?? "",
    uid: textAt(pod, "metadata", "uid") ?? "",
    phase: textAt(pod, "status", "phase") ?? "",
    containers: {
      ready: statuses.filter((status) => status["ready"] === true && counting.has(textAt(status, "name")))
        .length,
      all: counting.size,
      names: [...init, ...own].flatMap((container) => textAt(container, "name") ?? []),
    },
    createdAt: Number.isFinite(createdAt) ? createdAt : 0,
    isBeingDeleted: valueAt(pod, "metadata", "deletionTimestamp") !== undefined,
    ...(noNode === undefined ? {} : { noNode }),
  };
}

/** Undefined for a pod that has a node, and for one that nobody has looked for a node for yet. */
function readNoNode(pod: JsonObject): NoNode | undefined {
  const scheduled = objectsAt(pod, "status", "conditions").find(({ type }) => type === "PodScheduled");
  const reason = textAt(scheduled, "reason") ?? "";
  if (textAt(scheduled, "status") !== "False" || reason === "") return undefined;
  return {
    reason,
    message: oneLine(textAt(scheduled, "message") ?? "", MAX_MESSAGE_LENGTH),
    gates: objectsAt(pod, "spec", "schedulingGates").flatMap((gate) => textAt(gate, "name") ?? []),
  };
}
