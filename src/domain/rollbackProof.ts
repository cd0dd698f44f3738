import type { CommitHash } from "./branch.ts";
import { judgeWorkloads, RUNNING, type Judgement, type ProofLine } from "./proof.ts";
import {
  imageNamesCommit,
  workloadName,
  type ContainerImage,
  type Revision,
  type RevisionLabel,
} from "./release.ts";
import type { WorkloadReading } from "./rollout.ts";

/** One promise of the proof sheet, from the first moment on: what is promised is what is then proven. */
export interface ProofItem {
  readonly kind:
    | "reread"
    /** The operation Lease: held, or gone without by a person's word. */
    | "operation"
    | "record"
    | "status"
    | "description"
    | "no-other-deployed"
    | "observed"
    | "images"
    | "commit"
    | "pods"
    | "steady"
    | "manifest"
    /** Of a workload without helm: its template is the target's. */
    | "template"
    /** The target's old number is gone, and it has a new one, the highest. */
    | "renumbered";
  /** `fact` is neither well nor ill: something that could not be proven, and why. */
  readonly state: "todo" | "running" | "ok" | "failed" | "fact";
  readonly workload?: string;
  /** Figures and names, data of the cluster. */
  readonly facts: string;
}

/** What a rollback is to come to. */
export interface RollbackWish {
  /** The revision that it goes back to. */
  readonly to: number;
  /** The revision that it makes. */
  readonly revision: number;
  /** The target's commit; undefined where nobody knows it. */
  readonly commit?: CommitHash;
  /** The application's container, where the team named it. */
  readonly container?: string;
}

/** helm's records once helm has ended. */
export interface RecordsAfter {
  /** All of the release, newest first. */
  readonly labels: readonly RevisionLabel[];
  /** The record of the revision that was to be made; undefined where there is none. */
  readonly made: Revision | undefined;
  /** The target's own manifest; undefined where its record is gone and nobody has kept it. */
  readonly targetManifest: string | undefined;
}

const item = (
  kind: ProofItem["kind"],
  state: ProofItem["state"],
  facts: string,
  workload?: string,
): ProofItem => ({ kind, state, facts, ...(workload === undefined ? {} : { workload }) });

/** Everything that will be proven, before anything is: `images` are those of the target's manifest. */
export function promisedItems(images: readonly ContainerImage[]): readonly ProofItem[] {
  const names = [
    ...new Set(images.map(({ workload }) => workload).filter((workload) => RUNNING.test(workload))),
  ];
  const ofRelease = (["reread", "operation", ...RECORD_KINDS] as const).map((kind) => item(kind, "todo", ""));
  const ofWorkloads = names.flatMap((name) =>
    (["observed", "images", "pods"] as const).map((kind) => item(kind, "todo", "", name)),
  );
  return [...ofRelease, ...ofWorkloads, item("commit", "todo", ""), item("steady", "todo", "")];
}

export const RECORD_KINDS = ["record", "status", "description", "no-other-deployed", "manifest"] as const;

/** What only a look at the cluster's workloads can say. */
export const WORKLOAD_KINDS = ["observed", "images", "pods", "commit", "steady"] as const;

/** What helm's own records prove of a rollback. */
export function judgeRecords(wish: RollbackWish, after: RecordsAfter): readonly ProofItem[] {
  const record = newestIsOurs(wish, after.labels);
  const { made } = after;
  if (made === undefined) return [record];
  const { status, unknownStatus, description, rollbackTo } = made;
  const others = after.labels.filter((label) => label.revision !== wish.revision);
  const deployed = others.filter((label) => label.status === "deployed").map(({ revision }) => revision);
  const said = rollbackTo === undefined ? description : `${description} (${rollbackTo})`;
  return [
    record,
    item("status", status === "deployed" ? "ok" : "failed", unknownStatus ?? status),
    rollbackTo === wish.to
      ? item("description", "ok", description)
      : item("description", "failed", `${said}, wanted: ${wish.to}`),
    deployed.length === 0
      ? item("no-other-deployed", "ok", "")
      : item("no-other-deployed", "failed", deployed.join(", ")),
    sameManifest(made, after.targetManifest, wish.to),
  ];
}

/** Whether the newest record is the one that this rollback makes. */
function newestIsOurs({ revision }: RollbackWish, labels: readonly RevisionLabel[]): ProofItem {
  const [newest] = labels;
  if (newest?.revision === revision) return item("record", "ok", `revision ${revision}`);
  const found = newest === undefined ? "no record" : `revision ${newest.revision} ${newest.status}`;
  return item("record", "failed", `${found}, wanted: revision ${revision}`);
}

function sameManifest({ manifest }: Revision, target: string | undefined, to: number): ProofItem {
  if (target === undefined) return item("manifest", "fact", `revision ${to}: no record`);
  return item("manifest", manifest === target ? "ok" : "failed", `revision ${to}`);
}

/** One look at the workloads of the revision that was made. */
export interface RolloutLook extends Pick<Judgement, "kind" | "ready" | "wanted" | "restarts" | "diagnosis"> {
  readonly items: readonly ProofItem[];
  /** Pods that are not ready, in the cluster's words. */
  readonly pods: readonly string[];
}

/** Judges one look at the workloads by the rules of every rollout; what nobody knows of the commit is told as a fact. */
export function judgeRollout(
  readings: readonly WorkloadReading[],
  images: readonly ContainerImage[],
  wish: Pick<RollbackWish, "commit" | "container">,
): RolloutLook {
  const container = containerOf(images, wish);
  const ofApplication = images.filter((image) => container === undefined || image.container === container);
  // A commit that is known by another way than an image's tag cannot be seen in what runs.
  const { commit } = wish;
  const isNamed = commit !== undefined && ofApplication.some(({ image }) => imageNamesCommit(image, commit));
  const judgement = judgeWorkloads(readings, {
    commit: isNamed ? commit : undefined,
    images,
    ...(container === undefined ? {} : { container }),
  });
  const items = judgement.lines.map(itemOf);
  const unnamed = [...new Set(ofApplication.map(({ image }) => image))].join(", ");
  return {
    ...judgement,
    items: isNamed ? items : [...items, item("commit", "fact", unnamed)],
    pods: readings.flatMap(({ pods }) => pods.filter(({ ready }) => !ready).map(podWords)),
  };
}

/** The team may have renamed the container since the target was deployed: then any may be the application's. */
const containerOf = (
  images: readonly ContainerImage[],
  { container }: Pick<RollbackWish, "container">,
): string | undefined => (images.some((image) => image.container === container) ? container : undefined);

const STATES = { ok: "ok", waiting: "running", failed: "failed" } as const;

const itemOf = ({ kind, state, facts, workload }: ProofLine): ProofItem =>
  // Lines of workloads are never about the release: that is the records' part.
  item(kind === "release" ? "record" : kind, STATES[state], facts, kind === "commit" ? undefined : workload);

function podWords({ name, waiting }: WorkloadReading["pods"][number]): string {
  if (waiting === undefined) return name;
  return [`${name} (${waiting.container}) ${waiting.reason}`, waiting.message].filter(Boolean).join(": ");
}

/** The sheet with what was found in its places; what was not promised stands before the wait for steadiness. */
export function filled(sheet: readonly ProofItem[], found: readonly ProofItem[]): readonly ProofItem[] {
  const isSame = (a: ProofItem, b: ProofItem): boolean => a.kind === b.kind && a.workload === b.workload;
  const known = sheet.map((promise) => found.find((one) => isSame(one, promise)) ?? promise);
  const more = found.filter((one) => !sheet.some((promise) => isSame(one, promise)));
  if (more.length === 0) return known;
  const end = known.findIndex(({ kind }) => kind === "steady");
  return end === -1 ? [...known, ...more] : [...known.slice(0, end), ...more, ...known.slice(end)];
}

/** The sheet once nothing is waited for any more: what still ran was not reached. */
export const closed = (sheet: readonly ProofItem[]): readonly ProofItem[] =>
  sheet.map((one) => (one.state === "running" ? { ...one, state: "failed" } : one));

/** The sheet without what could not be looked at again: what was seen before is not true now for that. */
export const unseen = (
  sheet: readonly ProofItem[],
  kinds: readonly ProofItem["kind"][],
): readonly ProofItem[] =>
  sheet.map((one) => (kinds.includes(one.kind) ? { ...one, state: "todo", facts: "" } : one));

/** What had been seen of the workloads, where they cannot be looked at just now: waited for again, without figures. */
export const unsure = (sheet: readonly ProofItem[]): readonly ProofItem[] =>
  sheet.flatMap((one) => {
    if (one.state === "todo" || !isOfWorkloads(one)) return [];
    // Steadiness begins anew, and the commit follows from the images.
    const isLater = one.kind === "steady" || one.kind === "commit";
    return [{ ...one, state: isLater ? "todo" : "running", facts: "" } as const];
  });

const isOfWorkloads = ({ kind }: ProofItem): boolean => WORKLOAD_KINDS.some((one) => one === kind);

/**
 * Ready pods that are not of the revision with these images: what serves while a rollout fails, or where it never came
 * so far as to change the workload.
 */
export const olderReady = (readings: readonly WorkloadReading[], images: readonly ContainerImage[]): number =>
  readings.reduce((sum, { kind, name, readyOfAll = 0, pods, images: now }) => {
    const ready = pods.filter((pod) => pod.ready).length;
    const wanted = images.filter(({ workload }) => workload === workloadName(kind, name));
    const isChanged = wanted.every((image) =>
      now.some((one) => one.container === image.container && one.image === image.image),
    );
    return sum + Math.max(0, isChanged ? readyOfAll - ready : Math.max(readyOfAll, ready));
  }, 0);
