import { l10n } from "vscode";
import type { Monitored, MonitorTrouble } from "../../app/monitors.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import type { PodTrouble } from "../../domain/monitoring.ts";
import type { EpochMs } from "../../domain/time.ts";
import { diagnosisSentence } from "./diagnosis.ts";
import type { Button, Notice } from "./notice.ts";
import { detail, shown } from "./text.ts";
import { ago, localAndUtc } from "./time.ts";

/** What was found out about a deploy that got into trouble after it had been proven. */
export interface MonitorReport {
  readonly entry: Monitored;
  readonly trouble: MonitorTrouble;
  /** Undefined where nobody could name a cause. */
  readonly diagnosis: Diagnosis | undefined;
  readonly buttons: readonly Button[];
  readonly now: EpochMs;
}

/** The one notification: what, where, since when and why, and the way back. */
export function monitorNotice({ entry, trouble, diagnosis, buttons, now }: MonitorReport): Notice {
  const { workload, troubles } = trouble;
  const [first, ...others] = troubles;
  const more = others.length === 0 ? "" : l10n.t(" ({count} more in trouble)", { count: others.length });
  const what = l10n.t("{subject} got into trouble after it was proven: {what}{more}.", {
    subject: shown(entry.subject),
    what: first === undefined ? shown(workload.name) : troubleWords(first, workload.name, now),
    more,
  });
  const deployed = l10n.t("The newest deploy there is still yours: {what}, {age}.", {
    what: deployedWords(entry),
    age: ago(now - entry.provenAt),
  });
  const cause = diagnosis === undefined ? "" : shown(diagnosisSentence(diagnosis));
  return {
    severity: "warning",
    text: [what, cause, deployed].filter((one) => one !== "").join(" "),
    buttons,
  };
}

function troubleWords(trouble: PodTrouble, workload: string, now: EpochMs): string {
  const since = localAndUtc(trouble.since, now);
  switch (trouble.kind) {
    case "restarted":
      return trouble.restarts === 1
        ? l10n.t("pod {pod} restarted at {since}", { pod: shown(trouble.pod), since })
        : l10n.t("pod {pod} has restarted {count} times, last at {since}", {
            pod: shown(trouble.pod),
            count: trouble.restarts,
            since,
          });
    case "waiting":
      return l10n.t("container {container} of pod {pod} waits since {since} ({reason})", {
        container: shown(trouble.container),
        pod: shown(trouble.pod),
        since,
        reason: shown(trouble.reason),
      });
    case "failed":
      return l10n.t("pod {pod} failed at {since}", { pod: shown(trouble.pod), since });
    case "not-ready":
      return l10n.t("pod {pod} is not ready since {since}", { pod: shown(trouble.pod), since });
    case "no-pods":
      return l10n.t("no pod of {workload} comes to be since {since} ({message})", {
        workload: shown(workload),
        since,
        message: detail(trouble.message),
      });
  }
}

function deployedWords({ commit, what }: Monitored): string {
  const revision = l10n.t("revision {revision}", { revision: what.revision });
  return commit === undefined ? revision : `${shortCommit(commit)} (${revision})`;
}
