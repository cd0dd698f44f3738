import type { Diagnosis } from "../domain/diagnosis.ts";
import { judgeWorkloads } from "../domain/proof.ts";
import type { Revision } from "../domain/release.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { CancelTruth, DeployFailure, DeployPhase, RecordTruth } from "./deployOutcome.ts";
import { diagnose, type DiagnoseServices } from "./diagnose.ts";
import { EarlyDiagnosis, isVague } from "./earlyDiagnosis.ts";
import type { Clock, DeployerEnd, DeployerError, KeptOrder, ReleaseStore, WorkloadReader } from "./ports.ts";
import { NEVER_ABORTED } from "./writing.ts";

export interface WatchServices extends DiagnoseServices {
  readonly clock: Clock;
  readonly releases: ReleaseStore;
  readonly workloads: WorkloadReader;
}

/** helm at work, whichever window started it. */
export interface HelmAtWork {
  readonly order: KeptOrder;
  /** Empty where it is not known. */
  readonly command: readonly string[];
}

/** How helm ended, and what its pods looked like last, where that was wrong. */
export interface HelmEnd<End = DeployerEnd> {
  readonly end: End;
  readonly early: Diagnosis | undefined;
}

export type RunOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly failure: DeployFailure }
  | { readonly kind: "cancelled"; readonly truth: CancelTruth };

/** How often the cluster is asked, while helm waits, what its pods look like. */
const LOOK_EVERY_MS = 2 * SECOND_MS;

/** Waits for helm and tells on the way what the new pods look like; nothing seen there ends it. */
export async function watchHelm<End>(
  services: WatchServices,
  { order, command }: HelmAtWork,
  helm: () => Promise<End>,
  onPhase: (phase: DeployPhase) => void,
): Promise<HelmEnd<End>> {
  const phase = { kind: "deploying", machine: order.subject, command } as const;
  onPhase(phase);
  const over = new AbortController();
  const watching = watchPods(services, order, over.signal, (seen) => {
    onPhase({ ...phase, ...seen });
  });
  const end = await helm();
  over.abort();
  return { end, early: await watching };
}

/** Who wanted helm to end, where anybody did. */
export interface Stopped {
  readonly isByPerson: boolean;
  readonly takenBy: string | undefined;
}

/** Whatever helm says when it ends otherwise than well, what is true is then read from its own record. */
export async function runOutcome(
  services: WatchServices,
  order: KeptOrder,
  { end, early }: HelmEnd,
  stopped: Stopped,
): Promise<RunOutcome> {
  if (end.ok) return { kind: "done" };
  const { error } = end;
  const record = await readRecord(services, order);
  if (error.reason !== "cancelled") {
    const diagnosis = await whyFailed(services, order, error, early);
    return { kind: "failed", failure: { stage: "helm", error, record, ...diagnosis } };
  }
  const { output } = error;
  const by = error.takenBy ?? stopped.takenBy;
  return by === undefined || stopped.isByPerson
    ? { kind: "cancelled", truth: { kind: "helm-stopped", output, record } }
    : { kind: "failed", failure: { stage: "taken-over", by, output, record } };
}

/** helm's last words and the pods as they are now; where those tell nothing, what was seen on the way. */
async function whyFailed(
  services: WatchServices,
  order: KeptOrder,
  error: DeployerError,
  early: Diagnosis | undefined,
): Promise<{ readonly diagnosis?: Diagnosis }> {
  const revision = await readRevision(services, order, NEVER_ABORTED);
  const what = {
    release: order.release,
    ...(revision === undefined ? {} : { revision }),
    ...(error.reason === "helm-failed" ? { helm: error } : {}),
  };
  const last = await diagnose(services, what, NEVER_ABORTED);
  const diagnosis = isVague(last) ? (early ?? last) : last;
  // What is not even vague, helm's own words tell better.
  return diagnosis.cause.kind === "unknown" ? {} : { diagnosis };
}

interface Seen {
  readonly ready: number;
  readonly wanted: number;
  readonly diagnosis?: Diagnosis;
}

/** Looks at the new revision's pods until it is told to end; answers with the last diagnosis. */
async function watchPods(
  services: WatchServices,
  order: KeptOrder,
  signal: AbortSignal,
  onSeen: (seen: Seen) => void,
): Promise<Diagnosis | undefined> {
  const early = new EarlyDiagnosis(services.clock);
  let revision: Revision | undefined;
  let diagnosis: Diagnosis | undefined;
  for (;;) {
    await services.clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) return diagnosis;
    revision ??= await readRevision(services, order, signal);
    // Until helm has written its record there is nothing to look at, and a failed look is not worth a word.
    const seen =
      revision === undefined ? undefined : await lookAt({ services, order, revision, early }, signal);
    if (seen === undefined) continue;
    diagnosis = seen.diagnosis;
    onSeen(seen);
  }
}

async function readRevision(
  { releases }: WatchServices,
  order: KeptOrder,
  signal: AbortSignal,
): Promise<Revision | undefined> {
  const found = await releases.revision(order.release, order.revision, signal);
  return found.ok ? found.value : undefined;
}

interface Look {
  readonly services: WatchServices;
  readonly order: KeptOrder;
  readonly revision: Revision;
  readonly early: EarlyDiagnosis;
}

async function lookAt(
  { services, order, revision, early }: Look,
  signal: AbortSignal,
): Promise<Seen | undefined> {
  const { manifest, images } = revision;
  const readings = await services.workloads.read(order.release, manifest, signal);
  if (!readings.ok) return undefined;
  const judgement = judgeWorkloads(readings.value, { commit: order.mark.commit, images });
  const { ready, wanted } = judgement;
  const what = { release: order.release, revision };
  return { ready, wanted, ...(await early.after(judgement, () => diagnose(services, what, signal))) };
}

/** Not cancelled with the run: just then it matters what has become of it. The API's own time limit holds. */
export async function readRecord(
  { releases }: Pick<WatchServices, "releases">,
  order: Pick<KeptOrder, "release" | "revision">,
): Promise<RecordTruth> {
  const latest = await releases.latest(order.release, NEVER_ABORTED);
  if (!latest.ok) return { kind: "unreadable", error: latest.error };
  const newest = latest.value;
  if (newest === undefined) return { kind: "unchanged" };
  if (newest.revision < order.revision) return { kind: "unchanged", revision: newest.revision };
  const { revision, status, description } = newest;
  return { kind: "recorded", revision, status, description };
}
