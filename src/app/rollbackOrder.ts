import type { RecordDriver } from "../domain/release.ts";
import type { KeptRollback } from "./rollbackPorts.ts";
import type { RollbackReview } from "./rollbackOutcome.ts";

/** The order that a review comes to: the command that is shown and the one that is run are made from the same. */
export function keptRollback(
  {
    subject,
    from,
    to,
    seen,
    toRevision,
  }: Pick<RollbackReview, "subject" | "from" | "to" | "seen" | "toRevision">,
  more: Pick<KeptRollback, "operation" | "hold"> = {},
): KeptRollback {
  const { name, release, driver } = subject;
  const end = ({ revision, commit }: typeof from): KeptRollback["from"] => ({
    revision,
    ...(commit === undefined ? {} : { commit }),
  });
  return {
    kind: "rollback",
    subject: name,
    release,
    from: end(from),
    to: { ...end(to), version: seen.target },
    // helm counts on from its newest record, whatever became of that one.
    revision: seen.newest + 1,
    timeoutMinutes: driver.timeoutMinutes,
    historyMax: driver.historyMax,
    ...(toRevision.driver === "configmap" ? { records: toRevision.driver } : {}),
    ...(driver.container === undefined ? {} : { container: driver.container }),
    ...more,
  };
}

/** A command of helm's as one runs it by hand: unless it is told otherwise, helm looks for its records in Secrets. */
export const byHand = (command: readonly string[], records: RecordDriver | undefined): readonly string[] =>
  records === "configmap" ? ["env", `HELM_DRIVER=${records}`, ...command] : command;
