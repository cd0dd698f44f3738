import type { DiagnosisCause } from "./diagnosis.ts";
import type { ContainerEnd, ContainerFacts, EventFact, PodFacts } from "./releaseFacts.ts";

/** What is wrong with a pod, and how much that tells: of several troubles the one with the lowest rank is shown. */
export interface Trouble {
  readonly cause: DiagnosisCause;
  readonly rank: number;
  readonly container?: ContainerFacts;
}

/** What was heard about a pod beyond its status; both may be empty, since both may be forbidden or gone. */
export interface Heard {
  readonly events: readonly EventFact[];
  readonly log: string;
}

export const NOTHING_HEARD: Heard = { events: [], log: "" };

/** Causes that no time heals come first; what merely has not come about yet comes last. */
const RANK = {
  image: 1,
  "missing-config": 2,
  "out-of-memory": 3,
  "init-failed": 4,
  "cannot-start": 5,
  "crash-loop": 6,
  evicted: 7,
  unschedulable: 8,
  "probe-fails": 9,
  "not-ready": 10,
  restarted: 11,
} as const;

/** The most telling trouble of a pod; undefined where there is none, or none that its status and events show. */
export function podTrouble(pod: PodFacts, heard: Heard): Trouble | undefined {
  const found = [...ofPod(pod), ...pod.containers.flatMap((container) => ofContainer(pod, container, heard))];
  return found.sort((a, b) => a.rank - b.rank)[0];
}

function ofPod(pod: PodFacts): readonly Trouble[] {
  // A container that ended with an error fails the pod of a Job too; the kubelet's own verdicts have a reason.
  if (pod.phase === "Failed" && pod.reason !== "") {
    return [{ rank: RANK.evicted, cause: { kind: "evicted", pod: pod.name, reason: pod.reason } }];
  }
  const scheduled = pod.conditions.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return [];
  return [
    {
      rank: RANK.unschedulable,
      cause: { kind: "unschedulable", pod: pod.name, message: scheduled.message },
    },
  ];
}

function ofContainer(pod: PodFacts, container: ContainerFacts, heard: Heard): readonly Trouble[] {
  const { state, last } = container;
  switch (state.kind) {
    case "waiting":
      return waiting(pod, container, heard);
    case "terminated":
      return state.exitCode === 0 ? [] : ended(pod, container, state, heard);
    case "running":
      if (last !== undefined && last.exitCode !== 0) {
        return container.isReady
          ? ended(pod, container, last, heard).map((trouble) => ({ ...trouble, rank: RANK.restarted }))
          : ended(pod, container, last, heard);
      }
      return container.isReady || container.isInit ? [] : [notReady(pod, container, heard)];
    case "unknown":
      return [];
  }
}

const IMAGE_REASONS =
  /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/u;
const NOT_YET = /^(?:ContainerCreating|PodInitializing)$/u;

function waiting(pod: PodFacts, container: ContainerFacts, heard: Heard): readonly Trouble[] {
  const { state, last } = container;
  if (state.kind !== "waiting") return [];
  const { reason, message } = state;
  if (IMAGE_REASONS.test(reason)) return [badImage(pod, container, whyNoImage(reason, message, heard))];
  if (reason === "CrashLoopBackOff") {
    return ended(pod, container, last ?? { exitCode: undefined, reason: "", message: "" }, heard);
  }
  if (NOT_YET.test(reason)) return unmounted(pod, heard);
  return [missingConfig(pod, message) ?? cannotStart(pod, container, reason, message)];
}

const inPod = (
  pod: PodFacts,
  container: ContainerFacts,
): { readonly pod: string; readonly container: string } => ({
  pod: pod.name,
  container: container.name,
});

type ImageWhy = (DiagnosisCause & { readonly kind: "image" })["why"];

const badImage = (pod: PodFacts, container: ContainerFacts, why: ImageWhy): Trouble => ({
  rank: RANK.image,
  cause: { kind: "image", why, image: container.image, ...inPod(pod, container) },
  container,
});

/**
 * containerd's, CRI-O's and the registries' words; the kubelet hands them on. First match wins: a missing platform
 * also says `not found`, and Docker Hub says of what does not exist that access to it is denied.
 */
const IMAGE_WORDS: readonly (readonly [RegExp, ImageWhy])[] = [
  [
    /no match for platform|no matching manifest|does not match the (?:specified|detected) platform|no image found in (?:image index|manifest list)/iu,
    "platform",
  ],
  [
    /unauthorized|denied|authentication required|no basic auth credentials|\b401\b|\b403\b|Forbidden/iu,
    "denied",
  ],
  [
    /toomanyrequests|\b429\b|i\/o timeout|no such host|connection refused|connection reset|TLS handshake|x509|dial tcp|EOF|\b50[0234]\b|deadline exceeded/iu,
    "registry",
  ],
  [/not found|NotFound|manifest unknown|name unknown|\b404\b|does not exist/iu, "missing"],
];

function whyNoImage(reason: string, message: string, { events }: Heard): ImageWhy {
  if (reason === "InvalidImageName") return "bad-name";
  if (reason === "RegistryUnavailable") return "registry";
  if (reason === "ErrImageNeverPull" || reason === "SignatureValidationFailed") return "other";
  // While it backs off, an older kubelet says no more than that; the event of the attempt says why.
  const pulls = events.filter((event) => event.reason === "Failed").map((event) => event.message);
  for (const words of [message, ...pulls]) {
    const found = IMAGE_WORDS.find(([pattern]) => pattern.test(words));
    if (found !== undefined) return found[1];
  }
  return "other";
}

/** A binary of another processor: told by the runtime, or by the shell that tries to run it. */
const OTHER_PROCESSOR = /exec format error/u;
const STARTS_NOT = /^(?:ContainerCannotRun|StartError|RunContainerError)$/u;

function ended(
  pod: PodFacts,
  container: ContainerFacts,
  end: ContainerEnd,
  heard: Heard,
): readonly Trouble[] {
  const { exitCode, reason, message } = end;
  const where = inPod(pod, container);
  if (reason === "OOMKilled") {
    return [
      {
        rank: RANK["out-of-memory"],
        cause: { kind: "out-of-memory", limit: container.memoryLimit, ...where },
        container,
      },
    ];
  }
  if (OTHER_PROCESSOR.test(message) || OTHER_PROCESSOR.test(heard.log))
    return [badImage(pod, container, "platform")];
  if (STARTS_NOT.test(reason)) return [cannotStart(pod, container, reason, message)];
  if (container.isInit) {
    return [{ rank: RANK["init-failed"], cause: { kind: "init-failed", exitCode, ...where }, container }];
  }
  const killed = heard.events.find(
    (event) => event.reason === "Unhealthy" && /^(?:Liveness|Startup) probe/u.test(event.message),
  );
  // The kubelet ended it because a probe failed: what the container said last is not why.
  if (killed !== undefined && (exitCode === 137 || exitCode === 143)) {
    return [
      { rank: RANK["crash-loop"], cause: { kind: "not-ready", probe: killed.message, ...where }, container },
    ];
  }
  return [
    {
      rank: RANK["crash-loop"],
      cause: { kind: "crash-loop", exitCode, restarts: container.restarts, ...where },
      container,
    },
  ];
}

function cannotStart(pod: PodFacts, container: ContainerFacts, reason: string, message: string): Trouble {
  return OTHER_PROCESSOR.test(message)
    ? badImage(pod, container, "platform")
    : {
        rank: RANK["cannot-start"],
        cause: { kind: "cannot-start", reason, ...inPod(pod, container) },
        container,
      };
}

/** The kubelet's words for what a container's environment or a volume refers to, and what is not there. */
const MISSING: readonly (readonly [RegExp, "Secret" | "ConfigMap" | "key" | "volume"])[] = [
  [/couldn't find key (?<name>\S+) in (?:Secret|ConfigMap)/u, "key"],
  [/references non-existent (?:secret|config) key: (?<name>\S+)/u, "key"],
  [/\bsecrets? "(?<name>[^"]+)" not found/u, "Secret"],
  [/\bconfigmaps? "(?<name>[^"]+)" not found/u, "ConfigMap"],
  [/\bpersistentvolumeclaims? "(?<name>[^"]+)" not found/u, "volume"],
];

function missingConfig(pod: PodFacts, message: string): Trouble | undefined {
  for (const [pattern, resource] of MISSING) {
    const name = pattern.exec(message)?.groups?.["name"];
    if (name === undefined) continue;
    return { rank: RANK["missing-config"], cause: { kind: "missing-config", resource, name, pod: pod.name } };
  }
  return undefined;
}

/** A pod whose containers are not even made yet: its events tell whether a volume is what it waits for. */
function unmounted(pod: PodFacts, { events }: Heard): readonly Trouble[] {
  const mounts = events.filter(({ reason }) => /^Failed(?:Mount|AttachVolume|Binding)$/u.test(reason));
  for (const { message } of mounts) {
    const missing = missingConfig(pod, message);
    if (missing !== undefined) return [missing];
  }
  const volume = mounts
    .map(({ message }) => /volume "(?<name>[^"]+)"/u.exec(message)?.groups?.["name"])
    .find((name) => name !== undefined);
  return volume === undefined
    ? []
    : [
        {
          rank: RANK["missing-config"],
          cause: { kind: "missing-config", resource: "volume", name: volume, pod: pod.name },
        },
      ];
}

function notReady(pod: PodFacts, container: ContainerFacts, { events }: Heard): Trouble {
  const asked = events.findLast(({ reason }) => reason === "Unhealthy")?.message;
  const ask = container.readinessProbe;
  const probe = asked === undefined || ask === undefined ? asked : `${asked} (${ask})`;
  return {
    rank: probe === undefined ? RANK["not-ready"] : RANK["probe-fails"],
    cause: { kind: "not-ready", probe, ...inPod(pod, container) },
    container,
  };
}
