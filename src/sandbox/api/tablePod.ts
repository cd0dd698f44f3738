import type { Json, JsonObject } from "../json.ts";
import { at, numberOf, objectsOf, textOf } from "../json.ts";
import { isTerminating, nameOf } from "../object.ts";
import { ageOf, since } from "./tableAges.ts";

/** The row of a pod, by the rules of the server's own printer. */
export function podCells(pod: JsonObject, now: number): Json[] {
  const statuses = objectsOf(at(pod, "status", "containerStatuses"));
  const inits = objectsOf(at(pod, "status", "initContainerStatuses"));
  const initializing = initReason(pod, inits);
  const counted = initializing === undefined ? statuses : inits;
  const ready = initializing === undefined ? statuses.filter(isRunningReady).length : 0;
  const phase = textOf(at(pod, "status", "phase"));
  const reason = textOf(at(pod, "status", "reason")) || phase;
  const isGoing = isTerminating(pod) && !["Failed", "Succeeded"].includes(phase);
  const none = (text: string): string => text || "<none>";
  return [
    nameOf(pod),
    `${ready}/${objectsOf(at(pod, "spec", "containers")).length}`,
    isGoing ? "Terminating" : (initializing ?? containerReason(pod, statuses, reason)),
    restartsText(counted, now),
    ageOf(pod, now),
    none(textOf(at(objectsOf(at(pod, "status", "podIPs"))[0], "ip"))),
    none(textOf(at(pod, "spec", "nodeName"))),
    none(textOf(at(pod, "status", "nominatedNodeName"))),
    "<none>",
  ];
}

const isRunningReady = (status: JsonObject): boolean =>
  status["ready"] === true && at(status, "state", "running") !== undefined;

/** Why the first init container that is not done keeps the others waiting; undefined where all are done. */
function initReason(pod: JsonObject, inits: readonly JsonObject[]): string | undefined {
  const index = inits.findIndex((status) => at(status, "state", "terminated", "exitCode") !== 0);
  const status = inits[index];
  if (status === undefined) return undefined;
  const ended = at(status, "state", "terminated");
  if (ended !== undefined) return `Init:${endReason(ended)}`;
  const waiting = textOf(at(status, "state", "waiting", "reason"));
  if (waiting !== "" && waiting !== "PodInitializing") return `Init:${waiting}`;
  return `Init:${index}/${objectsOf(at(pod, "spec", "initContainers")).length}`;
}

/** Of several containers the first that has something to say. */
function containerReason(pod: JsonObject, statuses: readonly JsonObject[], otherwise: string): string {
  let reason = otherwise;
  let failure = "";
  for (const status of [...statuses].reverse()) {
    const waiting = textOf(at(status, "state", "waiting", "reason"));
    const ended = at(status, "state", "terminated");
    if (waiting !== "") reason = waiting;
    else if (ended !== undefined) {
      reason = endReason(ended);
      if (numberOf(at(ended, "exitCode")) !== 0) failure = reason;
    }
  }
  if (reason !== "Completed") return reason;
  const isRunning = statuses.some(isRunningReady);
  const isReady = objectsOf(at(pod, "status", "conditions")).some(
    (one) => one["type"] === "Ready" && one["status"] === "True",
  );
  if (isRunning && isReady) return "Running";
  return failure || (isRunning ? "NotReady" : reason);
}

function endReason(ended: Json): string {
  const signal = numberOf(at(ended, "signal"));
  const number = signal === 0 ? `ExitCode:${numberOf(at(ended, "exitCode"))}` : `Signal:${signal}`;
  return textOf(at(ended, "reason")) || number;
}

function restartsText(statuses: readonly JsonObject[], now: number): string {
  const restarts = statuses.reduce((sum, status) => sum + numberOf(status["restartCount"]), 0);
  const ends = statuses
    .map((status) => Date.parse(textOf(at(status, "lastState", "terminated", "finishedAt"))))
    .filter(Number.isFinite);
  return restarts === 0 || ends.length === 0
    ? String(restarts)
    : `${restarts} (${since(Math.max(...ends), now)} ago)`;
}
