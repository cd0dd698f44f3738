import { isDeepStrictEqual } from "node:util";
import { at, listAt, textAt } from "../contract/json.ts";
import type { BareKind, BareStage } from "./bareStage.ts";
import { podWitness } from "./podWitness.ts";

/** Says with kubectl alone what is wrong with the workload `web`, in one short sentence. */
export async function whatIsWrong(stage: BareStage, kind: BareKind): Promise<string> {
  const name = `${kind}/web`;
  const workload = await stage.get(name);
  if (workload === undefined) return `${name} gone`;
  const wanted = wantedPods(workload);
  if (wanted === 0) return scaledToZero(stage, name);
  const owned = kind === "Deployment" ? await replicaSets(stage, workload) : [];
  const newest = owned.find((set) => isOfTemplate(set, workload));
  const all = listAt(await stage.get("pods", "--selector=app=web"), "items");
  const revision = kind === "Deployment" ? undefined : await newestRevision(stage, workload);
  const pods = all.filter((pod) =>
    kind === "Deployment"
      ? newest !== undefined && ownerOf(pod) === uidOf(newest)
      : at(pod, "metadata", "labels", "controller-revision-hash") === revision,
  );
  const staying = pods.filter((pod) => !isGoing(pod));
  if (staying.length < wanted) {
    const refused = await refusal(stage, workload, newest);
    if (refused !== undefined) return refused;
  }
  if (staying.filter(isReady).length >= wanted) return readiness(workload, name);
  const sick =
    staying.find((pod) => at(pod, "status", "phase") === "Failed") ?? staying.find((pod) => !isReady(pod));
  const told = sick === undefined ? undefined : await podWitness(stage, sick);
  if (told !== undefined) return told;
  return standstill(name, workload, { old: all.filter((pod) => !staying.includes(pod)), owned });
}

/** How many pods it is to have: a DaemonSet's controller counts the nodes. */
export const wantedPods = (workload: unknown): number =>
  Number(at(workload, "spec", "replicas") ?? at(workload, "status", "desiredNumberScheduled"));

/** What its pods are labelled with: a StatefulSet tells it itself, of a DaemonSet its history does. */
async function newestRevision(stage: BareStage, workload: unknown): Promise<unknown> {
  if (at(workload, "kind") === "StatefulSet") return at(workload, "status", "updateRevision");
  const revisions = listAt(await stage.get("controllerrevisions", "--selector=app=web"), "items")
    .filter((one) => ownerOf(one) === uidOf(workload))
    .sort((one, other) => Number(at(one, "revision")) - Number(at(other, "revision")));
  return at(revisions.at(-1), "metadata", "labels", "controller-revision-hash");
}

/** Those that the Deployment made itself, by uid. */
async function replicaSets(stage: BareStage, workload: unknown): Promise<readonly unknown[]> {
  const sets = listAt(await stage.get("replicasets", "--selector=app=web"), "items");
  return sets.filter((set) => ownerOf(set) === uidOf(workload));
}

const isOfTemplate = (set: unknown, workload: unknown): boolean =>
  isDeepStrictEqual(at(set, "spec", "template", "spec"), at(workload, "spec", "template", "spec"));

async function scaledToZero(stage: BareStage, name: string): Promise<string> {
  const scalers = listAt(await stage.get("horizontalpodautoscalers"), "items");
  const scaler = scalers.find((one) => at(one, "spec", "scaleTargetRef", "name") === "web");
  const autoscaler = scaler === undefined ? "" : `, autoscaler ${textAt(scaler, "metadata", "name")}`;
  return `${name} scaled to zero${autoscaler}`;
}

/** Why no pod may be made, in the API server's words. */
async function refusal(stage: BareStage, workload: unknown, newest: unknown): Promise<string | undefined> {
  const conditions = [...listAt(newest, "status", "conditions"), ...listAt(workload, "status", "conditions")];
  const told =
    listAt(newest, "status", "conditions").find((one) => at(one, "type") === "ReplicaFailure") ??
    conditions.find((one) => at(one, "reason") === "ReplicaSetCreateError");
  const words = told === undefined ? await eventWords(stage, workload) : textAt(told, "message");
  const why = /is forbidden: (?<why>[^\n]+)/u.exec(words)?.groups?.["why"];
  if (why === undefined) return undefined;
  return `${why.includes("exceeded quota") ? "quota" : "turned away"}: ${short(why)}`;
}

/** A StatefulSet has no conditions. */
async function eventWords(stage: BareStage, workload: unknown): Promise<string> {
  const events = await stage.get(
    "events",
    `--field-selector=involvedObject.uid=${uidOf(workload)},reason=FailedCreate`,
  );
  const [last] = listAt(events, "items").slice(-1);
  return last === undefined ? "" : textAt(last, "message");
}

/** The panel cuts long words; their beginning tells which they are. */
export const short = (words: string): string => words.slice(0, 150);

function readiness(workload: unknown, name: string): string {
  const seconds = Number(at(workload, "spec", "minReadySeconds") ?? 0);
  const status = at(workload, "status");
  const available = Number(at(status, "availableReplicas") ?? at(status, "numberAvailable") ?? 0);
  const isDone = seconds === 0 || (available >= wantedPods(workload) && seconds < 60);
  return isDone ? "nothing wrong" : `${name} ready, available after ${seconds} s`;
}

interface Others {
  /** Pods of older templates, and those that are going. */
  readonly old: readonly unknown[];
  readonly owned: readonly unknown[];
}

function standstill(name: string, workload: unknown, { old, owned }: Others): string {
  if (at(workload, "spec", "paused") === true) return `${name} paused`;
  const mine = [uidOf(workload), ...owned.map(uidOf)];
  const others = old.filter((pod) => mine.includes(String(ownerOf(pod))));
  const going = others.find(isGoing);
  if (going !== undefined) {
    const finalizers = listAt(going, "metadata", "finalizers").map(String).join(", ");
    return `${name} waits for old ${textAt(going, "metadata", "name")}, kept by ${finalizers}`;
  }
  const strategy = at(workload, "spec", "updateStrategy");
  if (at(strategy, "type") === "OnDelete") return `${name} replaces no pod by itself`;
  if (Number(at(strategy, "rollingUpdate", "partition") ?? 0) > 0) return `${name} replaces some pods`;
  const sick = others.find((pod) => !isReady(pod));
  if (strategy !== undefined && sick !== undefined) {
    return `${name} waits for old ${textAt(sick, "metadata", "name")}, not ready`;
  }
  const gaveUp = listAt(workload, "status", "conditions").some(
    (one) => at(one, "reason") === "ProgressDeadlineExceeded",
  );
  return gaveUp ? `${name} took too long` : "nothing wrong";
}

const uidOf = (object: unknown): string => textAt(object, "metadata", "uid");
const isGoing = (pod: unknown): boolean => at(pod, "metadata", "deletionTimestamp") !== undefined;

const ownerOf = (object: unknown): unknown =>
  listAt(object, "metadata", "ownerReferences")
    .filter((owner) => at(owner, "controller") === true)
    .map((owner) => at(owner, "uid"))[0];

const isReady = (pod: unknown): boolean =>
  listAt(pod, "status", "conditions").some(
    (one) => at(one, "type") === "Ready" && at(one, "status") === "True",
  );
