import type { DiagnosisCause, Evidence } from "./diagnosis.ts";
import { turnedAway } from "./helmWords.ts";
import { NOTHING_HEARD, podTrouble, type Heard, type Trouble } from "./podTrouble.ts";
import { workloadName } from "./release.ts";
import type {
  ConditionFact,
  ContainerEnd,
  ContainerFacts,
  EventFact,
  HookFacts,
  PodFacts,
  ReleaseFacts,
  WorkloadFacts,
} from "./releaseFacts.ts";

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

/** The most telling trouble of a release's workloads. */
export function workloadTrouble(facts: ReleaseFacts, hearing: Hearing): Finding | undefined {
  for (const workload of facts.workloads) {
    const refused = refusedPods(workload, hearing);
    if (refused !== undefined) return refused;
  }
  const found = facts.workloads
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

/** A pod that was evicted, and whose successor is ready, is the past. */
const troubledPods = ({ pods, wanted }: WorkloadFacts): readonly PodFacts[] =>
  pods.filter(({ isReady }) => isReady).length >= Math.max(1, wanted)
    ? pods.filter(({ phase }) => phase !== "Failed")
    : pods;

/** Where pods do not even come to exist, the workload or its ReplicaSet says why. */
function refusedPods(workload: WorkloadFacts, hearing: Hearing): Finding | undefined {
  const condition = workload.conditions.find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  const lacks = workload.pods.length < workload.wanted;
  const events = workload.uids
    .flatMap((uid) => heardOf(hearing, uid).events)
    .filter(({ reason }) => reason === "FailedCreate");
  const event = lacks ? events.at(-1) : undefined;
  const words = condition?.message ?? event?.message;
  if (words === undefined) return undefined;
  const cause = turnedAway(words, workload.name) ?? {
    kind: "admission",
    workload: workload.name,
    message: words,
  };
  const evidence: Evidence[] = condition === undefined ? [] : [conditionEvidence(workload.name, condition)];
  return { cause, evidence: event === undefined ? evidence : [...evidence, eventEvidence(event)] };
}

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

const MAX_EVENTS = 3;
const MAX_LOG_LINES = 20;

function podEvidence(pod: PodFacts, { cause, container }: Trouble, heard: Heard): readonly Evidence[] {
  const about = workloadName("Pod", pod.name);
  const evidence: Evidence[] = [];
  if (container !== undefined) {
    evidence.push({ kind: "status", about, text: containerWords(container) });
  } else if (pod.reason !== "") {
    evidence.push({ kind: "status", about, text: joined(pod.reason, pod.message) });
  }
  if (cause.kind === "unschedulable") {
    const condition = pod.conditions.find(({ type }) => type === "PodScheduled");
    if (condition !== undefined) evidence.push(conditionEvidence(about, condition));
  }
  evidence.push(...heard.events.filter(isTelling).slice(-MAX_EVENTS).map(eventEvidence));
  const log = lastLines(heard.log);
  if (log !== "" && container !== undefined) {
    evidence.push({ kind: "log", about: `${about} ${container.name}`, text: log });
  }
  return evidence;
}

/** A controller that gave up waiting: worth a line, never a cause. */
const workloadEvidence = (workload: WorkloadFacts): readonly Evidence[] =>
  workload.conditions
    .filter(({ type, status }) => type === "Progressing" && status === "False")
    .map((condition) => conditionEvidence(workload.name, condition));

/** `Error: ImagePullBackOff` and its like repeat the status. */
const isTelling = ({ isWarning, message }: EventFact): boolean => isWarning && !/^Error: \w+$/u.test(message);

function containerWords({ name, state, last, restarts }: ContainerFacts): string {
  const lines: string[] = [];
  if (state.kind === "waiting") lines.push(`${name}: ${joined(state.reason, state.message)}`);
  if (state.kind === "running") lines.push(`${name}: running, not ready`);
  if (state.kind === "terminated") lines.push(`${name}: ${endWords(state)}`);
  if (last !== undefined) lines.push(`${name}: before that ${endWords(last)}`);
  if (restarts > 0) lines.push(`${name}: ${restarts} restarts`);
  return lines.join("\n");
}

const endWords = ({ exitCode, reason, message }: ContainerEnd): string =>
  joined(
    `${reason === "" ? "ended" : reason}${exitCode === undefined ? "" : `, exit code ${exitCode}`}`,
    message,
  );

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(": ");

const conditionEvidence = (about: string, { type, status, reason, message }: ConditionFact): Evidence => ({
  kind: "condition",
  about,
  text: joined(`${type}=${status} ${reason}`.trim(), message),
});

const eventEvidence = ({ about, reason, message, count }: EventFact): Evidence => ({
  kind: "event",
  about,
  text: joined(reason, message),
  count,
});

const lastLines = (log: string): string => log.trimEnd().split("\n").slice(-MAX_LOG_LINES).join("\n").trim();
