import { containerTroubles } from "./containerTrouble.ts";
import type { DiagnosisCause } from "./diagnosis.ts";
import { missingConfig } from "./missingConfig.ts";
import type { ContainerFacts, PodFacts } from "./releaseFacts.ts";
import { RANK, type Heard, type Trouble } from "./trouble.ts";

/** The most telling trouble of a pod; undefined where there is none, or none that its status and events show. */
export function podTrouble(pod: PodFacts, heard: Heard): Trouble | undefined {
  const found = [
    ...ended(pod),
    ...nodeLost(pod, heard),
    ...unscheduled(pod),
    ...notCreated(pod, heard),
    ...gated(pod),
    ...pod.containers.flatMap((container) => containerTroubles(pod, container, heard)),
  ];
  return found.sort((a, b) => a.rank - b.rank)[0];
}

/** A container that ended with an error fails the pod of a Job too; the kubelet's own verdicts have a reason. */
function ended({ name, phase, reason }: PodFacts): readonly Trouble[] {
  if (phase !== "Failed" || reason === "") return [];
  return [{ rank: RANK.evicted, cause: { kind: "evicted", pod: name, reason } }];
}

/**
 * Nodes may often not be read; then the pod's events, or its reason, still tell, and that it is not ready although all
 * in it is: a kubelet would have said otherwise.
 */
function nodeLost(pod: PodFacts, { events }: Heard): readonly Trouble[] {
  const { name, phase, reason, isReady, node } = pod;
  if (isReady || phase === "Failed" || node?.isReady === true) return [];
  const isLost =
    node?.isReady === false ||
    reason === "NodeLost" ||
    events.some((event) => event.reason === "NodeNotReady") ||
    (isTrue(pod, "ContainersReady") && closedGate(pod) === undefined);
  return isLost
    ? [{ rank: RANK["node-lost"], cause: { kind: "node-lost", pod: name, node: node?.name ?? "" } }]
    : [];
}

function unscheduled({ name, conditions }: PodFacts): readonly Trouble[] {
  const scheduled = conditions.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status !== "False" || !/^(?:Unschedulable|SchedulingGated)$/u.test(scheduled.reason)) {
    return [];
  }
  const { message } = scheduled;
  return [{ rank: RANK.unschedulable, cause: { kind: "unschedulable", pod: name, message } }];
}

/** A pod whose containers are not even made yet: its events tell what it waits for. */
function notCreated(pod: PodFacts, { events }: Heard): readonly Trouble[] {
  if (pod.phase !== "" && pod.phase !== "Pending") return [];
  if (!pod.containers.some(isNotBegun)) return [];
  const mounts = events.filter(({ reason }) =>
    /^Failed(?:Mount|AttachVolume|Binding|MapVolume)$/u.test(reason),
  );
  const cause =
    first(mounts, ({ message }) => missingConfig(pod.name, message)) ??
    first(mounts, ({ message }) => missingVolume(pod.name, message));
  if (cause !== undefined) return [{ rank: RANK["missing-config"], cause }];
  const told = events.findLast(({ reason }) => NOT_CREATED.test(reason));
  if (told === undefined) return [];
  return [
    {
      rank: RANK["stuck-creating"],
      cause: { kind: "stuck-creating", pod: pod.name, message: told.message },
    },
  ];
}

const NOT_CREATED =
  /^(?:FailedCreatePodSandBox|FailedCreatePodContainer|NetworkNotReady|FailedMount|FailedAttachVolume|FailedMapVolume)$/u;

const isNotBegun = ({ state }: ContainerFacts): boolean =>
  state.kind === "waiting" && /^(?:ContainerCreating|PodInitializing)$/u.test(state.reason);

function missingVolume(pod: string, message: string): DiagnosisCause | undefined {
  const name = /volume "(?<name>[^"]+)"/u.exec(message)?.groups?.["name"];
  return name === undefined ? undefined : { kind: "missing-config", resource: "volume", name, pod };
}

/** The pod waits for a condition that its own containers have nothing to do with. */
function gated(pod: PodFacts): readonly Trouble[] {
  const gate = closedGate(pod);
  if (pod.isReady || gate === undefined || !isTrue(pod, "ContainersReady")) return [];
  return [{ rank: RANK["readiness-gate"], cause: { kind: "readiness-gate", pod: pod.name, gate } }];
}

const closedGate = (pod: PodFacts): string | undefined =>
  (pod.gates ?? []).find((gate) => !isTrue(pod, gate));

const isTrue = ({ conditions }: PodFacts, wanted: string): boolean =>
  conditions.some(({ type, status }) => type === wanted && status === "True");

function first<T, R>(items: readonly T[], of: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = of(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
