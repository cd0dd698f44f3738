import type { DeployOrder, KeptOrder } from "../../app/ports.ts";
import type { HeldOperation } from "../../domain/operation.ts";
import type { SupervisedOperation, SupervisorOrder } from "../../domain/supervision.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import type { AboutRun, RunFolder } from "./runFolder.ts";

/** How long helm has to end by itself once the person cancelled: it still marks its record as failed. */
const PATIENCE_MS: DurationMs = 20 * SECOND_MS;

interface Supervised {
  readonly program: string;
  readonly args: readonly string[];
  readonly order: DeployOrder;
}

/** What the supervisor is told. */
export const supervisorOrder = (run: RunFolder, { program, args, order }: Supervised): SupervisorOrder => ({
  program,
  args,
  log: run.log,
  sign: run.sign,
  cancel: run.cancel,
  result: run.result,
  remove: [run.values, run.chart],
  patience: PATIENCE_MS,
  ...(order.operation === undefined ? {} : { renew: supervisedOperation(order.operation) }),
});

/** An upgrade may be stopped when the Lease is taken over, where that can be done softly: Windows knows only the hard end. */
const supervisedOperation = (held: HeldOperation): SupervisedOperation => ({
  ...held,
  stopsWhenTaken: process.platform !== "win32",
  hostPid: process.pid,
});

/** Only what is to be kept: values may hold secrets. */
export const aboutRun = (order: DeployOrder, kubeconfig: string | undefined): AboutRun => ({
  order: keptOrder(order),
  ...(kubeconfig === undefined ? {} : { kubeconfig }),
  startedAt: Date.now(),
  hostPid: process.pid,
});

function keptOrder(order: DeployOrder): KeptOrder {
  const { subject, url, release, mark, revision, driver, lock, operation } = order;
  const { container, timeoutMinutes } = driver;
  return {
    subject,
    release,
    mark,
    revision,
    driver: { timeoutMinutes, ...(container === undefined ? {} : { container }) },
    ...(url === undefined ? {} : { url }),
    ...(lock === undefined ? {} : { lock }),
    ...(operation === undefined ? {} : { operation }),
  };
}
