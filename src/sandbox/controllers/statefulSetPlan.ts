import type { JsonObject } from "../json.ts";
import { at, numberOf, objectOf, textOf } from "../json.ts";
import { isTerminating, labelsOf, nameOf } from "../object.ts";
import { conditionOf, generationOf, isAvailable, isTrue, type Moment, wantedReplicas } from "./workload.ts";

/** The label by which a pod tells the revision of its template: of a StatefulSet the name, of a DaemonSet the hash. */
export const POD_REVISION = "controller-revision-hash";

/** A StatefulSet and its pods at one moment. */
export interface StatefulFacts extends Moment {
  /** Names of the revisions that the pods come from and go to; the same one where nothing is being updated. */
  readonly current: string;
  readonly update: string;
}

/** One write that brings a StatefulSet forward. */
export type StatefulStep =
  | { readonly kind: "create"; readonly ordinal: number; readonly revision: string }
  | { readonly kind: "delete"; readonly name: string };

/** The number at the end of a pod's name; undefined for a pod that is none of the set's. */
export function ordinalOf(set: JsonObject, pod: JsonObject): number | undefined {
  const prefix = `${nameOf(set)}-`;
  const rest = nameOf(pod).startsWith(prefix) ? nameOf(pod).slice(prefix.length) : "";
  return /^\d+$/u.test(rest) ? Number(rest) : undefined;
}

export const revisionOfPod = (pod: JsonObject): string => labelsOf(pod)[POD_REVISION] ?? "";

/**
 * The next writes, in the order of Kubernetes' own controller: first what is missing is made, the lowest number
 * first; then what is too much goes, and then what is of an old revision, both from the highest number. Unless the
 * set is `Parallel`, each waits for the one before.
 */
export function planStatefulSet(facts: StatefulFacts): readonly StatefulStep[] {
  const { set } = facts;
  if (isTerminating(set)) return [];
  const isOrdered = at(set, "spec", "podManagementPolicy") !== "Parallel";
  const steps: StatefulStep[] = [];
  for (const { ordinal, pod } of replicasOf(facts)) {
    const step = stepOfReplica(facts, ordinal, pod);
    if (step !== undefined) steps.push(step);
    const isDone = pod !== undefined && !isTerminating(pod) && isAvailable(facts, pod);
    if (isOrdered && !isDone) return steps;
  }
  const excess = excessSteps(facts, isOrdered);
  if (isOrdered && excess !== undefined) return [...steps, ...excess];
  return [...steps, ...(excess ?? []), ...updateSteps(facts)];
}

interface Replica {
  readonly ordinal: number;
  readonly pod: JsonObject | undefined;
}

const startOf = (set: JsonObject): number => numberOf(at(set, "spec", "ordinals", "start"));

const replicasOf = ({ set, pods }: StatefulFacts): readonly Replica[] =>
  Array.from({ length: wantedReplicas(set) }, (_, index) => {
    const ordinal = startOf(set) + index;
    return { ordinal, pod: pods.find((pod) => ordinalOf(set, pod) === ordinal) };
  });

function stepOfReplica(
  facts: StatefulFacts,
  ordinal: number,
  pod: JsonObject | undefined,
): StatefulStep | undefined {
  if (pod === undefined) return { kind: "create", ordinal, revision: revisionFor(facts, ordinal) };
  const hasEnded = ["Failed", "Succeeded"].includes(textOf(at(pod, "status", "phase")));
  return hasEnded && !isTerminating(pod) ? { kind: "delete", name: nameOf(pod) } : undefined;
}

/** Below the partition a pod that was lost comes back as it was. */
function revisionFor({ set, current, update }: StatefulFacts, ordinal: number): string {
  const strategy = objectOf(at(set, "spec", "updateStrategy"));
  const rolling = strategy["rollingUpdate"];
  const kept =
    rolling === undefined
      ? strategy["type"] === "RollingUpdate"
        ? numberOf(at(set, "status", "currentReplicas"))
        : 0
      : numberOf(at(rolling, "partition"));
  return ordinal < startOf(set) + kept ? current : update;
}

/** Whether there is to be no pod of this number any more. */
export const isExcess = (set: JsonObject, ordinal: number | undefined): boolean =>
  ordinal !== undefined && (ordinal < startOf(set) || ordinal >= startOf(set) + wantedReplicas(set));

/** Undefined where there are not too many pods; an empty list where one has to be waited for. */
function excessSteps(facts: StatefulFacts, isOrdered: boolean): StatefulStep[] | undefined {
  const { set, pods } = facts;
  const excess = pods
    .filter((pod) => isExcess(set, ordinalOf(set, pod)))
    .sort((left, right) => (ordinalOf(set, right) ?? 0) - (ordinalOf(set, left) ?? 0));
  if (excess.length === 0) return undefined;
  const gone = (pod: JsonObject): StatefulStep => ({ kind: "delete", name: nameOf(pod) });
  if (!isOrdered) return excess.filter((pod) => !isTerminating(pod)).map(gone);
  const [next] = excess;
  // All replicas are available by now, so the first that is not can only be the lowest of these.
  const firstUnwell = excess.findLast((pod) => isTerminating(pod) || !isAvailable(facts, pod));
  if (next === undefined || isTerminating(next)) return [];
  return isAvailable(facts, next) || next === firstUnwell ? [gone(next)] : [];
}

/** Takes the pod with the highest number away that is not of the newest revision, once those above it are available. */
function updateSteps(facts: StatefulFacts): StatefulStep[] {
  const { set, update } = facts;
  const strategy = objectOf(at(set, "spec", "updateStrategy"));
  if (strategy["type"] === "OnDelete") return [];
  const partition = numberOf(at(strategy, "rollingUpdate", "partition"));
  for (const { pod } of [...replicasOf(facts).slice(partition)].reverse()) {
    if (pod === undefined) return [];
    if (revisionOfPod(pod) !== update && !isTerminating(pod)) return [{ kind: "delete", name: nameOf(pod) }];
    if (isTerminating(pod) || !isAvailable(facts, pod)) return [];
  }
  return [];
}

/** The status of a StatefulSet, counted from its pods. Counts of nothing are left out, but for two. */
export function statefulStatus(facts: StatefulFacts): JsonObject {
  const { set, pods, current, update } = facts;
  const count = (is: (pod: JsonObject) => boolean): number => pods.filter(is).length;
  const isReady = (pod: JsonObject): boolean =>
    at(pod, "status", "phase") === "Running" && isTrue(conditionOf(pod, "Ready"));
  const isOf = (revision: string) => (pod: JsonObject) =>
    !isTerminating(pod) && revisionOfPod(pod) === revision;
  const counts = {
    replicas: pods.length,
    readyReplicas: count(isReady),
    currentReplicas: count(isOf(current)),
    updatedReplicas: count(isOf(update)),
  };
  const wanted = wantedReplicas(set);
  const isUpdated =
    at(set, "spec", "updateStrategy", "type") === "RollingUpdate" &&
    [counts.updatedReplicas, counts.readyReplicas, counts.replicas].every((number) => number === wanted);
  const shown = { ...counts, ...(isUpdated ? { currentReplicas: counts.updatedReplicas } : {}) };
  return {
    observedGeneration: generationOf(set),
    ...Object.fromEntries(
      Object.entries(shown).filter(([key, number]) => key === "replicas" || number !== 0),
    ),
    currentRevision: isUpdated ? update : current,
    updateRevision: update,
    collisionCount: 0,
    availableReplicas: count((pod) => isReady(pod) && isAvailable(facts, pod)),
  };
}
