import type { CommitHash } from "../domain/branch.ts";
import type { Liveness } from "../domain/cluster.ts";
import type { Deprecation, Driver, Environment, Machine, Target, Tier } from "../domain/config.ts";
import { commitOfRevision } from "../domain/gradeCommit.ts";
import { stuckReason } from "../domain/proof.ts";
import type { ReleaseStatus, Revision, RevisionLabel } from "../domain/release.ts";
import type { Result } from "../domain/result.ts";
import { commitOfRollout } from "../domain/rolloutEntries.ts";
import { rolloutStatus, type RolloutStatus } from "../domain/rolloutStatus.ts";
import type { WorkloadSight } from "../domain/rollouts.ts";
import type { EpochMs } from "../domain/time.ts";
import type { ReleaseReadError } from "./ports.ts";

/** What is released at a target, as helm's record tells it. `deployed` means helm's last success, not what runs. */
export type TargetState =
  /** Not looked at yet. */
  | { readonly kind: "reading" }
  /** There is no such release. */
  | { readonly kind: "none" }
  | {
      readonly kind: "revision";
      readonly revision: number;
      readonly status: ReleaseStatus;
      readonly deployedAt: EpochMs;
      /** Absent where the revision bears no mark of ours, and until its record has been read. */
      readonly commit?: CommitHash;
      readonly branch?: string;
      readonly by?: string;
    }
  /** A workload without helm, by the template that it has now. */
  | {
      readonly kind: "rollout";
      /** Undefined until the controller has made one of the newest template. */
      readonly revision?: number;
      readonly status: RolloutStatus;
      /** When this template was first rolled out. */
      readonly since?: EpochMs;
      readonly ready: number;
      readonly wanted: number;
      /** The kubelet's word for what keeps a pod from running, e.g. `CrashLoopBackOff`. */
      readonly trouble?: string;
      /** Absent where the image does not name one, or only may. */
      readonly commit?: CommitHash;
      readonly branch?: string;
      readonly by?: string;
    }
  | { readonly kind: "unknown"; readonly error?: ReleaseReadError }
  /** Its release has a name that differs by branch, or its driver keeps no record that we can read. */
  | { readonly kind: "not-recorded"; readonly driver: Driver["kind"] };

export interface TargetView {
  readonly name: string;
  readonly state: TargetState;
  readonly liveness: Liveness;
}

/** An environment with what is released there. */
export interface EnvironmentView {
  readonly name: string;
  readonly tier: Tier;
  readonly url?: string;
  readonly deprecated?: Deprecation;
  readonly targets: readonly TargetView[];
  /** The worst of its targets. */
  readonly liveness: Liveness;
}

/** A machine of a pool with what is released on it. */
export interface MachineReleaseView {
  readonly name: string;
  readonly pool: string;
  readonly target: TargetView;
}

/** A newest revision whose record is being read, or has been. */
export interface ReadRevision {
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly answer?: Result<Revision | undefined, ReleaseReadError>;
}

/** What is known of a target's release. */
export interface KnownRelease {
  readonly liveness: Liveness;
  readonly newest: RevisionLabel | undefined;
  readonly read: ReadRevision | undefined;
}

/** The watch keeps revisions newest first. */
export const newestOf = (revisions: readonly RevisionLabel[] | undefined): RevisionLabel | undefined =>
  revisions?.[0];

/** `known` is undefined where no release can be looked up for the target. */
export function targetView({ name, driver }: Target, known: KnownRelease | undefined): TargetView {
  if (known === undefined) {
    return { name, state: { kind: "not-recorded", driver: driver.kind }, liveness: { kind: "connecting" } };
  }
  const container = driver.kind === "helm" ? driver.container : undefined;
  return { name, state: targetState(known, container), liveness: known.liveness };
}

function targetState({ liveness, newest, read }: KnownRelease, container: string | undefined): TargetState {
  if (liveness.kind === "connecting") return { kind: "reading" };
  // What was true when the watch was last heard is not shown as what is.
  if (liveness.kind === "stale") return { kind: "unknown", error: liveness.error };
  if (newest === undefined) return { kind: "none" };
  const { revision, status } = newest;
  const isSame = read?.revision === revision && read.status === status;
  const answer = isSame ? read.answer : undefined;
  if (answer?.ok === false && answer.error.reason === "unreadable-record") {
    return { kind: "unknown", error: answer.error };
  }
  const record = answer?.ok === true ? answer.value : undefined;
  const commit = record === undefined ? undefined : commitOfRevision(record, container);
  // Who and which branch were recorded together with a commit, and are worth nothing beside another one.
  const mark = record?.mark?.commit === commit ? record?.mark : undefined;
  return {
    kind: "revision",
    revision,
    status,
    deployedAt: record?.deployedAt ?? newest.createdAt,
    ...(commit === undefined ? {} : { commit }),
    ...(mark?.branch === undefined ? {} : { branch: mark.branch }),
    ...(mark?.by === undefined ? {} : { by: mark.by }),
  };
}

/** A target whose driver is a workload's own; `sight` is undefined where there is no such workload. */
export function rolloutView(
  { name, driver }: Target,
  { liveness, sight }: { readonly liveness: Liveness; readonly sight: WorkloadSight | undefined },
): TargetView {
  const container = driver.kind === "kubernetes" ? driver.container : undefined;
  return { name, state: rolloutState(liveness, sight, container), liveness };
}

function rolloutState(
  liveness: Liveness,
  sight: WorkloadSight | undefined,
  container: string | undefined,
): TargetState {
  if (liveness.kind === "connecting") return { kind: "reading" };
  // What was true when the watch was last heard is not shown as what is.
  if (liveness.kind === "stale") return { kind: "unknown", error: liveness.error };
  if (sight === undefined) return { kind: "none" };
  const { rollout, now, pods } = sight;
  const trouble = stuckReason(now);
  const current = rollout.revisions.find(({ object }) => object.uid === rollout.current?.uid);
  const commit = current === undefined ? undefined : commitOfRollout(current, container);
  const mark = current?.mark?.commit === commit ? current?.mark : undefined;
  return {
    kind: "rollout",
    status: rolloutStatus(sight),
    ready: pods.filter(({ ready }) => ready).length,
    wanted: now.wanted,
    ...(trouble === undefined ? {} : { trouble }),
    ...(current === undefined ? {} : { revision: current.revision, since: mark?.at ?? current.createdAt }),
    ...(commit === undefined ? {} : { commit }),
    ...(mark?.branch === undefined ? {} : { branch: mark.branch }),
    ...(mark?.by === undefined ? {} : { by: mark.by }),
  };
}

export const environmentView = (
  { name, tier, url, deprecated }: Environment,
  targets: readonly TargetView[],
): EnvironmentView => ({
  name,
  tier,
  ...(url === undefined ? {} : { url }),
  ...(deprecated === undefined ? {} : { deprecated }),
  targets,
  liveness: worst(targets),
});

export const machineReleaseView = ({ name, pool }: Machine, target: TargetView): MachineReleaseView => ({
  name,
  pool,
  target,
});

/** Targets that nobody watches say nothing about how current the others are. */
function worst(targets: readonly TargetView[]): Liveness {
  const watched = targets.filter(({ state }) => state.kind !== "not-recorded");
  const bad =
    watched.find(({ liveness }) => liveness.kind === "stale") ??
    watched.find(({ liveness }) => liveness.kind === "connecting");
  return bad?.liveness ?? watched[0]?.liveness ?? { kind: "connecting" };
}

/** For JSON.stringify: leaves out the time of the last sign of life, which alone changes nothing that is shown. */
export const withoutVerification = (key: string, value: unknown): unknown =>
  key === "verifiedAt" ? undefined : value;
