import type { JsonObject } from "../json.ts";
import { at, isEqual, numberOf, textOf } from "../json.ts";
import { annotationsOf, isTerminating, nameOf } from "../object.ts";
import { hasTemplateOf, inheritedAnnotations, newReplicaSet } from "./templates.ts";
import { generationOf, shareOf, statusNumber, wantedReplicas } from "./workload.ts";

const PREFIX = "deployment.kubernetes.io";
export const REVISION = `${PREFIX}/revision`;
const HISTORY = `${PREFIX}/revision-history`;
const DESIRED = `${PREFIX}/desired-replicas`;
const MAX = `${PREFIX}/max-replicas`;

/** A Deployment and what belongs to it, at one moment. */
export interface RolloutFacts {
  readonly deployment: JsonObject;
  /** Its ReplicaSets, the oldest first. */
  readonly replicaSets: readonly JsonObject[];
  /** How many pods of other templates still run; the strategy Recreate waits for them. */
  readonly oldPods: number;
}

/** One write that brings a rollout forward. */
export type RolloutStep =
  | { readonly kind: "create"; readonly replicaSet: JsonObject }
  | {
      readonly kind: "scale";
      readonly name: string;
      readonly from: number;
      readonly to: number;
      readonly annotations: Record<string, string>;
    }
  | {
      readonly kind: "annotate";
      readonly name: string;
      readonly annotations: Record<string, string>;
      readonly minReadySeconds: number;
    }
  | { readonly kind: "delete"; readonly name: string };

/** What to do next. `revision` is the number to write on the Deployment, if any. */
export interface RolloutPlan {
  readonly current: JsonObject | undefined;
  readonly revision: string | undefined;
  readonly steps: readonly RolloutStep[];
}

/** How many pods a rolling update may have too many and too few. */
export interface Margins {
  readonly surge: number;
  readonly unavailable: number;
}

/** Reads the margins of a Deployment: shares of surplus are rounded up, those of lack down, never both nothing. */
export function marginsOf(deployment: JsonObject): Margins {
  const strategy = at(deployment, "spec", "strategy");
  const replicas = wantedReplicas(deployment);
  if (textOf(at(strategy, "type")) === "Recreate") return { surge: 0, unavailable: 0 };
  const surge = shareOf(at(strategy, "rollingUpdate", "maxSurge"), replicas, Math.ceil);
  const unavailable = shareOf(at(strategy, "rollingUpdate", "maxUnavailable"), replicas, Math.floor);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

const sum = (replicaSets: readonly JsonObject[], count: (set: JsonObject) => number): number =>
  replicaSets.reduce((total, set) => total + count(set), 0);

const available = (replicaSet: JsonObject): number => statusNumber(replicaSet, "availableReplicas");

export const revisionOf = (object: JsonObject): number => Number(annotationsOf(object)[REVISION] ?? 0);

/** Plans the next writes of a rollout, one kind of step at a time, as the controller of Kubernetes goes. */
export function planRollout(facts: RolloutFacts): RolloutPlan {
  const { deployment, replicaSets } = facts;
  const current = replicaSets.find((set) => hasTemplateOf(set, deployment));
  const old = replicaSets.filter((set) => set !== current);
  const known = current === undefined ? undefined : annotationsOf(current)[REVISION];
  const idle: RolloutPlan = { current, revision: known, steps: [] };
  if (isTerminating(deployment)) return { ...idle, revision: undefined };

  // Whatever else is to be done, the newest ReplicaSet tells what its Deployment tells.
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  const told = current === undefined ? undefined : annotateStep(deployment, current, revision);
  if (told !== undefined) return { current, revision: told.annotations[REVISION], steps: [told] };

  const isPaused = at(deployment, "spec", "paused") === true;
  const isRecreating = textOf(at(deployment, "spec", "strategy", "type")) === "Recreate";
  const steps = isPaused || isScaling(facts) ? scaleSteps(facts, current) : undefined;
  if (isPaused && steps?.length === 0) return { ...idle, steps: forgetSteps(deployment, old) };
  if (steps !== undefined) return { ...idle, steps };

  if (isRecreating) {
    const down = old.filter((set) => wantedReplicas(set) > 0).map((set) => scaleTo(deployment, set, 0));
    if (down.length > 0) return { ...idle, steps: down };
    if (facts.oldPods > 0) return idle;
  }
  if (current === undefined) return createStep(facts, String(revision));
  const target = targetOfCurrent(deployment, replicaSets, current);
  if (target !== wantedReplicas(current)) {
    return { ...idle, steps: [scaleTo(deployment, current, target)] };
  }
  const down = isRecreating ? [] : downSteps(deployment, replicaSets, current);
  return { ...idle, steps: down.length > 0 ? down : cleanupSteps(deployment, old) };
}

function createStep({ deployment, replicaSets }: RolloutFacts, revision: string): RolloutPlan {
  const replicas = targetOfCurrent(deployment, replicaSets, undefined);
  const annotations = { ...sizes(deployment), [REVISION]: revision };
  const replicaSet = newReplicaSet(deployment, annotations, replicas);
  return { current: undefined, revision, steps: [{ kind: "create", replicaSet }] };
}

const sizes = (deployment: JsonObject): Record<string, string> => ({
  [DESIRED]: String(wantedReplicas(deployment)),
  [MAX]: String(wantedReplicas(deployment) + marginsOf(deployment).surge),
});

/** What the newest ReplicaSet has to be told of its Deployment; undefined where it knows. */
function annotateStep(
  deployment: JsonObject,
  current: JsonObject,
  revision: number,
): (RolloutStep & { readonly kind: "annotate" }) | undefined {
  const annotations = newAnnotations(deployment, current, revision);
  const minReadySeconds = minReadyOf(deployment);
  const isTold = isEqual(annotations, annotationsOf(current)) && minReadySeconds === minReadyOf(current);
  return isTold ? undefined : { kind: "annotate", name: nameOf(current), annotations, minReadySeconds };
}

const minReadyOf = (workload: JsonObject): number => numberOf(at(workload, "spec", "minReadySeconds"));

/** The old template becomes the newest revision again: its former numbers are kept as a history. */
function newAnnotations(
  deployment: JsonObject,
  current: JsonObject,
  revision: number,
): Record<string, string> {
  const annotations = { ...annotationsOf(current), ...inheritedAnnotations(deployment) };
  const former = revisionOf(current);
  if (former >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (former > 0) {
    const history = annotations[HISTORY];
    annotations[HISTORY] = history === undefined ? String(former) : `${history},${former}`;
  }
  return annotations;
}

/** How many pods the newest ReplicaSet may want now. */
function targetOfCurrent(
  deployment: JsonObject,
  replicaSets: readonly JsonObject[],
  current: JsonObject | undefined,
): number {
  const wanted = wantedReplicas(deployment);
  const present = current === undefined ? 0 : wantedReplicas(current);
  if (textOf(at(deployment, "spec", "strategy", "type")) === "Recreate" || present > wanted) return wanted;
  const room = wanted + marginsOf(deployment).surge - sum(replicaSets, wantedReplicas);
  return room <= 0 ? present : present + Math.min(room, wanted - present);
}

/** Takes old pods away, those that do not work first, as far as enough others are available. */
function downSteps(
  deployment: JsonObject,
  replicaSets: readonly JsonObject[],
  current: JsonObject,
): RolloutStep[] {
  const old = replicaSets.filter((set) => set !== current && wantedReplicas(set) > 0);
  const least = wantedReplicas(deployment) - marginsOf(deployment).unavailable;
  const notYet = wantedReplicas(current) - available(current);
  const most = sum(replicaSets, wantedReplicas) - least - notYet;
  if (old.length === 0 || most <= 0) return [];

  const targets = new Map(old.map((set) => [set, wantedReplicas(set)]));
  let unhealthy = most;
  for (const set of old) {
    const gone = Math.min(unhealthy, Math.max(0, wantedReplicas(set) - available(set)));
    targets.set(set, wantedReplicas(set) - gone);
    unhealthy -= gone;
  }
  let healthy = Math.max(0, sum(replicaSets, available) - least);
  for (const set of old) {
    const present = targets.get(set) ?? 0;
    const gone = Math.min(healthy, present);
    targets.set(set, present - gone);
    healthy -= gone;
  }
  return old.flatMap((set) => {
    const to = targets.get(set) ?? 0;
    return to === wantedReplicas(set) ? [] : [scaleTo(deployment, set, to)];
  });
}

const scaleTo = (deployment: JsonObject, set: JsonObject, to: number): RolloutStep => ({
  kind: "scale",
  name: nameOf(set),
  from: wantedReplicas(set),
  to,
  annotations: { ...annotationsOf(set), ...sizes(deployment) },
});

/** Whether the size of the Deployment was changed since its running ReplicaSets were sized. */
const isScaling = ({ deployment, replicaSets }: RolloutFacts): boolean =>
  replicaSets.some((set) => {
    const desired = annotationsOf(set)[DESIRED];
    return wantedReplicas(set) > 0 && desired !== undefined && desired !== String(wantedReplicas(deployment));
  });

/** Sizes what runs to a changed number of replicas without going on with the rollout. */
function scaleSteps(facts: RolloutFacts, current: JsonObject | undefined): RolloutStep[] {
  const { deployment, replicaSets } = facts;
  const wanted = wantedReplicas(deployment);
  const running = replicaSets.filter((set) => wantedReplicas(set) > 0);
  const newest = current ?? replicaSets.at(-1);
  const [only] = running;
  if (running.length <= 1) {
    const set = only ?? newest;
    const isSized =
      set === undefined || (wantedReplicas(set) === wanted && annotationsOf(set)[DESIRED] === String(wanted));
    return isSized ? [] : [scaleTo(deployment, set, wanted)];
  }
  if (!isScaling(facts)) return [];
  // In the middle of a rollout the largest takes the difference; the others only learn the new size.
  const difference = wanted + marginsOf(deployment).surge - sum(running, wantedReplicas);
  const largest = running.reduce((most, set) => (wantedReplicas(set) > wantedReplicas(most) ? set : most));
  return running.map((set) => {
    const to = set === largest ? Math.max(0, wantedReplicas(set) + difference) : wantedReplicas(set);
    return scaleTo(deployment, set, to);
  });
}

/** Removes ReplicaSets that nobody can want to return to, the oldest first, once the rollout is over. */
const cleanupSteps = (deployment: JsonObject, old: readonly JsonObject[]): RolloutStep[] =>
  isComplete(deployment) ? forgetSteps(deployment, old) : [];

/** By the limit of the Deployment; those that still run count, and stay. */
function forgetSteps(deployment: JsonObject, old: readonly JsonObject[]): RolloutStep[] {
  const limit = numberOf(at(deployment, "spec", "revisionHistoryLimit"), 10);
  const kept = old.filter((set) => !isTerminating(set));
  return [...kept]
    .sort((left, right) => revisionOf(left) - revisionOf(right))
    .slice(0, Math.max(0, kept.length - limit))
    .filter(isIdle)
    .map((set) => ({ kind: "delete", name: nameOf(set) }));
}

const isIdle = (set: JsonObject): boolean =>
  wantedReplicas(set) === 0 &&
  statusNumber(set, "replicas") === 0 &&
  generationOf(set) <= statusNumber(set, "observedGeneration");

/** Whether everything that the Deployment wants is there and nothing else is. */
export function isComplete(deployment: JsonObject): boolean {
  const wanted = wantedReplicas(deployment);
  return (
    statusNumber(deployment, "updatedReplicas") === wanted &&
    statusNumber(deployment, "replicas") === wanted &&
    statusNumber(deployment, "availableReplicas") === wanted &&
    statusNumber(deployment, "observedGeneration") >= generationOf(deployment)
  );
}
