import { judgeWorkloads } from "../domain/proof.ts";
import type { Revision } from "../domain/release.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { DeployServices } from "./deployBranch.ts";
import type { CancelTruth, DeployFailure, DeployPhase, RecordTruth } from "./deployOutcome.ts";
import type { DeployerTool, DeployOrder } from "./ports.ts";
import type { RunningOperation } from "./renewedOperation.ts";

export interface ReleaseRun {
  readonly order: DeployOrder;
  readonly tool: DeployerTool;
  readonly operation: RunningOperation;
  /** The newest revision before this run; undefined where the release does not exist yet. */
  readonly before: Revision | undefined;
}

export type RunOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly failure: DeployFailure }
  | { readonly kind: "cancelled"; readonly truth: CancelTruth };

/** How often the cluster is asked, while helm waits, what its pods look like. */
const LOOK_EVERY_MS = 2 * SECOND_MS;

/**
 * Runs helm and tells on the way what the new pods look like; nothing seen there ends it. Whatever helm says when
 * it ends otherwise than well, what is true is then read from its own record.
 */
export async function runRelease(
  services: DeployServices,
  run: ReleaseRun,
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const { order, tool, operation } = run;
  const command = services.deployer.command(tool, order);
  const phase = { kind: "deploying", machine: order.subject, command } as const;
  onPhase(phase);
  const over = new AbortController();
  const watching = watchPods(services, order, over.signal, (seen) => {
    onPhase({ ...phase, ...seen });
  });
  // Only these two may end helm: the person, and another holder that was read (decisions.md, 8).
  const stop = AbortSignal.any([signal, operation.takenOver]);
  const result = await services.deployer.run(
    tool,
    order,
    (text) => {
      services.log.info(text);
    },
    stop,
  );
  over.abort();
  const diagnosis = await watching;
  if (result.ok) return { kind: "done" };

  const { error } = result;
  const record = await readRecord(services, run);
  if (error.reason === "cancelled") {
    if (!signal.aborted) {
      const by = operation.takenBy ?? "";
      return { kind: "failed", failure: { stage: "taken-over", by, output: error.output, record } };
    }
    return { kind: "cancelled", truth: { kind: "helm-stopped", output: error.output, record } };
  }
  return {
    kind: "failed",
    failure: { stage: "helm", error, record, ...(diagnosis === undefined ? {} : { diagnosis }) },
  };
}

interface Seen {
  readonly ready: number;
  readonly wanted: number;
  readonly diagnosis?: string;
}

/** Looks at the new revision's pods until it is told to end; answers with the last diagnosis. */
async function watchPods(
  { clock, releases, workloads }: DeployServices,
  order: DeployOrder,
  signal: AbortSignal,
  onSeen: (seen: Seen) => void,
): Promise<string | undefined> {
  let revision: Revision | undefined;
  let diagnosis: string | undefined;
  for (;;) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) return diagnosis;
    if (revision === undefined) {
      const found = await releases.revision(order.release, order.revision, signal);
      // Until helm has written its record there is nothing to look at, and a failed look is not worth a word.
      if (!found.ok || found.value === undefined) continue;
      revision = found.value;
    }
    const readings = await workloads.read(order.release, revision.manifest, signal);
    if (!readings.ok) continue;
    const {
      ready,
      wanted,
      diagnosis: seen,
    } = judgeWorkloads(readings.value, {
      commit: order.mark.commit,
      images: revision.images,
    });
    diagnosis = seen;
    onSeen({ ready, wanted, ...(seen === undefined ? {} : { diagnosis: seen }) });
  }
}

/** Not cancelled with the run: just then it matters what has become of it. The API's own time limit holds. */
async function readRecord({ releases }: DeployServices, { order, before }: ReleaseRun): Promise<RecordTruth> {
  const latest = await releases.latest(order.release, new AbortController().signal);
  if (!latest.ok) return { kind: "unreadable", error: latest.error };
  const newest = latest.value;
  if (newest === undefined) return { kind: "unchanged" };
  if (newest.revision === before?.revision) return { kind: "unchanged", revision: newest.revision };
  const { revision, status, description } = newest;
  return { kind: "recorded", revision, status, description };
}
