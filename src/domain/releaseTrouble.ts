import type { DiagnosisCause, Evidence } from "./diagnosis.ts";
import { turnedAway } from "./helmWords.ts";
import { missingConfig } from "./missingConfig.ts";
import { podTrouble } from "./podTrouble.ts";
import { workloadName } from "./release.ts";
import type {
  ConditionFact,
  ContainerFacts,
  HookFacts,
  PodFacts,
  ReleaseFacts,
  WorkloadFacts,
} from "./releaseFacts.ts";
import { NOTHING_HEARD, type Heard, type Trouble } from "./trouble.ts";
import {
  conditionEvidence,
  eventEvidence,
  isTelling,
  MAX_EVENTS,
  podEvidence,
  workloadEvidence,
} from "./troubleEvidence.ts";
import { rolloutEvidence, rolloutTrouble, nothingWanted } from "./workloadTrouble.ts";

/** A pod worth asking more about: its events, and where it ended its log. */
export interface Suspect {
  readonly pod: PodFacts;
  /** The container whose log may tell, where one has run at all. */
  readonly log?: { readonly container: string; readonly previous: boolean };
}

/** Pods that are asked more about, at most. */
const MAX_SUSPECTS = 3;
const NO_RANK = 100;

/** The pods that most likely tell what is wrong, the most telling first. */
export function suspectsOf(pods: readonly PodFacts[]): readonly Suspect[] {
  return pods
    .map((pod) => ({ pod, trouble: podTrouble(pod, NOTHING_HEARD) }))
    .filter(({ pod, trouble }) => trouble !== undefined || !pod.isReady)
    .sort((a, b) => (a.trouble?.rank ?? NO_RANK) - (b.trouble?.rank ?? NO_RANK))
    .slice(0, MAX_SUSPECTS)
    .map(({ pod, trouble }) => suspect(pod, trouble));
}

function suspect(pod: PodFacts, trouble: Trouble | undefined): Suspect {
  const container = trouble?.container;
  if (container === undefined || !hasRun(container)) return { pod };
  const previous = container.state.kind !== "terminated" && container.last !== undefined;
  return { pod, log: { container: container.name, previous } };
}

const hasRun = ({ state, last }: ContainerFacts): boolean =>
  last !== undefined || state.kind === "running" || state.kind === "terminated";

/** What is wrong, with the facts that say so. */
export interface Finding {
  readonly cause: DiagnosisCause;
  readonly evidence: readonly Evidence[];
}

/** What was heard beyond the facts, by the uid of what it is about. */
export type Hearing = ReadonlyMap<string, Heard>;

const heardOf = (hearing: Hearing, uid: string): Heard => hearing.get(uid) ?? NOTHING_HEARD;

/**
 * The most telling trouble of a release's workloads: pods that may not come to exist, then those that are in trouble,
 * then what keeps a rollout from going on at all.
 */
export function workloadTrouble({ workloads }: ReleaseFacts, hearing: Hearing): Finding | undefined {
  const observed = workloads.filter(isObserved);
  for (const workload of workloads) {
    const refused = refusedPods(workload, hearing);
    if (refused !== undefined) return refused;
  }
  return podsTrouble(observed, hearing) ?? standstill(workloads);
}

const isObserved = ({ rollout }: WorkloadFacts): boolean => rollout?.isObserved !== false;

function podsTrouble(workloads: readonly WorkloadFacts[], hearing: Hearing): Finding | undefined {
  const found = workloads
    .flatMap((workload) =>
      troubledPods(workload).flatMap((pod) => {
        const trouble = podTrouble(pod, heardOf(hearing, pod.uid));
        return trouble === undefined ? [] : [{ workload, pod, trouble }];
      }),
    )
    .sort((a, b) => a.trouble.rank - b.trouble.rank)[0];
  if (found === undefined) return undefined;
  const { workload, pod, trouble } = found;
  const evidence = podEvidence(pod, trouble, heardOf(hearing, pod.uid));
  return { cause: trouble.cause, evidence: [...evidence, ...workloadEvidence(workload)] };
}

function standstill(workloads: readonly WorkloadFacts[]): Finding | undefined {
  for (const workload of workloads) {
    const cause = rolloutTrouble(workload);
    if (cause === undefined) continue;
    return { cause, evidence: [...rolloutEvidence(workload, cause), ...workloadEvidence(workload)] };
  }
  // Of several workloads some may well have none: only where nothing at all is wanted that is the reason.
  const [first] = workloads;
  const cause = workloads.every(({ wanted }) => wanted === 0) && first && nothingWanted(first);
  return cause ? { cause, evidence: rolloutEvidence(first, cause) } : undefined;
}

/** A pod that was evicted, and whose successor is ready, is the past. */
const troubledPods = ({ pods, wanted }: WorkloadFacts): readonly PodFacts[] =>
  pods.filter(({ isReady }) => isReady).length >= Math.max(1, wanted)
    ? pods.filter(({ phase }) => phase !== "Failed")
    : pods;

/** Where pods do not even come to exist, the workload or its ReplicaSet says why. */
function refusedPods(workload: WorkloadFacts, hearing: Hearing): Finding | undefined {
  // Who may not make the ReplicaSet does not say that the spec was seen, either.
  const isOfNow = isObserved(workload) ? isRefusal : isNotMade;
  const condition = workload.conditions.find(isOfNow);
  const lacks = isObserved(workload) && workload.pods.length < workload.wanted;
  const events = workload.uids
    .flatMap((uid) => heardOf(hearing, uid).events)
    .filter(({ reason }) => reason === "FailedCreate");
  const event = lacks ? events.at(-1) : undefined;
  const words = condition?.message ?? event?.message;
  if (words === undefined) return undefined;
  const { name } = workload;
  const cause = missingConfig(name, words) ??
    turnedAway(words, name) ?? { kind: "admission", workload: name, message: words };
  const evidence: Evidence[] = condition === undefined ? [] : [conditionEvidence(workload.name, condition)];
  return { cause, evidence: event === undefined ? evidence : [...evidence, eventEvidence(event)] };
}

/** Of its pods, or of the ReplicaSet that was to make them. */
const isRefusal = (condition: ConditionFact): boolean =>
  (condition.type === "ReplicaFailure" && condition.status === "True") || isNotMade(condition);

const isNotMade = ({ type, status, reason }: ConditionFact): boolean =>
  type === "Progressing" && status === "False" && reason === "ReplicaSetCreateError";

/**
 * The hook that failed, by its Job or pod; helm's own words choose among several. Undefined where none is left in
 * the cluster: helm deletes some, as their policy says.
 */
export function hookTrouble(
  hooks: readonly HookFacts[],
  named: { readonly hook: string; readonly event: string },
  hearing: Hearing,
): Finding | undefined {
  const hook = failedHook(hooks, named);
  if (hook === undefined) return undefined;
  const event = hook.events.includes(named.event) ? named.event : (hook.events[0] ?? named.event);
  const [pod] = hook.pods;
  const about = workloadName(hook.kind, hook.name);
  const conditions = hook.conditions
    .filter(({ type, status }) => type === "Failed" && status === "True")
    .map((condition) => conditionEvidence(about, condition));
  const trouble = pod === undefined ? undefined : podTrouble(pod, heardOf(hearing, pod.uid));
  const evidence =
    pod === undefined || trouble === undefined
      ? heardOf(hearing, hook.uid).events.filter(isTelling).slice(-MAX_EVENTS).map(eventEvidence)
      : podEvidence(pod, trouble, heardOf(hearing, pod.uid));
  return { cause: { kind: "hook-failed", hook: hook.name, event }, evidence: [...conditions, ...evidence] };
}

/** helm's word for which one, else the one that failed, else the one whose pod is in trouble. */
function failedHook(
  hooks: readonly HookFacts[],
  { hook, event }: { readonly hook: string; readonly event: string },
): HookFacts | undefined {
  const named = hooks.find(({ name }) => name === hook);
  if (named !== undefined) return named;
  const candidates = hooks.filter(({ events }) => event === "" || events.includes(event));
  return (
    candidates.find(({ hasFailed }) => hasFailed) ??
    candidates.find(({ pods }) => pods[0] !== undefined && podTrouble(pods[0], NOTHING_HEARD) !== undefined)
  );
}
