import type { ObjectRef, ObjectVersion } from "./cluster.ts";
import type { LeaseHome, Target } from "./config.ts";
import type { HolderIdentity } from "./person.ts";
import { SECOND_MS, type DurationMs } from "./time.ts";

/** How long an operation Lease lasts without renewal, and how often its holder renews it. */
export const OPERATION_LASTS_MS: DurationMs = 30 * SECOND_MS;
export const OPERATION_RENEW_MS: DurationMs = 5 * SECOND_MS;

/** Who works at a machine or environment right now; a short Lease beside the reservation. */
export type OperationRecord =
  | { readonly kind: "idle"; readonly transitions: number }
  | {
      readonly kind: "working";
      readonly by: HolderIdentity;
      /** For showing. */
      readonly name: string;
      /** Nonce of the run: two windows of one person are two runs. */
      readonly run: string;
      readonly what: string;
      readonly lasts: DurationMs;
      readonly transitions: number;
      /** renewTime exactly as stored: a change of it is a sign of life, its value is not compared with any clock. */
      readonly beat: string;
    }
  | { readonly kind: "unreadable"; readonly holder: string; readonly problem: string };

export interface StoredOperation {
  readonly record: OperationRecord;
  readonly version: ObjectVersion;
}

/** How long an operation Lease lasts without renewal, and how often it is renewed; tests make both shorter. */
export interface OperationPace {
  readonly lasts: DurationMs;
  readonly every: DurationMs;
}

/** An operation Lease that a run holds: all that another process needs to go on renewing it, and nothing secret. */
export interface HeldOperation {
  readonly ref: ObjectRef;
  readonly stored: StoredOperation;
  readonly every: DurationMs;
}

const OPERATION_SUFFIX = "-operation";

/** Reservation and operation of a machine lie side by side; only their names tell them apart. */
export const isOperationName = (leaseName: string): boolean => leaseName.endsWith(OPERATION_SUFFIX);

/**
 * The operation Lease of a machine or environment: in the cluster that its target is deployed to, so that
 * trouble elsewhere cannot block it, in the namespace that the locks have.
 */
export function operationRef(name: string, target: Target, locks: LeaseHome): ObjectRef {
  const { driver } = target;
  const isInCluster = driver.kind === "helm" || driver.kind === "kubernetes";
  return operationIn(isInCluster ? driver.context : locks.context, name, locks);
}

/** The same, where the cluster is known by another way. */
export const operationIn = (context: string, name: string, locks: LeaseHome): ObjectRef => ({
  context,
  namespace: locks.namespace,
  name: `${name}${OPERATION_SUFFIX}`,
});
