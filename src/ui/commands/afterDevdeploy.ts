import type { DeployOutcome } from "../../app/deployOutcome.ts";
import { rollbackSubject } from "../../app/rollbackSubjects.ts";
import type { RollBackTo } from "../messages/notice.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import type { CommandServices } from "./services.ts";

/** The history of a machine's release; undefined where it has none that could be looked up. */
export function historyOf(
  folder: TeamFolder | undefined,
  machine: string | undefined,
): RollBackTo | undefined {
  if (folder?.team === undefined || machine === undefined) return undefined;
  const subject = rollbackSubject(folder.team, { name: machine, target: machine });
  return subject && { folder: folder.place.key, subject: machine, target: machine };
}

/** What was proven is monitored from now on; of everything else there is nothing to watch. */
export function monitorProven(
  { monitoring }: Pick<CommandServices, "monitoring">,
  folder: TeamFolder | undefined,
  outcome: DeployOutcome,
): void {
  if (outcome.kind !== "proven" || folder?.team === undefined) return;
  const { machine, revision, commit } = outcome;
  const subject = rollbackSubject(folder.team, { name: machine, target: machine });
  if (subject === undefined) return;
  const about = { folder: folder.place.key, subject: machine, target: machine };
  monitoring.deployed({ ...about, commit, what: { kind: "release", release: subject.release, revision } });
}
