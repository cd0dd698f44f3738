import type { Json, JsonObject } from "../json.ts";
import { at, textOf, textsOf } from "../json.ts";
import { annotationsOf, isTerminating, labelsOf, nameOf } from "../object.ts";
import { POD_REVISION } from "./statefulSetPlan.ts";
import { conditionOf, generationOf, isAvailable, isTrue, type Moment, shareOf } from "./workload.ts";
import { TEMPLATE_GENERATION } from "../api/workloadDefaults.ts";

/** The one node that there is, and the labels by which pods may ask for it. */
export interface Node {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A DaemonSet and its pods, the oldest first, at one moment. */
export interface DaemonFacts extends Moment {
  /** What tells the present template from others. */
  readonly hash: string;
  readonly node: Node;
}

/** What to do next: pods to delete, by name, and whether one is to be made. */
export interface DaemonPlan {
  readonly isMaking: boolean;
  readonly deletes: readonly string[];
}

/** Whether the node is one that the DaemonSet asks for. */
export function wantsNode(set: JsonObject, { name, labels }: Node): boolean {
  const spec = at(set, "spec", "template", "spec");
  const named = textOf(at(spec, "nodeName"));
  if (named !== "" && named !== name) return false;
  return Object.entries(textsOf(at(spec, "nodeSelector"))).every(([key, value]) => labels[key] === value);
}

/** Plans the next writes as Kubernetes' own controller does: first the number of pods, then their revision. */
export function planDaemonSet(facts: DaemonFacts): DaemonPlan {
  const { set, pods, node } = facts;
  const living = pods.filter((pod) => !isTerminating(pod));
  if (!wantsNode(set, node)) return { isMaking: false, deletes: living.map(nameOf) };
  if (pods.length === 0) return { isMaking: true, deletes: [] };
  const ended = living.filter((pod) => ["Failed", "Succeeded"].includes(textOf(at(pod, "status", "phase"))));
  if (ended.length > 0) return { isMaking: false, deletes: ended.map(nameOf) };
  return surgeOf(set) > 0 ? planSurge(facts, living) : planInPlace(facts, living);
}

/** A pod makes room for the next; while it goes, none is made. */
function planInPlace(facts: DaemonFacts, living: readonly JsonObject[]): DaemonPlan {
  const [oldest, ...others] = living;
  if (others.length > 0) return { isMaking: false, deletes: others.map(nameOf) };
  const isReplaced =
    oldest !== undefined && isRolling(facts.set) && !isUpdated(facts, oldest) && living.length === 1;
  return { isMaking: false, deletes: isReplaced ? [nameOf(oldest)] : [] };
}

/** The next pod is made beside the old one, which goes once the new one is available or it is not ready itself. */
function planSurge(facts: DaemonFacts, living: readonly JsonObject[]): DaemonPlan {
  const [fresh, ...moreFresh] = living.filter((pod) => isUpdated(facts, pod));
  const [old, ...moreOld] = living.filter((pod) => !isUpdated(facts, pod));
  const excess = [...moreFresh, ...moreOld].map(nameOf);
  if (fresh === undefined) return { isMaking: old === undefined || isRolling(facts.set), deletes: excess };
  const isOver = old !== undefined && (!isReady(old) || isAvailable(facts, fresh));
  return { isMaking: false, deletes: isOver ? [...excess, nameOf(old)] : excess };
}

const isRolling = (set: JsonObject): boolean => at(set, "spec", "updateStrategy", "type") === "RollingUpdate";

const surgeOf = (set: JsonObject): number =>
  isRolling(set) ? shareOf(at(set, "spec", "updateStrategy", "rollingUpdate", "maxSurge"), 1, Math.ceil) : 0;

const isReady = (pod: JsonObject): boolean => isTrue(conditionOf(pod, "Ready"));

/** By its hash, or by the number that pods of old servers were told apart by. */
function isUpdated({ set, hash }: DaemonFacts, pod: JsonObject): boolean {
  const generation = annotationsOf(set)[TEMPLATE_GENERATION];
  const { [POD_REVISION]: revision, "pod-template-generation": number } = labelsOf(pod);
  return revision === hash || (generation !== undefined && number === generation);
}

/** The status of a DaemonSet. Of several pods on its node the oldest counts. */
export function daemonStatus(facts: DaemonFacts): JsonObject {
  const { set, pods, node } = facts;
  const [pod] = pods;
  const isWanted = wantsNode(set, node);
  const number = (is: boolean): number => (is ? 1 : 0);
  const counted = isWanted ? pod : undefined;
  const numberAvailable = number(counted !== undefined && isReady(counted) && isAvailable(facts, counted));
  const shown: [string, Json][] = [
    ["currentNumberScheduled", number(counted !== undefined)],
    ["numberMisscheduled", number(!isWanted && pod !== undefined)],
    ["desiredNumberScheduled", number(isWanted)],
    ["numberReady", number(counted !== undefined && isReady(counted))],
  ];
  const optional: [string, number][] = [
    ["updatedNumberScheduled", number(counted !== undefined && isUpdated(facts, counted))],
    ["numberAvailable", numberAvailable],
    ["numberUnavailable", number(isWanted) - numberAvailable],
  ];
  return {
    ...Object.fromEntries(shown),
    observedGeneration: generationOf(set),
    ...Object.fromEntries(optional.filter(([, count]) => count !== 0)),
  };
}
