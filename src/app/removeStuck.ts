import type { ClusterError } from "../domain/cluster.ts";
import type { Diagnosis } from "../domain/diagnosis.ts";
import type { StuckRelease } from "../domain/history.ts";
import { operationRef } from "../domain/operation.ts";
import type { Person } from "../domain/person.ts";
import { commandLine } from "../domain/plainText.ts";
import { mayRecover } from "../domain/recovery.ts";
import { isBusy, type RecordDriver, type RevisionLabel } from "../domain/release.ts";
import { MINUTE_MS, type EpochMs } from "../domain/time.ts";
import type { HoldOperation } from "./deployBranch.ts";
import type { Busy, RecordTruth } from "./deployOutcome.ts";
import type { Clock, DeployerError, DeployerTool, Log, ReleaseReadError, ReleaseStore } from "./ports.ts";
import type { RunningOperation } from "./renewedOperation.ts";
import type { Diagnose } from "./earlyDiagnosis.ts";
import { byHand } from "./rollbackOrder.ts";
import type { RollbackSubject } from "./rollbackOutcome.ts";
import type { ReleaseHistoryStore, ReleaseRemover, RemovalOrder } from "./rollbackPorts.ts";
import { readRecord } from "./watchHelm.ts";
import { NEVER_ABORTED } from "./writing.ts";

/** What it takes to remove a release that was never finished. */
export interface RemoveServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly releases: ReleaseStore;
  readonly history: ReleaseHistoryStore;
  readonly remover: ReleaseRemover;
  readonly holdOperation: HoldOperation;
  readonly diagnose: Diagnose;
}

export interface RemoveOrder {
  readonly subject: RollbackSubject;
  /** As it was shown. */
  readonly stuck: StuckRelease;
  readonly by: Person;
  /** The release's name: to uninstall is confirmed by typing it, whatever the tier. */
  readonly typed: string;
}

/** What became of a first installation that is to be removed. Nothing is success but `removed`. */
export type RemoveOutcome =
  | { readonly kind: "removed" }
  | { readonly kind: "wrong-name" }
  | { readonly kind: "stale"; readonly newest?: number }
  | { readonly kind: "not-yet"; readonly freeAt: EpochMs }
  /** It has something to go back to, or is no first installation: it is not for uninstalling. */
  | { readonly kind: "not-removable" }
  | { readonly kind: "busy"; readonly busy: Busy }
  /** Without the operation Lease it is not done: nobody could say whether somebody is at work. */
  | { readonly kind: "no-lease"; readonly error: ClusterError }
  | { readonly kind: "tool"; readonly error: DeployerError }
  | { readonly kind: "unread"; readonly error: ReleaseReadError }
  | {
      readonly kind: "failed";
      readonly error: DeployerError;
      readonly record: RecordTruth;
      readonly diagnosis: Diagnosis;
    }
  /** `goesOn`: helm's uninstall has no soft end; only the watching is over. */
  | { readonly kind: "cancelled"; readonly goesOn: boolean };

const NOTHING_DONE: RemoveOutcome = { kind: "cancelled", goesOn: false };

/**
 * Uninstalls a first installation that was never finished: there is nothing to go back to. Every other pending record is
 * cleared by a rollback over it.
 */
export async function removeStuck(
  services: RemoveServices,
  order: RemoveOrder,
  signal: AbortSignal,
): Promise<RemoveOutcome> {
  const { subject, by } = order;
  if (order.typed !== subject.release.release) return { kind: "wrong-name" };
  const tool = await services.remover.tool(signal);
  if (signal.aborted) return NOTHING_DONE;
  if (!tool.ok) return { kind: "tool", error: tool.error };
  const before = await judgeRecords(services, order, signal);
  if (before.kind !== "removable") return before;
  const { name, target, driver, locks, release } = subject;
  const ref = operationRef(name, { name: target, driver }, locks);
  const held = await services.holdOperation(ref, { by, what: `uninstall ${release.release}` }, signal);
  if (!held.ok) {
    const { error } = held;
    if (error.reason === "aborted") return NOTHING_DONE;
    if (error.reason !== "busy") return { kind: "no-lease", error };
    return {
      kind: "busy",
      busy: { kind: "operation", by: error.by, what: error.what, isMine: error.isMine },
    };
  }
  try {
    const now = await judgeRecords(services, order, signal);
    if (now.kind !== "removable") return now;
    const { driver: records } = now;
    return await remove(services, { order, tool: tool.value, operation: held.value, records }, signal);
  } finally {
    await held.value.release();
  }
}

/** Nothing speaks against it by the records as they are now, which lie where `driver` says, and by the time. */
interface Removable {
  readonly kind: "removable";
  readonly driver: RecordDriver;
}

async function judgeRecords(
  { history, releases, clock }: RemoveServices,
  { subject, stuck }: RemoveOrder,
  signal: AbortSignal,
): Promise<RemoveOutcome | Removable> {
  const { release, driver } = subject;
  const listing = await history.list(release, signal);
  if (!listing.ok) return unread(listing.error);
  const [newest] = listing.value.revisions;
  if (newest === undefined) return { kind: "stale" };
  const { revision, status } = newest;
  if (revision !== stuck.revision || status !== stuck.status) return { kind: "stale", newest: revision };
  // Judged by the records themselves: what was shown may be old.
  const { lastGood, ...shown } = stuck;
  const good = lastGood ?? listing.value.revisions.find(hasRun)?.revision;
  const recovery = mayRecover(
    good === undefined ? shown : { ...shown, lastGood: good },
    clock.now(),
    undefined,
  );
  if (recovery.kind === "not-yet") return recovery;
  if (recovery.kind !== "uninstall") return { kind: "not-removable" };
  const latest = await releases.latest(release, signal);
  if (!latest.ok) return unread(latest.error);
  const timeout = driver.timeoutMinutes * MINUTE_MS;
  return latest.value !== undefined && isBusy(latest.value, clock.now(), timeout)
    ? { kind: "not-yet", freeAt: stuck.freeAt }
    : { kind: "removable", driver: newest.driver };
}

const hasRun = ({ status }: RevisionLabel): boolean => status === "deployed" || status === "superseded";

const unread = (error: ReleaseReadError): RemoveOutcome =>
  error.reason === "aborted" ? NOTHING_DONE : { kind: "unread", error };

interface Removal {
  readonly order: RemoveOrder;
  readonly tool: DeployerTool;
  readonly operation: RunningOperation;
  readonly records: RecordDriver;
}

async function remove(
  services: RemoveServices,
  { order: { subject, stuck }, tool, operation, records }: Removal,
  signal: AbortSignal,
): Promise<RemoveOutcome> {
  const { remover, log, history, diagnose } = services;
  const { release, driver } = subject;
  const order: RemovalOrder = {
    release,
    timeoutMinutes: driver.timeoutMinutes,
    ...(records === "configmap" ? { records } : {}),
    operation: operation.held,
  };
  log.info(commandLine(byHand(remover.removeCommand(tool, order), order.records)));
  const onLine = (line: string): void => {
    log.info(line);
  };
  operation.standBy();
  const end = await remover.remove(tool, order, onLine, signal);
  operation.resume();
  if (!end.ok && end.error.reason === "cancelled") return NOTHING_DONE;
  if (!end.ok && end.error.reason === "run-lost") {
    await operation.leave();
    if (signal.aborted) return { kind: "cancelled", goesOn: true };
  }
  // What is true, the records say: an uninstallation takes them all away.
  const after = await history.list(release, NEVER_ABORTED);
  if (after.ok && after.value.revisions.length === 0) return { kind: "removed" };
  const error: DeployerError = end.ok
    ? { reason: "helm-failed", exitCode: 0, cause: "other", output: end.value.output }
    : end.error;
  const helm = error.reason === "helm-failed" ? { helm: { output: error.output, cause: error.cause } } : {};
  return {
    kind: "failed",
    error,
    record: await readRecord(services, { release, revision: stuck.revision }),
    diagnosis: await diagnose({ release, ...helm }, NEVER_ABORTED),
  };
}
