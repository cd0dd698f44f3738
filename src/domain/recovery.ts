import type { StuckRelease } from "./history.ts";
import type { OperationRecord } from "./operation.ts";
import type { EpochMs } from "./time.ts";

/** What may be done about a release whose helm is gone, and why nothing may. */
export type Recovery =
  /** A rollback goes over a pending record: to the newest revision before it that ran. */
  | { readonly kind: "rollback"; readonly to: number }
  /** The very first installation was never finished: there is nothing to go back to, and nothing to lose. */
  | { readonly kind: "uninstall" }
  /** helm may still be at work. */
  | { readonly kind: "not-yet"; readonly freeAt: EpochMs }
  | { readonly kind: "at-work"; readonly by: string; readonly what: string }
  /** Nothing before it ever ran: what to keep of it, only a person can say. */
  | { readonly kind: "nothing-to-go-back-to" };

/** Only after helm's own time has passed, and only where nobody holds the operation Lease; `operation` as last seen. */
export function mayRecover(
  stuck: StuckRelease,
  now: EpochMs,
  operation: OperationRecord | undefined,
): Recovery {
  if (operation?.kind === "working") return { kind: "at-work", by: operation.name, what: operation.what };
  if (operation?.kind === "unreadable") {
    return { kind: "at-work", by: operation.holder, what: operation.problem };
  }
  if (now < stuck.freeAt) return { kind: "not-yet", freeAt: stuck.freeAt };
  if (stuck.lastGood !== undefined) return { kind: "rollback", to: stuck.lastGood };
  return stuck.status === "pending-install" ? { kind: "uninstall" } : { kind: "nothing-to-go-back-to" };
}
