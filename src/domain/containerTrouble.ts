import type { DiagnosisCause } from "./diagnosis.ts";
import { IMAGE_REASONS, OTHER_PROCESSOR, whyNoImage, type ImageWhy } from "./imageTrouble.ts";
import { missingConfig } from "./missingConfig.ts";
import type { ContainerEnd, ContainerFacts, EventFact, PodFacts } from "./releaseFacts.ts";
import { RANK, type Heard, type Trouble } from "./trouble.ts";

/** What is wrong with a container of a pod. Events of the pod's other containers do not count. */
export function containerTroubles(
  pod: PodFacts,
  container: ContainerFacts,
  { events, log }: Heard,
): readonly Trouble[] {
  const isAbout = (event: EventFact): boolean =>
    event.container === undefined || event.container === container.name;
  const heard = { events: events.filter(isAbout), log };
  const { state } = container;
  switch (state.kind) {
    case "waiting":
      return waiting(pod, container, heard);
    case "terminated":
      return state.exitCode === 0 ? [] : ended(pod, container, state, heard);
    case "running":
      return running(pod, container, heard);
    case "unknown":
      return [];
  }
}

function waiting(pod: PodFacts, container: ContainerFacts, heard: Heard): readonly Trouble[] {
  const { state, last } = container;
  if (state.kind !== "waiting") return [];
  const { reason, message } = state;
  if (IMAGE_REASONS.test(reason)) {
    return [badImage(pod, container, whyNoImage(reason, message, heard.events))];
  }
  if (reason === "CrashLoopBackOff") {
    return ended(pod, container, last ?? { exitCode: undefined, reason: "", message: "" }, heard);
  }
  // Every pod passes through these; where it stays there, the pod as a whole says why.
  if (reason === "ContainerCreating" || reason === "PodInitializing") return [];
  const cause = missingConfig(pod.name, message);
  if (cause !== undefined) return [{ rank: RANK["missing-config"], cause, container }];
  return [cannotStart(pod, container, reason, message)];
}

function running(pod: PodFacts, container: ContainerFacts, heard: Heard): readonly Trouble[] {
  const { last, isReady } = container;
  if (last !== undefined && (last.exitCode !== 0 || killedByProbe(container, last, heard) !== undefined)) {
    const troubles = ended(pod, container, last, heard);
    return isReady ? troubles.map((trouble) => ({ ...trouble, rank: RANK.restarted })) : troubles;
  }
  if (isReady) return [];
  if (!container.isInit) return [notReady(pod, container, heard)];
  const { name } = container;
  const cause = { kind: "init-running", pod: pod.name, container: name } as const;
  return [{ rank: RANK["init-running"], cause, container }];
}

interface InPod {
  readonly pod: string;
  readonly container: string;
  readonly role?: "init" | "sidecar";
}

const inPod = (pod: PodFacts, { name, isInit, isSidecar }: ContainerFacts): InPod => ({
  pod: pod.name,
  container: name,
  ...(isInit ? { role: "init" } : {}),
  ...(isSidecar === true ? { role: "sidecar" } : {}),
});

const badImage = (pod: PodFacts, container: ContainerFacts, why: ImageWhy): Trouble => ({
  rank: RANK.image,
  cause: { kind: "image", why, image: container.image, ...inPod(pod, container) },
  container,
});

const STARTS_NOT = /^(?:ContainerCannotRun|StartError|RunContainerError)$/u;

function ended(
  pod: PodFacts,
  container: ContainerFacts,
  end: ContainerEnd,
  heard: Heard,
): readonly Trouble[] {
  const { exitCode, reason, message } = end;
  const where = inPod(pod, container);
  const trouble = (rank: keyof typeof RANK, cause: DiagnosisCause): readonly Trouble[] => [
    { rank: RANK[rank], cause, container },
  ];
  if (reason === "OOMKilled") {
    return trouble("out-of-memory", { kind: "out-of-memory", limit: container.memoryLimit, ...where });
  }
  if (OTHER_PROCESSOR.test(message) || OTHER_PROCESSOR.test(heard.log)) {
    return [badImage(pod, container, "platform")];
  }
  if (STARTS_NOT.test(reason)) return [cannotStart(pod, container, reason, message)];
  if (container.isInit) {
    const { restarts, name } = container;
    const init = { kind: "init-failed", exitCode, restarts, pod: pod.name, container: name } as const;
    return trouble("init-failed", init);
  }
  const { restarts } = container;
  // The kubelet ended it because a probe failed: what the container said last is not why.
  const killed = killedByProbe(container, end, heard);
  return trouble("crash-loop", {
    ...(killed ?? { kind: "crash-loop", exitCode }),
    ...where,
    restarts,
  });
}

interface Killed {
  readonly kind: "killed-by-probe";
  readonly which: "liveness" | "startup";
  readonly probe: string | undefined;
}

/**
 * Told by the kubelet's `Killing` event whatever the exit code; where only the failed probe was told, by the codes of
 * a container that was asked to stop, or killed.
 */
function killedByProbe(container: ContainerFacts, end: ContainerEnd, { events }: Heard): Killed | undefined {
  const killing = events.findLast(
    ({ reason, message }) => reason === "Killing" && /failed (?:liveness|startup) probe/u.test(message),
  );
  const failed = events.findLast(
    ({ reason, message }) => reason === "Unhealthy" && /^(?:Liveness|Startup) probe/u.test(message),
  );
  const wasStopped = end.exitCode === 137 || end.exitCode === 143;
  const words = killing?.message ?? (wasStopped ? failed?.message : undefined);
  if (words === undefined) return undefined;
  const which = /startup/iu.test(words) ? "startup" : "liveness";
  const asked = which === "startup" ? container.startupProbe : container.livenessProbe;
  return {
    kind: "killed-by-probe",
    which,
    probe: failed === undefined ? undefined : withQuestion(failed.message, asked),
  };
}

const withQuestion = (answer: string, question: string | undefined): string =>
  question === undefined ? answer : `${answer} (${question})`;

function cannotStart(pod: PodFacts, container: ContainerFacts, reason: string, message: string): Trouble {
  return OTHER_PROCESSOR.test(message)
    ? badImage(pod, container, "platform")
    : {
        rank: RANK["cannot-start"],
        cause: { kind: "cannot-start", reason, ...inPod(pod, container) },
        container,
      };
}

function notReady(pod: PodFacts, container: ContainerFacts, { events }: Heard): Trouble {
  const answer = events.findLast(({ reason }) => reason === "Unhealthy")?.message;
  const probe = answer === undefined ? undefined : withQuestion(answer, questionOf(container, answer));
  return {
    rank: probe === undefined ? RANK["not-ready"] : RANK["probe-fails"],
    cause: { kind: "not-ready", probe, ...inPod(pod, container) },
    container,
  };
}

function questionOf(container: ContainerFacts, answer: string): string | undefined {
  if (answer.startsWith("Liveness")) return container.livenessProbe;
  return answer.startsWith("Startup") ? container.startupProbe : container.readinessProbe;
}
