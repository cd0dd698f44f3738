import { l10n } from "vscode";
import type { DeployFailure, RecordTruth } from "../../app/deployOutcome.ts";
import { isPending } from "../../domain/release.ts";
import { clusterSentence, releaseReadSentence } from "./cluster.ts";
import { deployerSentence } from "./deployer.ts";
import { diagnosisWords } from "./diagnosis.ts";
import type { Button, Notice } from "./notice.ts";
import { repositorySentence } from "./repository.ts";
import { shown } from "./text.ts";

const SHOW_LOG: Button = { kind: "show-log" };

/** What helm's own record says after it did not end well: what the machine really runs now. */
export function recordSentence(record: RecordTruth, machine: string | undefined): string {
  const where = shown(machine ?? l10n.t("the machine"));
  switch (record.kind) {
    case "unchanged":
      return record.revision === undefined
        ? l10n.t("helm wrote no revision: nothing was installed on {machine}.", { machine: where })
        : l10n.t("helm wrote no revision: {machine} is still at revision {revision}.", {
            machine: where,
            revision: record.revision,
          });
    case "recorded":
      if (isPending(record.status)) {
        return l10n.t(
          "helm's record of {machine} still says revision {revision} {status}: nobody can deploy there until that is cleared. Devdeploy again in some minutes, and you are told how.",
          { revision: record.revision, status: record.status, machine: where },
        );
      }
      return l10n.t("helm's record of {machine} says: revision {revision} {status}.", {
        revision: record.revision,
        status: record.status,
        machine: where,
      });
    case "unreadable":
      return l10n.t("What helm left on {machine} is not known: {cause}", {
        machine: where,
        cause: releaseReadSentence(record.error),
      });
  }
}

/** Why a devdeploy failed: the cause first, then what it left behind. */
export function failureNotice(
  failure: DeployFailure,
  machine: string | undefined,
  back: readonly Button[] = [],
): Notice {
  const error = (text: string, ...first: readonly Button[]): Notice => ({
    severity: "error",
    text,
    buttons: [...first, SHOW_LOG],
  });
  const where = shown(machine ?? l10n.t("the machine"));
  switch (failure.stage) {
    case "git":
      return error(repositorySentence(failure.error));
    case "identity":
      return error(
        l10n.t("Nothing was deployed, because the cluster did not say who you are. {cause}", {
          cause: clusterSentence(failure.error),
        }),
      );
    case "locks":
      return error(
        l10n.t("Nothing was deployed, because no machine could be claimed. {cause}", {
          cause: clusterSentence(failure.error),
        }),
      );
    case "release":
      return error(
        l10n.t("Nothing was deployed, because what is on {machine} could not be read. {cause}", {
          machine: where,
          cause: releaseReadSentence(failure.error),
        }),
      );
    case "tool":
      return error(
        deployerSentence(failure.error),
        ...(isAboutHelmItself(failure.error.reason)
          ? [{ kind: "open-settings", setting: "devdeploy.helmPath" } as const]
          : []),
      );
    case "operation":
      return error(
        l10n.t("Nothing was deployed, because the operation Lease of {machine} could not be taken. {cause}", {
          machine: where,
          cause: clusterSentence(failure.error),
        }),
      );
    case "taken-over":
      return error(
        l10n.t("{who} took over {machine}, so your helm was asked to stop. {record} Talk to {who}.", {
          who: shown(failure.by),
          machine: where,
          record: recordSentence(failure.record, machine),
        }),
      );
    case "helm":
      return error(helmSentence(failure, machine), ...back);
    case "proof":
      return error(
        l10n.t(
          "helm deployed revision {revision} to {machine}, but whether it runs could not be read. {cause}",
          { revision: failure.revision, machine: where, cause: releaseReadSentence(failure.error) },
        ),
        ...back,
      );
  }
}

/**
 * The revision that a devdeploy has left behind and that may be gone back from; undefined where it made none, and where
 * helm's record is pending: that has to be cleared first.
 */
export function failedRevision(failure: DeployFailure): number | undefined {
  if (failure.stage === "proof") return failure.revision;
  if (failure.stage !== "helm" || failure.record.kind !== "recorded") return undefined;
  return isPending(failure.record.status) ? undefined : failure.record.revision;
}

const isAboutHelmItself = (reason: string): boolean =>
  reason === "helm-absent" || reason === "helm-refused" || reason === "helm-too-old";

function helmSentence(
  failure: DeployFailure & { readonly stage: "helm" },
  machine: string | undefined,
): string {
  const record = recordSentence(failure.record, machine);
  if (failure.diagnosis === undefined) return `${deployerSentence(failure.error)} ${record}`;
  const { cause, next } = diagnosisWords(failure.diagnosis);
  return [shown(cause), record, ...next.slice(0, 1)].join(" ");
}
