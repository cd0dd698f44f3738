import { mayHeal } from "../domain/cluster.ts";
import type { DiagnosisCause } from "../domain/diagnosis.ts";
import { secondsLeft, steadySince, type Steady } from "../domain/proof.ts";
import type { Revision } from "../domain/release.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import {
  closed,
  judgeRecords,
  olderReady,
  RECORD_KINDS,
  WORKLOAD_KINDS,
  type ProofItem,
  type RecordsAfter,
} from "../domain/rollbackProof.ts";
import type { WorkloadReading } from "../domain/rollout.ts";
import { MINUTE_MS, SECOND_MS, type DurationMs } from "../domain/time.ts";
import { placeHold, type HoldServices } from "./environmentHold.ts";
import type { RecordTruth } from "./deployOutcome.ts";
import type { DeployerEnd, DeployerError, ReleaseReadError } from "./ports.ts";
import type { HoldTruth, RollbackOutcome } from "./rollbackOutcome.ts";
import { EarlyDiagnosis, isVague } from "./earlyDiagnosis.ts";
import { LOOK_EVERY_MS, lookAtRollout, wishOf, type Looked } from "./rollbackLooks.ts";
import type { KeptRollback, ReleaseHistoryStore } from "./rollbackPorts.ts";
import type { RollbackProgress } from "./rollbackProgress.ts";
import { shortCommit } from "../domain/branch.ts";
import { readRecord } from "./watchHelm.ts";
import { Answers, type Unseen } from "./unseenCluster.ts";
import type { WatchRollbackServices } from "./watchRollback.ts";
import { NEVER_ABORTED } from "./writing.ts";

export interface ProveRollbackServices extends WatchRollbackServices, HoldServices {
  readonly history: ReleaseHistoryStore;
  /** How long all pods must stay ready without a restart (setting `devdeploy.proof.steadySeconds`). */
  readonly steadySeconds: number;
}

/** A rollback once helm has ended. */
export interface EndedRollback {
  readonly order: KeptRollback;
  readonly end: DeployerEnd;
  /** The target's own manifest; undefined where its record is gone. */
  readonly targetManifest: string | undefined;
}

/** For how long helm's failure is looked into where the cluster does not answer. */
const LOOK_FOR_MS: DurationMs = MINUTE_MS;

/** What a rollback came to, whichever window follows it: helm's word is never the proof. */
export async function concludeRollback(
  services: ProveRollbackServices,
  ended: EndedRollback,
  progress: RollbackProgress,
  signal: AbortSignal,
): Promise<RollbackOutcome> {
  if (ended.end.ok) return new Proof(services, ended, progress).prove(signal);
  const { error } = ended.end;
  if (error.reason === "cancelled") return { kind: "cancelled", truth: { kind: "nothing-done" } };
  // helm may have failed after everything else was done, as with a hook at the end: so one looks all the same.
  return new Proof(services, ended, progress).helmFailed(error, signal);
}

class Proof {
  readonly #services: ProveRollbackServices;
  readonly #order: KeptRollback;
  readonly #targetManifest: string | undefined;
  readonly #progress: RollbackProgress;
  readonly #answers: Answers;
  #deadline: DurationMs;
  #made: Revision | undefined;
  #readings: readonly WorkloadReading[] = [];

  constructor(
    services: ProveRollbackServices,
    { order, targetManifest }: EndedRollback,
    progress: RollbackProgress,
  ) {
    this.#services = services;
    this.#order = order;
    this.#targetManifest = targetManifest;
    this.#progress = progress;
    this.#answers = new Answers(services.clock);
    this.#deadline = services.clock.monotonic() + order.timeoutMinutes * MINUTE_MS;
  }

  /** Waits as long as helm itself would. */
  async prove(signal: AbortSignal): Promise<RollbackOutcome> {
    this.#progress.tell("proving");
    const after = await this.#patiently(() => this.#readRecords(signal), signal);
    if (isAborted(after)) return this.#notAwaited();
    const made = this.#made;
    if (!this.#isWell(after) || made === undefined) {
      await this.#lookOnce();
      return this.#notProven();
    }
    const seen = await this.#watchRollout(made, signal);
    if (seen === "cancelled") return this.#notAwaited();
    const { revision } = made;
    if (seen === "nothing-runs") return { kind: "nothing-runs", revision, items: this.#progress.items };
    // Somebody else's change in the meantime would make the proof one of theirs.
    const again = await this.#patiently(() => this.#readRecords(signal), signal);
    if (isAborted(again)) return this.#notAwaited();
    if (!this.#isWell(again) || seen === "not-proven") return this.#notProven();
    const hold = await this.#holdEnvironment();
    return { kind: "proven", revision, items: this.#progress.items, ...hold };
  }

  /** What cut helm off may have cut us off as well, so one looks for a while before nothing can be said. */
  async helmFailed(error: DeployerError, signal: AbortSignal): Promise<RollbackOutcome> {
    this.#deadline = this.#services.clock.monotonic() + LOOK_FOR_MS;
    const after = await this.#patiently(() => this.#readRecords(signal), signal);
    const isUntouched = after.ok && after.value.made === undefined;
    if (error.reason !== "helm-failed" && error.reason !== "run-lost" && isUntouched) {
      return { kind: "tool", error };
    }
    this.#isWell(after);
    await this.#lookOnce();
    return this.#notProven(error);
  }

  async #readRecords(signal: AbortSignal): Promise<Result<RecordsAfter, ReleaseReadError>> {
    const { history } = this.#services;
    const { release, revision } = this.#order;
    const listing = await history.list(release, signal);
    if (!listing.ok) return listing;
    const labels = listing.value.revisions;
    const label = labels.find((one) => one.revision === revision);
    const made = label === undefined ? ok(undefined) : await history.record(release, label, signal);
    if (!made.ok) return made;
    this.#made = made.value;
    return ok({ labels, made: made.value, targetManifest: this.#targetManifest });
  }

  #judge(after: RecordsAfter): readonly ProofItem[] {
    return judgeRecords(wishOf(this.#order), after);
  }

  /** Fills in what the records say. */
  #isWell(after: Result<RecordsAfter, ReleaseReadError>): boolean {
    if (!after.ok) return false;
    const found = this.#judge(after.value);
    this.#progress.fill(found);
    return found.every(({ state }) => state !== "failed");
  }

  async #watchRollout(
    made: Revision,
    signal: AbortSignal,
  ): Promise<"steady" | "not-proven" | "nothing-runs" | "cancelled"> {
    const { clock, steadySeconds } = this.#services;
    const early = new EarlyDiagnosis(clock);
    const what = { release: this.#order.release, revision: made };
    let steady: Steady | undefined;
    for (;;) {
      const look = await this.#answers.ask(() => this.#look(made, signal), this.#tellUnseen);
      if (signal.aborted) return "cancelled";
      const isLate = clock.monotonic() >= this.#deadline;
      if (!look.ok) {
        if (isLate || !mayHeal(look.error)) return "not-proven";
        // Pods that could not be seen were not seen to be ready.
        steady = undefined;
        await clock.sleep(LOOK_EVERY_MS, signal);
        continue;
      }
      if (look.value.kind === "nothing-runs") return "nothing-runs";
      const { pods, ready, wanted } = look.value;
      const now = clock.monotonic();
      steady = steadySince(steady, { ...look.value, lines: [] }, now);
      const left = steady === undefined ? undefined : secondsLeft(steady, now, steadySeconds);
      this.#progress.fill([steadyItem(left, steadySeconds)]);
      if (left === 0) return "steady";
      if (look.value.kind === "failed" || isLate) return "not-proven";
      const seen = { pods, ready, wanted };
      if (left === undefined) {
        this.#progress.tell("proving", {
          ...seen,
          ...(await early.after(look.value, () => this.#services.diagnose(what, signal))),
        });
      } else this.#progress.tell("steady", { ...seen, secondsLeft: left });
      // The looks take their time as well; they are not to add up to a longer wait.
      const end = steady === undefined ? Infinity : steady.since + steadySeconds * SECOND_MS;
      await clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(0, end - clock.monotonic())), signal);
    }
  }

  readonly #tellUnseen = (unseen: Unseen): void => {
    this.#progress.tellUnseen("proving", unseen);
  };

  /** Whatever failed before: what the pods look like belongs on the sheet. */
  async #lookOnce(): Promise<void> {
    const look = this.#made === undefined ? undefined : await this.#look(this.#made, NEVER_ABORTED);
    if (look?.ok === false) this.#forget(WORKLOAD_KINDS);
  }

  #forget(kinds: readonly ProofItem["kind"][]): void {
    this.#readings = [];
    this.#progress.forget(kinds);
  }

  async #look(made: Revision, signal: AbortSignal): ReturnType<typeof lookAtRollout> {
    const look = await lookAtRollout(this.#services, this.#order, made, signal);
    if (look.ok) this.#keep(look.value);
    return look;
  }

  #keep({ items, readings }: Looked): void {
    this.#readings = readings;
    this.#progress.fill(items);
  }

  /** Tries again until helm's own limit what may heal by itself. */
  async #patiently<T>(
    read: () => Promise<Result<T, ReleaseReadError>>,
    signal: AbortSignal,
  ): Promise<Result<T, ReleaseReadError>> {
    const { clock } = this.#services;
    for (;;) {
      const found = await this.#answers.ask(read, this.#tellUnseen);
      if (found.ok || signal.aborted) return found;
      const { error } = found;
      const isOver =
        error.reason === "unreadable-record" || !mayHeal(error) || clock.monotonic() >= this.#deadline;
      if (isOver) return fail(error);
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  }

  #notAwaited(): RollbackOutcome {
    return { kind: "cancelled", truth: { kind: "not-awaited", revision: this.#order.revision } };
  }

  async #notProven(error?: DeployerError): Promise<RollbackOutcome> {
    const { release, from } = this.#order;
    const made = this.#made;
    const helm =
      error?.reason === "helm-failed" ? { helm: { output: error.output, cause: error.cause } } : {};
    const diagnosis = await this.#services.diagnose(
      { release, ...(made === undefined ? {} : { revision: made }), ...helm },
      NEVER_ABORTED,
    );
    const record = await readRecord(this.#services, this.#order);
    // Who cannot even read helm's record cannot say of anything else that it is so now.
    if (record.kind === "unreadable") this.#forget([...RECORD_KINDS, ...WORKLOAD_KINDS]);
    const ready = olderReady(this.#readings, made?.images ?? []);
    return {
      kind: "not-proven",
      ...(made === undefined ? {} : { revision: made.revision }),
      items: closed(this.#progress.items),
      diagnosis: isVague(diagnosis) && isCutOff(record) ? { ...diagnosis, cause: CUT_OFF } : diagnosis,
      ...(error === undefined ? {} : { error }),
      record,
      ...(ready === 0 ? {} : { stillServing: { revision: from.revision, ready } }),
    };
  }

  /** What was rolled back is not to come straight back. The rollback is proven, whatever becomes of this. */
  async #holdEnvironment(): Promise<{ readonly hold?: HoldTruth }> {
    const { hold, from, to } = this.#order;
    if (hold === undefined) return {};
    const reason = `rolled back from ${endWords(from)} to ${endWords(to)}`;
    const placed = await placeHold(this.#services, { ...hold, reason }, NEVER_ABORTED);
    if (placed.ok) return { hold: { kind: "placed", hold: placed.value } };
    this.#services.log.warn(`Putting ${hold.ref.name} on hold: ${JSON.stringify(placed.error)}`);
    return { hold: { kind: "failed", error: placed.error } };
  }
}

/** That pods were not ready in time is nobody's finding where nobody could look. */
const CUT_OFF: DiagnosisCause = { kind: "unreachable" };

const isCutOff = (record: RecordTruth): boolean =>
  record.kind === "unreadable" &&
  (record.error.reason === "unreachable" || record.error.reason === "timeout");

const isAborted = (read: Result<unknown, ReleaseReadError>): boolean =>
  !read.ok && read.error.reason === "aborted";

const endWords = ({ revision, commit }: KeptRollback["from"]): string =>
  commit === undefined ? `revision ${revision}` : shortCommit(commit);

const steadyItem = (left: number | undefined, steadySeconds: number): ProofItem => {
  if (left === undefined) return { kind: "steady", state: "todo", facts: "" };
  if (left === 0) return { kind: "steady", state: "ok", facts: `${steadySeconds} s` };
  return { kind: "steady", state: "running", facts: `${steadySeconds - left} of ${steadySeconds} s` };
};
