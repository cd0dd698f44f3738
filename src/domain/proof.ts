import type { CommitHash } from "./branch.ts";
import { imageNamesCommit, workloadName, type ContainerImage } from "./release.ts";
import type { PodReading, WorkloadReading } from "./rollout.ts";
import { SECOND_MS, type DurationMs } from "./time.ts";

/** One line of the proof sheet: what was looked at, how it stands, and the facts that say so. */
export interface ProofLine {
  readonly kind: "release" | "observed" | "images" | "commit" | "pods" | "steady";
  readonly state: "ok" | "waiting" | "failed";
  /** `Deployment/web`; absent on lines about the whole release. */
  readonly workload?: string;
  /** Figures and names, e.g. `1 of 2 ready`; data of the cluster, not a sentence. */
  readonly facts: string;
}

/** What a rollout has to show to be proven. */
export interface ProofWish {
  /** Undefined where nobody knows which commit it should be: then there is no line about it. */
  readonly commit: CommitHash | undefined;
  /** Images as the new revision's manifest names them. */
  readonly images: readonly ContainerImage[];
  /** The application's container; without it any container may carry the commit. */
  readonly container?: string;
}

/** One look at the workloads of a release. `ready` still has to last for a while to be a proof. */
export interface Judgement {
  readonly kind: "ready" | "waiting" | "failed" | "nothing-runs";
  readonly lines: readonly ProofLine[];
  /** Ready pods of the newest template, of all workloads. */
  readonly ready: number;
  readonly wanted: number;
  /** Restarts by pod: when this changes, the wait for steadiness begins again. */
  readonly restarts: Readonly<Record<string, number>>;
  /** What keeps a pod from running, in the cluster's words; shown at once, it ends nothing by itself. */
  readonly diagnosis?: string;
}

/** Workloads whose pods run for as long as the release does; Jobs and CronJobs come and go. */
export const RUNNING = /^(?:Deployment|StatefulSet|DaemonSet)\//u;

/** Judges one look at the workloads of a release against what its new revision should be. */
export function judgeWorkloads(readings: readonly WorkloadReading[], wish: ProofWish): Judgement {
  const expected = wish.images.filter(({ workload }) => RUNNING.test(workload));
  const names = [...new Set(expected.map(({ workload }) => workload))];
  const byName = new Map(readings.map((reading) => [workloadName(reading.kind, reading.name), reading]));
  const lines = names.flatMap((name) => {
    const reading = byName.get(name);
    if (reading === undefined) return [line("observed", "failed", "absent from the cluster", name)];
    const images = expected.filter(({ workload }) => workload === name);
    return [observed(reading, name), sameImages(reading, images, name), pods(reading, name)];
  });
  // Of a release of nothing but Jobs, only the manifest can say whether it is the commit's.
  const carriers = (names.length === 0 ? wish.images : expected).filter((image) =>
    carriesCommit(image, wish),
  );
  if (wish.commit !== undefined) lines.push(commitLine(carriers, wish));

  const watched = names.flatMap((name) => byName.get(name) ?? []);
  const diagnosis = watched.map(diagnose).find((found) => found !== undefined);
  return {
    kind: summary(lines, carriers, byName),
    lines,
    ready: sum(watched, ({ pods: all }) => all.filter(({ ready }) => ready).length),
    wanted: sum(watched, ({ wanted }) => wanted),
    restarts: Object.fromEntries(
      watched.flatMap((reading) => reading.pods.map(({ name, restarts }) => [name, restarts])),
    ),
    ...(diagnosis === undefined ? {} : { diagnosis }),
  };
}

function summary(
  lines: readonly ProofLine[],
  carriers: readonly ContainerImage[],
  byName: ReadonlyMap<string, WorkloadReading>,
): Judgement["kind"] {
  if (lines.some(({ state }) => state === "failed")) return "failed";
  const wanted = carriers.reduce((total, { workload }) => total + (byName.get(workload)?.wanted ?? 0), 0);
  // Zero replicas are at once "ready" for every tool that only counts; here they are an outcome of their own.
  if (wanted === 0) return "nothing-runs";
  return lines.some(({ state }) => state === "waiting") ? "waiting" : "ready";
}

const carriesCommit = (image: ContainerImage, wish: ProofWish): boolean =>
  (wish.container === undefined || image.container === wish.container) &&
  (wish.commit === undefined || imageNamesCommit(image.image, wish.commit));

function commitLine(carriers: readonly ContainerImage[], wish: ProofWish): ProofLine {
  const [first] = carriers;
  if (first !== undefined) return line("commit", "ok", `${first.container}: ${first.image}`, first.workload);
  const looked = wish.images.filter(
    ({ container }) => wish.container === undefined || container === wish.container,
  );
  const found = looked.map(({ container, image }) => `${container}: ${image}`).join(", ");
  return line("commit", "failed", found === "" ? (wish.container ?? "") : found);
}

function observed(reading: WorkloadReading, name: string): ProofLine {
  const { generation, observedGeneration } = reading;
  const isObserved = observedGeneration >= generation;
  const facts = isObserved ? `generation ${generation}` : `generation ${observedGeneration} of ${generation}`;
  return line("observed", isObserved ? "ok" : "waiting", facts, name);
}

function sameImages(reading: WorkloadReading, images: readonly ContainerImage[], name: string): ProofLine {
  const live = new Map(reading.images.map(({ container, image }) => [container, image]));
  const wrong = images.filter(({ container, image }) => live.get(container) !== image);
  const [first] = wrong;
  if (first === undefined) return line("images", "ok", images.map(({ image }) => image).join(", "), name);
  const now = live.get(first.container) ?? "none";
  return line("images", "failed", `${first.container}: ${now}, not ${first.image}`, name);
}

function pods(reading: WorkloadReading, name: string): ProofLine {
  const ready = reading.pods.filter((pod) => pod.ready).length;
  const isEnough = reading.wanted === 0 || (ready >= reading.wanted && ready === reading.pods.length);
  return line("pods", isEnough ? "ok" : "waiting", `${ready} of ${reading.wanted} ready`, name);
}

/**
 * Reasons of a waiting container that seldom heal by themselves. ContainerCreating and its like are left out:
 * every pod passes through them.
 */
const NEAR_TERMINAL =
  /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CrashLoopBackOff|CreateContainerConfigError|CreateContainerError|RunContainerError)$/u;

type StuckPod = PodReading & Required<Pick<PodReading, "waiting">>;

/** The first pod that will hardly come up by itself. */
const stuckPod = ({ pods: all }: Pick<WorkloadReading, "pods">): StuckPod | undefined =>
  all.find((pod): pod is StuckPod => pod.waiting !== undefined && NEAR_TERMINAL.test(pod.waiting.reason));

/** Why a pod waits that will hardly come up by itself, in the kubelet's word; undefined where none does. */
export const stuckReason = (reading: Pick<WorkloadReading, "pods">): string | undefined =>
  stuckPod(reading)?.waiting.reason;

/** The most telling trouble of a workload, in the cluster's own words; undefined where there is none. */
export function diagnose(reading: WorkloadReading): string | undefined {
  if (reading.replicaFailure !== undefined) return reading.replicaFailure;
  const stuck = stuckPod(reading);
  if (stuck !== undefined) return trouble(stuck);
  return reading.deadlineExceeded
    ? `${workloadName(reading.kind, reading.name)}: ProgressDeadlineExceeded`
    : undefined;
}

function trouble({ name, waiting }: StuckPod): string {
  const message = waiting.message === "" ? "" : `: ${waiting.message}`;
  return `${name} (${waiting.container}) ${waiting.reason}${message}`;
}

/** Since when everything has been ready without a new restart. */
export interface Steady {
  /** Monotonic milliseconds. */
  readonly since: DurationMs;
  readonly restarts: Readonly<Record<string, number>>;
}

/** Carries steadiness on from one look to the next: any restart, and any pod that comes or goes, begins it anew. */
export function steadySince(
  before: Steady | undefined,
  judgement: Judgement,
  monotonic: DurationMs,
): Steady | undefined {
  if (judgement.kind !== "ready") return undefined;
  return before !== undefined && isSame(before.restarts, judgement.restarts)
    ? before
    : { since: monotonic, restarts: judgement.restarts };
}

/** Seconds that everything still has to stay as it is; 0 once the rollout is proven. */
export const secondsLeft = (steady: Steady, monotonic: DurationMs, steadySeconds: number): number =>
  Math.max(0, Math.ceil((steady.since + steadySeconds * SECOND_MS - monotonic) / SECOND_MS));

function isSame(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

const line = (
  kind: ProofLine["kind"],
  state: ProofLine["state"],
  facts: string,
  workload?: string,
): ProofLine => ({ kind, state, facts, ...(workload === undefined ? {} : { workload }) });
