import { l10n } from "vscode";
import type { AskOutcome } from "../../app/askHolder.ts";
import type { JoinOutcome, LeaveOutcome } from "../../app/waitingList.ts";
import type { EpochMs } from "../../domain/time.ts";
import { clusterSentence } from "./cluster.ts";
import type { Button, Notice } from "./notice.ts";
import { shown } from "./text.ts";
import { standing } from "./unlock.ts";

const info = (text: string, ...buttons: readonly Button[]): Notice => ({ severity: "info", text, buttons });

export const chooseMachineToAskFor = (): string => l10n.t("Ask the holder of which machine?");
export const nobodyToAsk = (): Notice =>
  info(l10n.t("No machine is held by somebody else, so there is nobody to ask."));

/** Whom somebody asks for what. */
export interface Asking {
  readonly machine: string;
  readonly holder: string;
  readonly branch: string | undefined;
  readonly pool: string;
}

/** The holder has been asked: what happens next, and what does not. */
export function askedNotice({ machine, holder, branch, pool }: Asking): Notice {
  const words = { who: shown(holder), machine: shown(machine), branch: shown(branch ?? "") };
  const text =
    branch === undefined
      ? l10n.t("{who} is asked for {machine}, and you will be told if they keep it.", words)
      : l10n.t("{who} is asked for {machine}, for {branch}, and you will be told if they keep it.", words);
  const wait: Button = { kind: "wait", pool, ...(branch === undefined ? {} : { branch }) };
  return info(text, wait);
}

export function askNotice(outcome: AskOutcome, asking: Asking, now: EpochMs): Notice {
  const machine = shown(asking.machine);
  switch (outcome.kind) {
    case "asked":
      return askedNotice(asking);
    case "changed":
      return info(
        l10n.t("{machine} is not as you were shown it any more: {standing}. Nobody was asked.", {
          machine,
          standing: standing(outcome.lock, outcome.serverTime ?? now),
        }),
        { kind: "show-environments" },
      );
    case "failed":
      return {
        severity: "error",
        text: outcome.mayBeDone
          ? l10n.t("Whether {who} is asked is not known. {cause}", {
              who: shown(asking.holder),
              cause: clusterSentence(outcome.error),
            })
          : l10n.t("{who} was not asked. {cause}", {
              who: shown(asking.holder),
              cause: clusterSentence(outcome.error),
            }),
        buttons: [{ kind: "show-log" }],
      };
  }
}

/** The person is on the list, and at which place. */
export function waitingNotice(pool: string, place: number): Notice {
  const words = { pool: shown(pool), before: place - 1 };
  const text =
    place === 1
      ? l10n.t(
          "You are the first who waits for a machine of {pool}. The next one that becomes free is kept for you for 10 minutes, and you are told.",
          words,
        )
      : place === 2
        ? l10n.t(
            "You wait for a machine of {pool}, behind 1 other. When it is your turn, one is kept for you for 10 minutes, and you are told.",
            words,
          )
        : l10n.t(
            "You wait for a machine of {pool}, behind {before} others. When it is your turn, one is kept for you for 10 minutes, and you are told.",
            words,
          );
  return info(text, { kind: "stop-waiting", pool });
}

/** Why somebody was not put on the list; undefined where they were. */
export function joinNotice(outcome: JoinOutcome, name: string): Notice | undefined {
  const pool = shown(name);
  switch (outcome.kind) {
    case "waiting":
      return undefined;
    case "free-now":
      return info(
        l10n.t("There is a machine for you right now: {machine}. Devdeploy to get it.", {
          machine: shown(outcome.machine),
        }),
        { kind: "devdeploy-again" },
      );
    case "list-full":
      return info(
        l10n.t("The waiting list of {pool} is full: {count} wait already. Ask a holder instead.", {
          count: outcome.waiters.length,
          pool,
        }),
      );
    case "failed":
      return {
        severity: "error",
        text: outcome.mayBeDone
          ? l10n.t("Whether you are on the waiting list of {pool} is not known. {cause}", {
              pool,
              cause: clusterSentence(outcome.error),
            })
          : l10n.t("You are not on the waiting list of {pool}. {cause}", {
              pool,
              cause: clusterSentence(outcome.error),
            }),
        buttons: [{ kind: "show-log" }],
      };
  }
}

export const notWaiting = (): Notice =>
  info(l10n.t("You are on no waiting list, so there is nothing to stop."));
export const chooseList = (): string => l10n.t("Stop waiting for which pool?");
export const stoppedToast = (pool: string): string =>
  l10n.t("You do not wait for a machine of {pool} any more.", { pool: shown(pool) });

/** What became of leaving the list; undefined where it is done. */
export function leaveNotice(outcome: LeaveOutcome, name: string): Notice | undefined {
  switch (outcome.kind) {
    case "left":
    case "not-waiting":
      return undefined;
    case "failed":
      return {
        severity: "error",
        text: outcome.mayBeDone
          ? l10n.t("Whether you still wait for a machine of {pool} is not known. {cause}", {
              pool: shown(name),
              cause: clusterSentence(outcome.error),
            })
          : l10n.t("You still wait for a machine of {pool}. {cause}", {
              pool: shown(name),
              cause: clusterSentence(outcome.error),
            }),
        buttons: [{ kind: "show-log" }],
      };
  }
}
