import type { DeployerEnd } from "../../app/ports.ts";
import { fail, ok } from "../../domain/result.ts";
import { causeOf } from "./cause.ts";
import type { RunEnd } from "./followRun.ts";

/** Whether a run ends softly when it is asked to, and whether this very window asked. */
export interface Stopping {
  readonly isStoppable: boolean;
  readonly isAsked: boolean;
}

/** What the end of a run means. One that cannot be stopped has failed by itself, whoever was read in the Lease. */
export function deployerEnd(end: RunEnd, { isStoppable, isAsked }: Stopping): DeployerEnd {
  if (end.kind === "left") return fail({ reason: "run-lost", output: "" });
  const { output } = end;
  if (end.kind === "lost") return fail({ reason: "run-lost", output });
  const { exitCode, startError, takenBy, isCancelled } = end.result;
  if (exitCode === 0) return ok({ output });
  if (startError !== null) {
    return fail({ reason: "helm-failed", exitCode: undefined, cause: "other", output: startError });
  }
  if (isStoppable && takenBy !== null) return fail({ reason: "cancelled", output, takenBy });
  if (isAsked || isCancelled) return fail({ reason: "cancelled", output });
  return fail({ reason: "helm-failed", exitCode: exitCode ?? undefined, cause: causeOf(output), output });
}

/** What went wrong with the Lease while the supervisor renewed it, for the log. */
export function tellRemarks(end: RunEnd, onLine: (line: string) => void): void {
  if (end.kind !== "ended") return;
  for (const remark of end.result.remarks) onLine(`supervisor: ${remark}`);
}
