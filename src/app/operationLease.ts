import type { ClusterError, ObjectRef } from "../domain/cluster.ts";
import {
  OPERATION_LASTS_MS,
  OPERATION_RENEW_MS,
  type HeldOperation,
  type OperationPace,
  type OperationRecord,
  type StoredOperation,
} from "../domain/operation.ts";
import { holderIdentity, type HolderIdentity, type Person } from "../domain/person.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import { MINUTE_MS, SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { Clock } from "./ports.ts";
import { RenewedOperation, type RenewServices, type RunningOperation } from "./renewedOperation.ts";
import { mayHaveArrived, NEVER_ABORTED } from "./writing.ts";

export interface OperationServices extends RenewServices {
  /** A text that nobody else makes: tells two windows of one person apart. */
  readonly newNonce: () => string;
  readonly pace?: OperationPace;
}

export interface OperationOrder {
  readonly ref: ObjectRef;
  readonly by: Person;
  /** What is being done, e.g. `devdeploy task/x`; shown to others. */
  readonly what: string;
}

export interface OperationBusy {
  readonly by: string;
  readonly what: string;
  /** Whether it is the same person, in another window or on another computer. */
  readonly isMine: boolean;
}

export type OperationRefused = ({ readonly reason: "busy" } & OperationBusy) | ClusterError;

const PACE: OperationPace = { lasts: OPERATION_LASTS_MS, every: OPERATION_RENEW_MS };

const ROUNDS = 5;
const LOOK_AGAIN_MS: DurationMs = 2 * SECOND_MS;
/** Another tool's Lease may last for hours; to wait that long for its end would help nobody. */
const LONGEST_WAIT_MS: DurationMs = MINUTE_MS;

/**
 * Takes the short Lease that says who works at a machine, and renews it until it is released. Somebody else's
 * is taken over only after it stayed unchanged for its whole length by our own monotonic clock: their clock
 * and ours need not agree for that.
 */
export async function holdOperation(
  services: OperationServices,
  order: OperationOrder,
  signal: AbortSignal,
): Promise<Result<RunningOperation, OperationRefused>> {
  const run = services.newNonce();
  const watched = new UnchangedFor(services.clock);
  for (let writes = 0; writes < ROUNDS;) {
    const read = await services.operations.read(order.ref, signal);
    if (signal.aborted) return fail({ reason: "aborted" });
    if (!read.ok && read.error.reason !== "not-found") return fail(read.error);
    const found = read.ok ? read.value.value : undefined;
    if (found?.record.kind === "working" && found.record.run === run)
      return ok(renew(services, order, found));
    const wait = waitFor(found?.record, watched, holderIdentity(order.by));
    if (wait.kind === "busy") return fail({ reason: "busy", ...wait.busy });
    if (wait.kind === "wait") {
      await services.clock.sleep(Math.min(wait.atMost, LOOK_AGAIN_MS), signal);
      continue;
    }
    writes += 1;
    const taken = await take(services, order, { found, run });
    if (taken.ok) return ok(renew(services, order, taken.value));
    // After a conflict and after a lost answer the next reading tells who has it.
    if (taken.error !== "again") return fail(taken.error);
  }
  return fail({ reason: "server-error", status: 409, detail: "the Lease kept changing" });
}

type Wait =
  | { readonly kind: "take" }
  | { readonly kind: "wait"; readonly atMost: DurationMs }
  | { readonly kind: "busy"; readonly busy: OperationBusy };

function waitFor(record: OperationRecord | undefined, watched: UnchangedFor, me: HolderIdentity): Wait {
  if (record === undefined || record.kind === "idle") return { kind: "take" };
  if (record.kind === "unreadable") {
    return { kind: "busy", busy: { by: record.holder, what: record.problem, isMine: false } };
  }
  const isMine = record.by === me;
  const busy: Wait = { kind: "busy", busy: { by: record.name, what: record.what, isMine } };
  const seen = watched.look(record);
  // A sign of life, or one who cannot be waited for.
  if (seen === "changed" || record.lasts > LONGEST_WAIT_MS) return busy;
  return seen >= record.lasts ? { kind: "take" } : { kind: "wait", atMost: record.lasts - seen };
}

/** For how long a record has been seen without any change, on our monotonic clock. */
class UnchangedFor {
  readonly #clock: Clock;
  #seen: { readonly text: string; readonly since: DurationMs } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  look(record: OperationRecord): DurationMs | "changed" {
    const now = this.#clock.monotonic();
    const text = JSON.stringify(record);
    if (this.#seen === undefined) this.#seen = { text, since: now };
    return this.#seen.text === text ? now - this.#seen.since : "changed";
  }
}

async function take(
  { operations, pace = PACE }: OperationServices,
  { ref, by, what }: OperationOrder,
  { found, run }: { readonly found: StoredOperation | undefined; readonly run: string },
): Promise<Result<StoredOperation, ClusterError | "again">> {
  const transitions =
    found === undefined || found.record.kind === "unreadable" ? 0 : found.record.transitions;
  const next: OperationRecord = {
    kind: "working",
    by: holderIdentity(by),
    name: by.name,
    run,
    what,
    lasts: pace.lasts,
    transitions: transitions + 1,
    beat: "",
  };
  const written =
    found === undefined
      ? await operations.create(ref, next, NEVER_ABORTED)
      : await operations.write(ref, found.version, next, NEVER_ABORTED);
  if (written.ok) return ok(written.value.value);
  const { error } = written;
  if (error.reason === "conflict" || mayHaveArrived(error)) return fail("again");
  const isMissing = found === undefined && error.reason === "forbidden";
  // The message has to name the Lease that is absent: only an administrator can make it.
  return fail(isMissing ? { reason: "not-found", what: `leases ${ref.namespace}/${ref.name}` } : error);
}

function renew(
  services: OperationServices,
  { ref }: OperationOrder,
  stored: StoredOperation,
): RunningOperation {
  return renewing(services, { ref, stored, every: (services.pace ?? PACE).every });
}

function renewing(services: RenewServices, held: HeldOperation): RunningOperation {
  const operation = new RenewedOperation(services, held);
  operation.start();
  return operation;
}

/**
 * Goes on with a Lease that another process of the same run has held, if it is still that run's. Undefined where it
 * was given back, has another holder, or cannot be read.
 */
export async function takeUpOperation(
  services: RenewServices,
  held: HeldOperation,
  signal: AbortSignal,
): Promise<RunningOperation | undefined> {
  const read = await services.operations.read(held.ref, signal);
  if (!read.ok || held.stored.record.kind !== "working") return undefined;
  const stored = read.value.value;
  const isOurs = stored.record.kind === "working" && stored.record.run === held.stored.record.run;
  return isOurs ? renewing(services, { ...held, stored }) : undefined;
}
