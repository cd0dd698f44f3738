import type { JsonObject } from "../json.ts";
import { at, numberOf, objectsOf, textOf } from "../json.ts";
import { nameOf, timeText } from "../object.ts";
import { isComplete, marginsOf } from "./rollout.ts";
import { conditionOf, generationOf, statusNumber, wantedReplicas } from "./workload.ts";

/** What the status of a Deployment follows from. */
export interface StatusFacts {
  readonly deployment: JsonObject;
  readonly replicaSets: readonly JsonObject[];
  readonly current: JsonObject | undefined;
  /** Whether the current ReplicaSet was made by the step before. */
  readonly isNew: boolean;
  readonly now: number;
}

interface NewCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  /** Whether it counts as said anew even if it says what was said before. */
  readonly isFresh?: boolean;
}

const total = (replicaSets: readonly JsonObject[], field: string): number =>
  replicaSets.reduce((sum, set) => sum + statusNumber(set, field), 0);

/** The status of a Deployment, counted from its ReplicaSets. */
export function rolloutStatus(facts: StatusFacts): JsonObject {
  const { deployment, replicaSets, current } = facts;
  const replicas = total(replicaSets, "replicas");
  const availableReplicas = total(replicaSets, "availableReplicas");
  const counts = {
    observedGeneration: generationOf(deployment),
    replicas,
    updatedReplicas: current === undefined ? 0 : statusNumber(current, "replicas"),
    readyReplicas: total(replicaSets, "readyReplicas"),
    availableReplicas,
    unavailableReplicas: Math.max(0, replicas - availableReplicas),
  };
  // Counts of nothing are left out, but for this one.
  const shown = Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
  const status: JsonObject = { ...shown, terminatingReplicas: total(replicaSets, "terminatingReplicas") };
  status["conditions"] = conditions(facts, { ...deployment, status: { ...counts } });
  return status;
}

/** When the deadline of a rollout that makes no progress is over, in epoch milliseconds. */
export function deadlineOf(deployment: JsonObject): number | undefined {
  const seconds = at(deployment, "spec", "progressDeadlineSeconds");
  const condition = conditionOf(deployment, "Progressing");
  const reason = textOf(condition?.["reason"]);
  if (typeof seconds !== "number" || condition === undefined) return undefined;
  if (reason === "NewReplicaSetAvailable" || reason === "ProgressDeadlineExceeded") return undefined;
  return Date.parse(textOf(condition["lastUpdateTime"])) + seconds * 1000;
}

function conditions(facts: StatusFacts, counted: JsonObject): JsonObject[] {
  const { deployment, now } = facts;
  let result = objectsOf(at(deployment, "status", "conditions"));
  const progressing = progress(facts, counted);
  if (progressing !== undefined) result = withCondition(result, progressing, now);
  result = withFailure(result, facts);
  const enough = wantedReplicas(deployment) - marginsOf(deployment).unavailable;
  const isAvailable = statusNumber(counted, "availableReplicas") >= enough;
  return withCondition(
    result,
    isAvailable
      ? {
          type: "Available",
          status: "True",
          reason: "MinimumReplicasAvailable",
          message: "Deployment has minimum availability.",
        }
      : {
          type: "Available",
          status: "False",
          reason: "MinimumReplicasUnavailable",
          message: "Deployment does not have minimum availability.",
        },
    now,
  );
}

/** What keeps the newest ReplicaSet from making pods, as long as it does. */
function withFailure(list: readonly JsonObject[], { current, now }: StatusFacts): JsonObject[] {
  const others = list.filter(({ type }) => type !== "ReplicaFailure");
  const failure = current === undefined ? undefined : conditionOf(current, "ReplicaFailure");
  if (failure === undefined) return others;
  const { reason, message } = failure;
  return withCondition(
    list,
    { type: "ReplicaFailure", status: "True", reason: textOf(reason), message: textOf(message) },
    now,
  );
}

/** What there is to say about progress now, or undefined to leave what was said. */
function progress(facts: StatusFacts, counted: JsonObject): NewCondition | undefined {
  const { deployment, current, isNew, now } = facts;
  const before = conditionOf(deployment, "Progressing");
  const reason = textOf(before?.["reason"]);
  const says = (status: NewCondition["status"], why: string, message: string): NewCondition => ({
    type: "Progressing",
    status,
    reason: why,
    message,
  });
  if (at(deployment, "spec", "paused") === true) {
    return reason === "ProgressDeadlineExceeded"
      ? undefined
      : says("Unknown", "DeploymentPaused", "Deployment is paused");
  }
  if (reason === "DeploymentPaused") return says("Unknown", "DeploymentResumed", "Deployment is resumed");
  if (numberOf(at(deployment, "spec", "progressDeadlineSeconds"), -1) < 0 || current === undefined)
    return undefined;
  const name = nameOf(current);
  if (isNew) return says("True", "NewReplicaSetCreated", `Created new replica set "${name}"`);
  const isDone =
    reason === "NewReplicaSetAvailable" &&
    at(counted, "status", "replicas") === at(counted, "status", "updatedReplicas");
  if (isDone) return undefined;
  if (isComplete(counted)) {
    return says("True", "NewReplicaSetAvailable", `ReplicaSet "${name}" has successfully progressed.`);
  }
  if (hasProgressed(deployment, counted)) {
    return { ...says("True", "ReplicaSetUpdated", `ReplicaSet "${name}" is progressing.`), isFresh: true };
  }
  if (before === undefined) return says("True", "FoundNewReplicaSet", `Found new replica set "${name}"`);
  const deadline = deadlineOf(deployment);
  if (deadline === undefined || now < deadline) return undefined;
  return says("False", "ProgressDeadlineExceeded", `ReplicaSet "${name}" has timed out progressing.`);
}

function hasProgressed(before: JsonObject, after: JsonObject): boolean {
  const old = (workload: JsonObject): number =>
    statusNumber(workload, "replicas") - statusNumber(workload, "updatedReplicas");
  return (
    statusNumber(after, "updatedReplicas") > statusNumber(before, "updatedReplicas") ||
    old(after) < old(before) ||
    statusNumber(after, "readyReplicas") > statusNumber(before, "readyReplicas") ||
    statusNumber(after, "availableReplicas") > statusNumber(before, "availableReplicas")
  );
}

/** Sets a condition. One that says the same is left alone, unless it is to count as said anew. */
function withCondition(
  list: readonly JsonObject[],
  { isFresh = false, ...condition }: NewCondition,
  now: number,
): JsonObject[] {
  const before = list.find(({ type }) => type === condition.type);
  const isSame = before?.["status"] === condition.status;
  if (!isFresh && isSame && before["reason"] === condition.reason) return [...list];
  const time = timeText(now);
  const made: JsonObject = {
    type: condition.type,
    status: condition.status,
    lastUpdateTime: time,
    lastTransitionTime: isSame ? (before["lastTransitionTime"] ?? time) : time,
    reason: condition.reason,
    message: condition.message,
  };
  return [...list.filter((other) => other !== before), made];
}
