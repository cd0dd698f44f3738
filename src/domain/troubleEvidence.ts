import type { Evidence } from "./diagnosis.ts";
import { workloadName } from "./release.ts";
import type {
  ConditionFact,
  ContainerEnd,
  ContainerFacts,
  EventFact,
  PodFacts,
  WorkloadFacts,
} from "./releaseFacts.ts";
import type { Heard, Trouble } from "./trouble.ts";

/** Events beyond these few say no more. */
export const MAX_EVENTS = 3;
const MAX_LOG_LINES = 20;

/** What says so of a pod: the container, the telling events, the last lines of its log. */
export function podEvidence(pod: PodFacts, { cause, container }: Trouble, heard: Heard): readonly Evidence[] {
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
export const workloadEvidence = (workload: WorkloadFacts): readonly Evidence[] =>
  workload.conditions
    .filter(({ type, status }) => type === "Progressing" && status === "False")
    .map((condition) => conditionEvidence(workload.name, condition));

/** `Error: ImagePullBackOff` and its like repeat the status. */
export const isTelling = ({ isWarning, message }: EventFact): boolean =>
  isWarning && !/^Error: \w+$/u.test(message);

function containerWords({ name, state, last, restarts }: ContainerFacts): string {
  const lines: string[] = [];
  if (state.kind === "waiting") lines.push(`${name}: ${joined(state.reason, state.message)}`);
  if (state.kind === "running") lines.push(`${name}: running, not ready`);
  if (state.kind === "terminated") lines.push(`${name}: ${endWords(state)}`);
  if (last !== undefined) lines.push(`${name}: before that ${endWords(last)}`);
  if (restarts > 0) lines.push(`${name}: ${restarts} restart${restarts === 1 ? "" : "s"}`);
  return lines.join("\n");
}

const endWords = ({ exitCode, reason, message }: ContainerEnd): string =>
  joined(
    `${reason === "" ? "ended" : reason}${exitCode === undefined ? "" : `, exit code ${exitCode}`}`,
    message,
  );

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(": ");

/** A condition as evidence. */
export const conditionEvidence = (
  about: string,
  { type, status, reason, message }: ConditionFact,
): Evidence => ({
  kind: "condition",
  about,
  text: joined(`${type}=${status} ${reason}`.trim(), message),
});

/** An event as evidence. */
export const eventEvidence = ({ about, reason, message, count, at }: EventFact): Evidence => ({
  kind: "event",
  about,
  text: joined(reason, message),
  count,
  ...(at === undefined ? {} : { at }),
});

const lastLines = (log: string): string => log.trimEnd().split("\n").slice(-MAX_LOG_LINES).join("\n").trim();
