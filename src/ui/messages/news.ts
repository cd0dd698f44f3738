import { l10n } from "vscode";
import type { KeepOutcome } from "../../app/askHolder.ts";
import type { News } from "../../domain/news.ts";
import type { EpochMs } from "../../domain/time.ts";
import { clusterSentence } from "./cluster.ts";
import type { Button, Notice } from "./notice.ts";
import { shown } from "./text.ts";
import { clockTime, localAndUtc, timeUntil } from "./time.ts";

type Of<K extends News["kind"]> = News & { readonly kind: K };

/** What a person is told of somebody else's doing, or of their own lock's end, without having asked. */
export function newsNotice(news: News, now: EpochMs): Notice {
  switch (news.kind) {
    case "lost":
      return { severity: "warning", text: lostText(news, now), buttons: lostButtons };
    case "vanished":
      return { severity: "warning", text: vanishedText(news), buttons: lostButtons };
    case "asked":
      return {
        severity: "info",
        text: askedText(news),
        buttons: [
          { kind: "unlock-now", machine: news.machine },
          { kind: "keep", machine: news.machine },
        ],
      };
    case "declined":
      return { severity: "info", text: declinedText(news, now), buttons: [{ kind: "show-environments" }] };
    case "kept":
      return { severity: "info", text: keptText(news, now), buttons: keptButtons(news) };
    case "ending":
      return {
        severity: "warning",
        text: endingText(news, now),
        buttons: [
          { kind: "extend", machine: news.machine },
          { kind: "unlock", machine: news.machine },
        ],
      };
  }
}

const lostButtons: readonly Button[] = [{ kind: "devdeploy-again" }, { kind: "show-environments" }];

function lostText({ how, by, machine, branch, at, reason }: Of<"lost">, now: EpochMs): string {
  const words = { by: shown(by), machine: shown(machine), branch: shown(branch ?? ""), at: timeOf(at, now) };
  const what =
    how === "unlocked"
      ? branch === undefined
        ? l10n.t("{by} unlocked {machine}, which you had, at {at}", words)
        : l10n.t("{by} unlocked {machine}, which you had for {branch}, at {at}", words)
      : branch === undefined
        ? l10n.t("{by} took over {machine}, which you had, at {at}", words)
        : l10n.t("{by} took over {machine}, which you had for {branch}, at {at}", words);
  return reason === undefined
    ? l10n.t("{what}.", { what })
    : l10n.t("{what}: “{reason}”.", { what, reason: shown(reason) });
}

function vanishedText({ machine, how, branch, holder }: Of<"vanished">): string {
  const words = { machine: shown(machine), branch: shown(branch ?? ""), holder: shown(holder ?? "") };
  const what =
    branch === undefined
      ? l10n.t("{machine} is not yours any more", words)
      : l10n.t("{machine}, which you had for {branch}, is not yours any more", words);
  if (how === "deleted") return l10n.t("{what}: its Lease was deleted. Nothing says by whom.", { what });
  return holder === undefined
    ? l10n.t("{what}: its Lease was edited by hand or by another tool. Nobody holds it now.", { what })
    : l10n.t("{what}: its Lease was edited by hand or by another tool. {holder} holds it now.", {
        what,
        holder: words.holder,
      });
}

/** With the day where it was not today. */
const timeOf = (at: EpochMs, now: EpochMs): string =>
  new Date(at).toDateString() === new Date(now).toDateString() ? clockTime(at) : localAndUtc(at, now);

function askedText({ machine, ask }: Of<"asked">): string {
  const words = { name: shown(ask.name), machine: shown(machine), branch: shown(ask.branch ?? "") };
  return ask.branch === undefined
    ? l10n.t("{name} asks for {machine}.", words)
    : l10n.t("{name} asks for {machine}, for {branch}.", words);
}

const declinedText = ({ machine, by, until }: Of<"declined">, now: EpochMs): string =>
  l10n.t("{by} keeps {machine}; the lock ends at {until}.", {
    by: shown(by),
    machine: shown(machine),
    until: localAndUtc(until, now),
  });

const keptText = ({ machine, until }: Of<"kept">, now: EpochMs): string =>
  l10n.t("{machine} is kept for you until {until}.", {
    machine: shown(machine),
    until: timeOf(until, now),
  });

const keptButtons = ({ branch, pool }: Of<"kept">): readonly Button[] => [
  branch === undefined ? { kind: "devdeploy-again" } : { kind: "devdeploy-branch", branch },
  { kind: "give-up-waiting", pool },
];

const endingText = ({ machine, until }: Of<"ending">, now: EpochMs): string =>
  l10n.t("{machine}'s lock ends at {until}, {when}.", {
    machine: shown(machine),
    until: localAndUtc(until, now),
    when: timeUntil(until - now),
  });

/** A button was pressed when what it was about was over: nothing was done. */
export const newsIsOver = (news: News): Notice => ({
  severity: "info",
  text: overText(news),
  buttons: [{ kind: "show-environments" }],
});

function overText(news: News): string {
  const machine = shown(news.machine);
  switch (news.kind) {
    case "lost":
    case "vanished":
    case "declined":
      return l10n.t("This is over. Nothing was done.");
    case "asked":
      return l10n.t("{name} does not ask for {machine} any more. Nothing was done.", {
        name: shown(news.ask.name),
        machine,
      });
    case "kept":
      return l10n.t("{machine} is not kept for you any more. Nothing was done.", { machine });
    case "ending":
      return l10n.t("The lock of {machine} is no longer the one that was ending. Nothing was done.", {
        machine,
      });
  }
}

export const keptToast = ({ machine, ask }: Of<"asked">): string =>
  l10n.t("{name} is told that you keep {machine}.", { name: shown(ask.name), machine: shown(machine) });

/** Why the answer that somebody keeps their machine was not given; undefined where it was. */
export function keepNotice(outcome: KeepOutcome, news: Of<"asked">): Notice | undefined {
  switch (outcome.kind) {
    case "kept":
      return undefined;
    case "nothing-asked":
    case "not-holder":
      return newsIsOver(news);
    case "failed":
      return {
        severity: "error",
        text: outcome.mayBeDone
          ? l10n.t("Whether {name} is told that you keep {machine} is not known. {cause}", {
              name: shown(news.ask.name),
              machine: shown(news.machine),
              cause: clusterSentence(outcome.error),
            })
          : l10n.t("{name} was not told that you keep {machine}. It stays yours. {cause}", {
              name: shown(news.ask.name),
              machine: shown(news.machine),
              cause: clusterSentence(outcome.error),
            }),
        buttons: [{ kind: "show-log" }],
      };
  }
}
