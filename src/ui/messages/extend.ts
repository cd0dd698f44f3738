import { l10n } from "vscode";
import type { ExtendOutcome } from "../../app/extendLock.ts";
import type { EpochMs } from "../../domain/time.ts";
import { clusterSentence } from "./cluster.ts";
import type { Notice } from "./notice.ts";
import { shown } from "./text.ts";
import { localAndUtc } from "./time.ts";

const info = (text: string): Notice => ({ severity: "info", text, buttons: [] });

export const chooseMachineToExtend = (): string => l10n.t("Extend the lock of which machine?");
export const nothingToExtend = (): Notice =>
  info(l10n.t("No machine is locked to you, so there is no lock to extend."));
export const extendTitle = (machine: string): string =>
  l10n.t("Extend the lock of {machine}", { machine: shown(machine) });
export const extendHint = (until: EpochMs, now: EpochMs): string =>
  l10n.t("How long from now? It is locked to you until {until}.", { until: localAndUtc(until, now) });
export const extendReason = (): string =>
  l10n.t("Why so long? Others see it on the machine. Enter without a reason is fine.");

export interface ExtendItem {
  readonly label: string;
  readonly description: string;
}

/** One of the lengths to choose from; a lock is never shortened, and that is said before it is chosen. */
export function extendItem(
  hours: number,
  { until, was, now }: { readonly until: EpochMs; readonly was: EpochMs; readonly now: EpochMs },
): ExtendItem {
  const end = localAndUtc(until, now);
  return {
    label: hours === 1 ? l10n.t("1 hour") : l10n.t("{hours} hours", { hours }),
    description:
      until > was
        ? l10n.t("until {end}", { end })
        : l10n.t("would end at {end}: not longer than now", { end }),
  };
}

/** What became of extending, with the end in local time and in UTC. */
export function extendNotice(outcome: ExtendOutcome, name: string, now: EpochMs): Notice {
  const machine = shown(name);
  switch (outcome.kind) {
    case "extended":
      return info(
        l10n.t("{machine} is locked to you until {until}.", {
          machine,
          until: localAndUtc(outcome.until, now),
        }),
      );
    case "not-longer":
      return info(
        l10n.t("{machine} is locked to you until {until} already, which is longer. Its end stays.", {
          machine,
          until: localAndUtc(outcome.until, now),
        }),
      );
    case "not-holder":
      return info(
        outcome.lock.kind === "held"
          ? l10n.t("{machine} is not yours any more: {who} holds it now. Nothing was changed.", {
              machine,
              who: shown(outcome.lock.hold.by.name),
            })
          : l10n.t("{machine} is not yours any more. Nothing was changed.", { machine }),
      );
    case "ended":
      return {
        severity: "warning",
        text: l10n.t(
          "Your lock of {machine} ended at {at}, so it cannot be extended. Devdeploy again: you get {machine} if it is still free.",
          { machine, at: localAndUtc(outcome.at, now) },
        ),
        buttons: [{ kind: "devdeploy-again" }],
      };
    case "failed":
      return {
        severity: "error",
        text: outcome.mayBeDone
          ? l10n.t("Whether the lock of {machine} is extended is not known. {cause}", {
              machine,
              cause: clusterSentence(outcome.error),
            })
          : l10n.t("The lock of {machine} was not extended. {cause}", {
              machine,
              cause: clusterSentence(outcome.error),
            }),
        buttons: [{ kind: "show-log" }],
      };
  }
}
