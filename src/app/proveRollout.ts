import type { Diagnosis } from "../domain/diagnosis.ts";
import { judgeWorkloads, secondsLeft, steadySince, type ProofLine, type Steady } from "../domain/proof.ts";
import { mayHeal } from "../domain/cluster.ts";
import type { Revision } from "../domain/release.ts";
import { MINUTE_MS, SECOND_MS } from "../domain/time.ts";
import type { DeployOutcome, DeployPhase, LockTruth } from "./deployOutcome.ts";
import { diagnose, type DiagnoseServices } from "./diagnose.ts";
import { EarlyDiagnosis } from "./earlyDiagnosis.ts";
import type { Clock, KeptOrder, ReleaseReadError, ReleaseStore, WorkloadReader } from "./ports.ts";

export interface ProofServices extends DiagnoseServices {
  readonly clock: Clock;
  readonly releases: ReleaseStore;
  readonly workloads: WorkloadReader;
  readonly steadySeconds: number;
}

export type ProofOutcome =
  | { readonly kind: "proven"; readonly lines: readonly ProofLine[] }
  | { readonly kind: "not-proven"; readonly lines: readonly ProofLine[]; readonly diagnosis?: Diagnosis }
  /** Deployed as wanted, but no pod of the application is wanted at all. */
  | { readonly kind: "nothing-runs"; readonly lines: readonly ProofLine[] }
  | { readonly kind: "unread"; readonly error: ReleaseReadError }
  | { readonly kind: "cancelled" };

const LOOK_EVERY_MS = SECOND_MS;

/**
 * Proves that what was ordered runs: helm's newest record is ours, the workloads run its images,
 * one of them the commit, and all pods stay ready without a restart for `steadySeconds`. Waits as long as helm
 * itself would.
 */
export async function proveRollout(
  services: ProofServices,
  order: KeptOrder,
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<ProofOutcome> {
  const latest = await services.releases.latest(order.release, signal);
  if (!latest.ok) return unread(latest.error);
  const record = recordLine(latest.value, order);
  if (latest.value === undefined || record.state === "failed") return { kind: "not-proven", lines: [record] };
  const outcome = await watchRollout(services, { order, revision: latest.value, record }, onPhase, signal);
  if (outcome.kind !== "proven") return outcome;
  // Somebody else's upgrade in the meantime would make the proof one of theirs.
  const again = await services.releases.latest(order.release, signal);
  if (!again.ok) return unread(again.error);
  const still = recordLine(again.value, order);
  return still.state === "ok" ? outcome : { kind: "not-proven", lines: [still, ...outcome.lines.slice(1)] };
}

/** The proof as the end of a devdeploy, whichever window follows it. */
export async function proveOutcome(
  services: ProofServices,
  { order, lock }: { readonly order: KeptOrder; readonly lock: LockTruth },
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<DeployOutcome> {
  const proof = await proveRollout(services, order, onPhase, signal);
  const { subject: machine, revision, url, mark } = order;
  const at = { machine, commit: mark.commit, revision, lock };
  switch (proof.kind) {
    case "proven":
      return { ...proof, ...at, ...(url === undefined ? {} : { url }) };
    case "not-proven":
    case "nothing-runs":
      return { ...proof, ...at };
    case "unread":
      return { kind: "failed", machine, failure: { stage: "proof", revision, error: proof.error }, lock };
    case "cancelled":
      return { kind: "cancelled", machine, truth: { kind: "not-awaited", revision }, lock };
  }
}

const unread = (error: ReleaseReadError): ProofOutcome =>
  error.reason === "aborted" ? { kind: "cancelled" } : { kind: "unread", error };

interface Watched {
  readonly order: KeptOrder;
  readonly revision: Revision;
  readonly record: ProofLine;
}

async function watchRollout(
  services: ProofServices,
  { order, revision, record }: Watched,
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<ProofOutcome> {
  const { clock, workloads, steadySeconds } = services;
  const early = new EarlyDiagnosis(clock);
  const machine = order.subject;
  const { container, timeoutMinutes } = order.driver;
  const wish = {
    commit: order.mark.commit,
    images: revision.images,
    ...(container === undefined ? {} : { container }),
  };
  const deadline = clock.monotonic() + timeoutMinutes * MINUTE_MS;
  let steady: Steady | undefined;
  for (;;) {
    const readings = await workloads.read(order.release, revision.manifest, signal);
    if (signal.aborted) return { kind: "cancelled" };
    const isLate = clock.monotonic() >= deadline;
    if (!readings.ok) {
      if (isLate || !mayHeal(readings.error)) return { kind: "unread", error: readings.error };
      // Pods that could not be seen were not seen to be ready.
      steady = undefined;
      await clock.sleep(LOOK_EVERY_MS, signal);
      continue;
    }
    const judgement = judgeWorkloads(readings.value, wish);
    const lines = [record, ...judgement.lines];
    if (judgement.kind === "nothing-runs") return { kind: "nothing-runs", lines };
    steady = steadySince(steady, judgement, clock.monotonic());
    const left = steady === undefined ? undefined : secondsLeft(steady, clock.monotonic(), steadySeconds);
    if (left === 0) {
      return {
        kind: "proven",
        lines: [...lines, { kind: "steady", state: "ok", facts: `${steadySeconds} s` }],
      };
    }
    const what = { release: order.release, revision };
    const diagnosis = await early.after(judgement, () => diagnose(services, what, signal));
    if (judgement.kind === "failed" || isLate) return { kind: "not-proven", lines, ...diagnosis };
    onPhase(
      left === undefined
        ? { kind: "proving", machine, ready: judgement.ready, wanted: judgement.wanted, ...diagnosis }
        : { kind: "steady", machine, secondsLeft: left },
    );
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

function recordLine(latest: Revision | undefined, order: KeptOrder): ProofLine {
  if (latest === undefined) return { kind: "release", state: "failed", facts: "no record" };
  const isOurs = latest.revision === order.revision && latest.mark?.commit === order.mark.commit;
  const facts = `revision ${latest.revision} ${latest.status}`;
  if (isOurs && latest.status === "deployed") return { kind: "release", state: "ok", facts };
  return { kind: "release", state: "failed", facts: `${facts}, wanted: revision ${order.revision} deployed` };
}
