import { l10n } from "vscode";
import { shortCommit, type CommitHash } from "../../domain/branch.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import type { HistoryWarning, ImageDrift, StuckRelease } from "../../domain/history.ts";
import type { Recovery } from "../../domain/recovery.ts";
import type { EnvironmentHold } from "../../domain/hold.ts";
import type { ReleaseStatus } from "../../domain/release.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Piece } from "../../protocol/panel.ts";
import { clusterSentence } from "./cluster.ts";
import { numbers } from "./history.ts";
import { code, joined, pieces, plain, strong } from "./pieces.ts";
import { age, clockTime, localAndUtc } from "./time.ts";

const DRIFTS_SHOWN = 3;

/** A revision with its commit, where that is known: `168 (9c1f2ab)`. */
const revisionOf = (revision: number, commit: CommitHash | undefined): readonly Piece[] =>
  commit === undefined
    ? [String(revision)]
    : pieces("{revision} ({commit})", { revision, commit: code(shortCommit(commit)) });

/** What runs is not what helm calls deployed. */
export function runsAnother(what: {
  readonly revision: number;
  readonly commit: CommitHash | undefined;
  readonly status: ReleaseStatus;
  readonly deployed: number | undefined;
}): readonly Piece[] {
  const facts = {
    revision: revisionOf(what.revision, what.commit),
    status: code(what.status),
    failed: strong(l10n.t("failed")),
    deployed: what.deployed ?? "",
  };
  if (what.status === "failed") {
    return what.deployed === undefined
      ? pieces(
          l10n.t(
            "What runs is revision {revision}, whose rollout {failed}. helm marks no revision as deployed.",
          ),
          facts,
        )
      : pieces(
          l10n.t(
            "What runs is revision {revision}, whose rollout {failed}. helm still marks {deployed} as deployed.",
          ),
          facts,
        );
  }
  return what.deployed === undefined
    ? pieces(
        l10n.t(
          "What runs is revision {revision}, which helm calls {status}. helm marks no revision as deployed.",
        ),
        facts,
      )
    : pieces(
        l10n.t(
          "What runs is revision {revision}, which helm calls {status}. helm marks {deployed} as deployed.",
        ),
        facts,
      );
}

/** Somebody changed the workloads past helm. */
export function driftBanner(revision: number, differences: readonly ImageDrift[]): readonly Piece[] {
  const shown = differences.slice(0, DRIFTS_SHOWN).map(driftWords);
  const more = differences.length - shown.length;
  const rest = more > 0 ? [[l10n.t("{count} more", { count: more })]] : [];
  return pieces(
    l10n.t(
      "What runs is not what helm's record of {revision} says: {differences}. Somebody changed it past helm; going back to {revision} aligns them.",
    ),
    { revision, differences: joined([...shown, ...rest], "; ") },
  );
}

/** What one container runs instead. */
export function driftWords({ workload, container, recorded, live }: ImageDrift): readonly Piece[] {
  if (recorded === "") {
    return pieces(l10n.t("{workload} has a container {container}, which the record has not"), {
      workload: code(workload),
      container: code(container),
    });
  }
  return live === undefined
    ? pieces(l10n.t("{workload} has no container {container}, which is to run {recorded}"), {
        workload: code(workload),
        container: code(container),
        recorded: code(recorded),
      })
    : pieces(l10n.t("{workload} runs {live} and not {recorded}"), {
        workload: code(workload),
        live: code(live),
        recorded: code(recorded),
      });
}

export const nothingRuns = (): readonly Piece[] => [
  l10n.t("None of the release's workloads is in the cluster, or it has none: nothing of it runs."),
];

export const runsUnknown = (detail: string): readonly Piece[] => [
  l10n.t("What runs could not be read: {detail}", { detail: plain(detail) }),
];

/** helm is at work, as far as its record says. */
export const busyBanner = (
  revision: number,
  status: ReleaseStatus,
  since: EpochMs,
  now: EpochMs,
): readonly Piece[] =>
  pieces(
    l10n.t(
      "By its record helm is at work: revision {revision} is {status} since {time}. This panel shows how it ends; if nothing comes of it, it offers to clear it once helm's time limit has passed.",
    ),
    {
      revision,
      status: code(status),
      time: localAndUtc(since, now),
    },
  );

/** Somebody is at work here, by the operation Lease. */
export const workingBanner = (name: string, what: string): readonly Piece[] => [
  l10n.t("{name} is at work here: {what}.", { name: plain(name), what: plain(what) }),
];

/** A record that nobody works at any more, and when or how it is cleared. */
export function stuckBanner(stuck: StuckRelease, recovery: Recovery, now: EpochMs): readonly Piece[] {
  const facts = {
    revision: stuck.revision,
    status: code(stuck.status),
    time: localAndUtc(stuck.since, now),
    age: age(stuck.age),
    by: stuck.by ?? "",
    next: [recoveryWords(recovery, now)],
  };
  return stuck.by === undefined
    ? pieces(l10n.t("Revision {revision} is {status} since {time} ({age}). {next}"), facts)
    : pieces(l10n.t("Revision {revision} is {status} since {time} ({age}, by {by}). {next}"), facts);
}

function recoveryWords(recovery: Recovery, now: EpochMs): string {
  switch (recovery.kind) {
    case "not-yet":
      return l10n.t("helm may take until {time}; from then on this panel offers to clear it.", {
        time: localAndUtc(recovery.freeAt, now),
      });
    case "at-work":
      return l10n.t("{name} holds the operation Lease ({what}), so it is left alone.", {
        name: plain(recovery.by),
        what: plain(recovery.what),
      });
    case "rollback":
      return l10n.t(
        "Nobody seems to be at work at it any more, and helm deploys nothing until it is cleared. Going back to {revision}, which ran, clears it.",
        { revision: recovery.to },
      );
    case "uninstall":
      return l10n.t(
        "Nobody seems to be at work at it any more, and helm deploys nothing until it is cleared. It is the first installation, so the release has to be removed.",
      );
    case "nothing-to-go-back-to":
      return l10n.t(
        "Nobody seems to be at work at it any more, and helm deploys nothing until it is cleared. Nothing before it ever ran: what to keep of it, only a person can say. Look at helm history.",
      );
  }
}

export const recoverTo = (revision: number): string =>
  l10n.t("Recover: Go Back to {revision}…", { revision });
export const copyAligning = (): string => l10n.t("Copy the Command");
export const why = (): string => l10n.t("Why");

/** Something about the records that a person has to know. */
export function warningBanner(warning: HistoryWarning): readonly Piece[] {
  switch (warning.kind) {
    case "two-deployed":
      return [
        l10n.t(
          "helm marks more than one revision as deployed ({revisions}); the newest of them counts, as for helm itself. The next rollback or deploy puts that right.",
          { revisions: numbers(warning.revisions) },
        ),
      ];
    case "missing":
      return [
        l10n.t(
          "The records of {revisions} are missing in between: somebody deleted them. Nobody can go back to those.",
          {
            revisions: numbers(warning.revisions),
          },
        ),
      ];
    case "helm-2":
      return [
        l10n.t(
          "There are records of helm 2 of this release. Devdeploy does not read those: move them with the plugin helm-2to3 first.",
        ),
      ];
    case "two-drivers":
      return [
        l10n.t(
          "There are records in Secrets and in ConfigMaps. Which of them helm uses depends on HELM_DRIVER; remove the others.",
        ),
      ];
  }
}

/** The environment is on hold. */
export const holdBanner = (
  { name, at, until, reason }: EnvironmentHold,
  subject: string,
  now: EpochMs,
): readonly Piece[] => [
  l10n.t(
    "{subject} is on hold since {at}, by {name}, until {until}: “{reason}”. Deploys stop before it, rollbacks do not.",
    {
      subject: plain(subject),
      at: localAndUtc(at, now),
      name: plain(name),
      until: localAndUtc(until, now),
      reason: plain(reason),
    },
  ),
];

export const liftHold = (): string => l10n.t("Lift the Hold");

/** What is shown may be old. */
export const staleBanner = (since: EpochMs, error: ClusterError): readonly Piece[] => [
  l10n.t("Not connected since {time}, and what is shown is of then: {cause} Retrying.", {
    time: clockTime(since),
    cause: clusterSentence(error),
  }),
];
