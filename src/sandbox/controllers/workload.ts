import type { Json, JsonObject } from "../json.ts";
import { at, numberOf, objectsOf, textOf } from "../json.ts";

/** Readers of what Deployments, ReplicaSets and pods have in common. */
export const wantedReplicas = (workload: JsonObject): number => numberOf(at(workload, "spec", "replicas"));

export const statusNumber = (workload: JsonObject, field: string): number =>
  numberOf(at(workload, "status", field));

export const generationOf = (workload: JsonObject): number =>
  numberOf(at(workload, "metadata", "generation"));

export const conditionOf = (object: JsonObject, type: string): JsonObject | undefined =>
  objectsOf(at(object, "status", "conditions")).find((condition) => condition["type"] === type);

export const isTrue = (condition: JsonObject | undefined): boolean =>
  textOf(condition?.["status"]) === "True";

/** Whether a pod still counts: neither done nor on its way out. */
export const isActive = (pod: JsonObject): boolean =>
  at(pod, "metadata", "deletionTimestamp") === undefined &&
  !["Failed", "Succeeded"].includes(textOf(at(pod, "status", "phase")));

/**
 * When a pod is or will be available, in epoch milliseconds: it has to stay ready for `minReadySeconds`.
 * Undefined while it is not ready.
 */
export function availableAt(pod: JsonObject, minReadySeconds: number): number | undefined {
  const ready = conditionOf(pod, "Ready");
  if (!isTrue(ready)) return undefined;
  return Date.parse(textOf(ready?.["lastTransitionTime"])) + minReadySeconds * 1000;
}

/** A workload and its pods at one moment, in epoch milliseconds. */
export interface Moment {
  readonly set: JsonObject;
  readonly pods: readonly JsonObject[];
  readonly now: number;
}

/** Whether a pod of a workload has been ready for as long as it has to be. */
export function isAvailable({ set, now }: Pick<Moment, "set" | "now">, pod: JsonObject): boolean {
  const since = availableAt(pod, minReadyOf(set));
  return since !== undefined && since <= now;
}

/** When the next pod becomes available that only has to stay ready for a while, in epoch milliseconds. */
export function nextAvailable({ set, pods, now }: Moment): number | undefined {
  const times = pods.map((pod) => availableAt(pod, minReadyOf(set))).filter((time) => time !== undefined);
  const next = Math.min(...times.filter((time) => time > now));
  return Number.isFinite(next) ? next : undefined;
}

const minReadyOf = (set: JsonObject): number => numberOf(at(set, "spec", "minReadySeconds"));

/** A number or a share of the replicas, as `25%`. */
export function shareOf(value: Json | undefined, replicas: number, round: (share: number) => number): number {
  if (typeof value === "number") return value;
  const percent = /^(?<percent>\d+)%$/u.exec(textOf(value))?.groups?.["percent"];
  return percent === undefined ? 0 : round((Number(percent) * replicas) / 100);
}
