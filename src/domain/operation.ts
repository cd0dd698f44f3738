import type { HolderIdentity } from "./person.ts";
import type { ObjectVersion } from "./cluster.ts";
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
