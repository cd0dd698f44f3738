import type { DiagnosisCause, Evidence } from "./diagnosis.ts";
import type { ConditionFact, OldPod, RolloutFacts, WorkloadFacts } from "./releaseFacts.ts";
import { isDaemonSet } from "./release.ts";
import { MINUTE_MS, SECOND_MS, type DurationMs } from "./time.ts";

/** A controller that lags behind for as long does not run, or cannot keep up. */
const UNSEEN_MS: DurationMs = MINUTE_MS;
/** A pod may take its whole grace to end, and the kubelet some more. */
const ENDING_MS: DurationMs = 30 * SECOND_MS;

/** What keeps a rollout from its end that shows in no pod of its own; the most telling first. */
export function rolloutTrouble(workload: WorkloadFacts): DiagnosisCause | undefined {
  const { name, exists, rollout } = workload;
  if (!exists) return { kind: "workload-gone", workload: name };
  if (rollout === undefined) return undefined;
  // Until the controller has seen it, whatever else it says is about something older.
  if (!rollout.isObserved) return unseen(name, rollout);
  const ready = workload.pods.filter(({ isReady }) => isReady).length;
  const isReady = ready >= workload.wanted;
  if (isReady) return workload.wanted === 0 ? undefined : unavailable(workload, rollout);
  if (rollout.isPaused) return { kind: "paused", workload: name };
  const stays = workload.pods.length < workload.wanted ? oldPodStays(name, rollout) : undefined;
  if (stays !== undefined) return stays;
  if (rollout.replaces !== "by-itself" && workload.pods.length < workload.wanted) {
    return { kind: "held-back", workload: name, by: rollout.replaces };
  }
  return workload.conditions.some(hasGivenUp) ? { kind: "deadline-exceeded", workload: name } : undefined;
}

/** Where nothing is wanted nothing is wrong; it is only no rollout that could be proven. */
export function nothingWanted({ name, exists, wanted, rollout }: WorkloadFacts): DiagnosisCause | undefined {
  if (!exists || wanted > 0) return undefined;
  if (isDaemonSet(name)) return { kind: "no-node-matches", workload: name };
  const autoscaler = rollout?.autoscaler?.name;
  return { kind: "scaled-to-zero", workload: name, ...(autoscaler === undefined ? {} : { autoscaler }) };
}

function unseen(workload: string, { at, changedAt }: RolloutFacts): DiagnosisCause | undefined {
  if (at === undefined || changedAt === undefined || at - changedAt < UNSEEN_MS) return undefined;
  return { kind: "not-observed", workload, seconds: Math.floor((at - changedAt) / SECOND_MS) };
}

/** Ready pods count as available only once they have been ready for minReadySeconds. */
function unavailable(
  { name, wanted, pods }: WorkloadFacts,
  rollout: RolloutFacts,
): DiagnosisCause | undefined {
  const { at, minReadySeconds, available } = rollout;
  if (minReadySeconds === 0) return undefined;
  const since = pods.map(({ readySince }) => readySince ?? 0).sort((a, b) => b - a)[0] ?? 0;
  const left = at === undefined || since === 0 ? undefined : since + minReadySeconds * SECOND_MS - at;
  // Old pods count as available, too: how long the new ones have been ready tells more than how many there are.
  if (left === undefined ? available >= wanted : left <= 0) return undefined;
  return {
    kind: "not-yet-available",
    workload: name,
    minReadySeconds,
    secondsLeft: left === undefined ? undefined : Math.ceil(left / SECOND_MS),
  };
}

function oldPodStays(workload: string, { at, inTheWay }: RolloutFacts): DiagnosisCause | undefined {
  const isStuck = ({ why, endedAt, finalizers }: OldPod): boolean =>
    why === "not-ready" ||
    finalizers.length > 0 ||
    (at !== undefined && endedAt !== undefined && at - endedAt >= ENDING_MS);
  const stays = inTheWay.find(isStuck);
  if (stays === undefined) return undefined;
  const { name, why, finalizers } = stays;
  return { kind: "old-pod-stays", workload, pod: name, why, finalizers };
}

const hasGivenUp = ({ type, status, reason }: ConditionFact): boolean =>
  type === "Progressing" && status === "False" && reason === "ProgressDeadlineExceeded";

/** Facts that speak for what `rolloutTrouble` found. */
export function rolloutEvidence({ rollout }: WorkloadFacts, cause: DiagnosisCause): readonly Evidence[] {
  if (cause.kind === "scaled-to-zero") {
    const { name = "", conditions = [] } = rollout?.autoscaler ?? {};
    return conditions
      .filter(({ type }) => type === "ScalingActive")
      .map(({ type, status, reason, message }) => ({
        kind: "condition",
        about: `HorizontalPodAutoscaler/${name}`,
        text: `${type}=${status} ${reason}: ${message}`,
      }));
  }
  if (cause.kind !== "old-pod-stays") return [];
  const about = `Pod/${cause.pod}`;
  const finalizers = cause.finalizers.length === 0 ? "" : `, finalizers: ${cause.finalizers.join(", ")}`;
  return [
    {
      kind: "status",
      about,
      text: cause.why === "terminating" ? `is being deleted${finalizers}` : "of an older template, not ready",
    },
  ];
}
