import type { DeployOrder, KeptOrder } from "../../app/ports.ts";
import type { KeptRollback } from "../../app/rollbackPorts.ts";
import type { HeldOperation } from "../../domain/operation.ts";
import type { SupervisedOperation, SupervisorOrder } from "../../domain/supervision.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import type { AboutRun, RunFolder } from "./runFolder.ts";

/** How long helm has to end by itself once the person cancelled: it still marks its record as failed. */
const PATIENCE_MS: DurationMs = 20 * SECOND_MS;

interface Supervised {
  readonly program: string;
  readonly args: readonly string[];
  readonly operation: HeldOperation | undefined;
  /** An upgrade ends well when it is asked to; a rollback and an uninstallation know no signals. */
  readonly isStoppable: boolean;
}

/** What the supervisor is told. */
export const supervisorOrder = (
  run: RunFolder,
  { program, args, operation, isStoppable }: Supervised,
): SupervisorOrder => ({
  program,
  args,
  log: run.log,
  sign: run.sign,
  cancel: run.cancel,
  result: run.result,
  remove: [run.values, run.chart],
  isStoppable,
  patience: PATIENCE_MS,
  ...(operation === undefined ? {} : { renew: supervisedOperation(operation, isStoppable) }),
});

/** Where it can be done softly, helm is stopped when the Lease is taken over: Windows knows only the hard end. */
const supervisedOperation = (held: HeldOperation, isStoppable: boolean): SupervisedOperation => ({
  ...held,
  stopsWhenTaken: isStoppable && process.platform !== "win32",
  hostPid: process.pid,
});

export const aboutRun = (order: KeptOrder | KeptRollback, kubeconfig: string | undefined): AboutRun => ({
  order,
  ...(kubeconfig === undefined ? {} : { kubeconfig }),
  startedAt: Date.now(),
  hostPid: process.pid,
});

/** Only what is to be kept: values may hold secrets. */
export function keptOrder(order: DeployOrder): KeptOrder {
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
