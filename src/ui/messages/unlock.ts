import { l10n } from "vscode";
import type { UnlockOutcome } from "../../app/unlockMachine.ts";
import { shortCommit } from "../../domain/branch.ts";
import { judgeLock, type Hold, type LockChange, type LockState, type StoredLock } from "../../domain/lock.ts";
import type { OperationRecord } from "../../domain/operation.ts";
import type { EpochMs } from "../../domain/time.ts";
import { clusterSentence } from "./cluster.ts";
import type { Notice } from "./notice.ts";
import { parts } from "./rows.ts";
import { shown } from "./text.ts";
import { ago, localAndUtc, timeLeft } from "./time.ts";

const info = (text: string): Notice => ({ severity: "info", text, buttons: [] });

/** A modal dialog: its question, what is below it, and the one button that does something. */
export interface Modal {
  readonly question: string;
  readonly detail: string;
  readonly yes: string;
}

/** What a person has to know before they end another's lock. */
export interface UnlockFacts {
  readonly machine: string;
  readonly hold: Hold;
  readonly history: readonly LockChange[];
  /** Names of those who wait for a machine of the pool. */
  readonly waiting: readonly string[];
  /** Who works at the machine at this moment. */
  readonly operation: OperationRecord | undefined;
  /** Why the person does it; empty where they gave no reason. */
  readonly reason: string;
  /** By the API server. */
  readonly now: EpochMs;
}

export function unlockModal(facts: UnlockFacts): Modal {
  const words = { machine: shown(facts.machine), who: shown(facts.hold.by.name) };
  return {
    question: l10n.t("Unlock {machine}? {who} holds it.", words),
    detail: holdDetail(facts),
    yes: l10n.t("Unlock {machine}", words),
  };
}

export function takeOverModal(facts: UnlockFacts): Modal {
  const words = { machine: shown(facts.machine), who: shown(facts.hold.by.name) };
  return {
    question: l10n.t("Take {machine} over from {who}?", words),
    detail: holdDetail(facts),
    yes: l10n.t("Take Over {machine}", words),
  };
}

function holdDetail({ hold, history, waiting, operation, reason, now }: UnlockFacts): string {
  const lines = [
    hold.branch === undefined ? undefined : branchLine(hold),
    l10n.t("Held since: {time}, {age}", {
      time: localAndUtc(hold.since, now),
      age: ago(now - hold.since),
    }),
    deployLine(lastDeploy(hold, history), now),
    l10n.t("Locked until: {time}, {left}", {
      time: localAndUtc(hold.until, now),
      left: timeLeft(hold.until - now),
    }),
    hold.reason === undefined ? undefined : l10n.t("Their reason: {reason}", { reason: shown(hold.reason) }),
    waiting.length === 0
      ? undefined
      : l10n.t("Waiting for a machine: {names}", { names: waiting.map(shown).join(", ") }),
    workLine(operation),
    "",
    toldLine(hold.by.name, reason),
  ];
  return lines.filter((line) => line !== undefined).join("\n");
}

const branchLine = ({ branch, commit }: Hold): string =>
  commit === undefined
    ? l10n.t("Branch: {branch}", { branch: shown(branch ?? "") })
    : l10n.t("Branch: {branch} at {commit}", { branch: shown(branch ?? ""), commit: shortCommit(commit) });

/** An extension renews a lock too, but deploys nothing. */
const lastDeploy = (hold: Hold, history: readonly LockChange[]): EpochMs =>
  history.findLast(({ what }) => what === "claimed" || what === "renewed")?.at ?? hold.renewedAt;

const deployLine = (at: EpochMs, now: EpochMs): string =>
  l10n.t("Last devdeploy: {time}, {age}", { time: localAndUtc(at, now), age: ago(now - at) });

function workLine(operation: OperationRecord | undefined): string | undefined {
  switch (operation?.kind) {
    case "working":
      return l10n.t(
        "Right now a deploy is running there ({who}: {what}). It is not stopped; nobody else can deploy there until it is done.",
        { who: shown(operation.name), what: shown(operation.what) },
      );
    case "unreadable":
      return l10n.t("Somebody may be deploying there right now: the operation Lease cannot be read.");
    case "idle":
    case undefined:
      return l10n.t("No deploy is running there right now.");
  }
}

const toldLine = (who: string, reason: string): string =>
  reason === ""
    ? l10n.t("{who} will be told that it was you. You gave no reason.", { who: shown(who) })
    : l10n.t("{who} will be told that it was you, and why: “{reason}”.", {
        who: shown(who),
        reason: shown(reason),
      });

/** A lock that cannot be read counts as held: ending it may end something that somebody relies on. */
export function clearModal(
  name: string,
  { holder, problem }: LockState & { readonly kind: "unreadable" },
): Modal {
  const machine = shown(name);
  return {
    question: l10n.t("Clear the lock of {machine}, which cannot be read?", { machine }),
    detail: [
      holder === ""
        ? l10n.t("Its holder: not given")
        : l10n.t("Its holder, as it is written there: {holder}", { holder: shown(holder) }),
      l10n.t("What is wrong: {problem}", { problem: shown(problem) }),
      "",
      l10n.t(
        "Another tool or a hand wrote it, and whoever did may rely on it. Nobody can be told. Ask in the team first; kubectl get lease shows all of it. Clearing makes {machine} free for everybody.",
        { machine },
      ),
    ].join("\n"),
    yes: l10n.t("Clear the Lock"),
  };
}

export const chooseMachineToUnlock = (): string => l10n.t("Unlock which machine?");
export const nothingLocked = (): Notice =>
  info(l10n.t("No machine is locked at this moment, so there is nothing to unlock."));
export const unlockTitle = (machine: string, who: string): string =>
  l10n.t("Unlock {machine}, held by {who}", { machine: shown(machine), who: shown(who) });
export const takeOverTitle = (machine: string, who: string): string =>
  l10n.t("Take {machine} over from {who}", { machine: shown(machine), who: shown(who) });
export const reasonPrompt = (who: string): string =>
  l10n.t("Why? {who} will see it. Enter without a reason is fine.", { who: shown(who) });
export const reasonPlaceholder = (): string => l10n.t("for example: the demo is at three");

export const reasonTooLong = (most: number, length: number): string =>
  l10n.t("At most {most} characters, please; these are {length}.", { most, length });

export const unknownNow = (name: string): Notice => ({
  severity: "warning",
  text: l10n.t(
    "Whose {machine} is at this moment is not known, so nothing was done. Try again once the sidebar shows it.",
    { machine: shown(name) },
  ),
  buttons: [{ kind: "show-environments" }],
});

export const notLocked = (name: string): Notice =>
  info(l10n.t("{machine} is not locked, so there is nothing to unlock.", { machine: shown(name) }));

/** `Ann Lee, task/x, 4 h left`: what stands on a machine's Lease by now. */
export function standing({ record }: StoredLock, now: EpochMs): string {
  const state = judgeLock(record, now);
  switch (state.kind) {
    case "held":
      return l10n.t("{who} holds it now ({facts})", {
        who: shown(state.hold.by.name),
        facts: parts(
          state.hold.branch === undefined ? undefined : shown(state.hold.branch),
          timeLeft(state.hold.until - now),
        ),
      });
    case "unreadable":
      return l10n.t("its lock cannot be read");
    case "free":
    case "expired":
    case "kept":
    case "missing":
    case "unknown":
      return l10n.t("it is free now");
  }
}

/** What became of unlocking; undefined where the row says it already. */
export function unlockNotice(
  outcome: UnlockOutcome,
  { name, now }: { readonly name: string; readonly now: EpochMs },
): Notice | undefined {
  const machine = shown(name);
  switch (outcome.kind) {
    case "unlocked":
      return undefined;
    case "already-free":
      return info(l10n.t("{machine} was free already. Nothing was changed.", { machine }));
    case "changed":
      return {
        severity: "warning",
        text: l10n.t("{machine} is not as you were shown it any more: {standing}. Nothing was unlocked.", {
          machine,
          standing: standing(outcome.lock, outcome.serverTime ?? now),
        }),
        buttons: [{ kind: "unlock", machine: name }],
      };
    case "not-holder":
      return info(
        outcome.lock.kind === "held"
          ? l10n.t("{machine} is not yours any more: {who} holds it now. Nothing was changed.", {
              machine,
              who: shown(outcome.lock.hold.by.name),
            })
          : l10n.t("The lock of {machine} cannot be read as yours any more. Nothing was changed.", {
              machine,
            }),
      );
    case "failed":
      return {
        severity: "error",
        text: outcome.mayBeFree
          ? l10n.t("Whether {machine} is unlocked is not known. {cause}", {
              machine,
              cause: clusterSentence(outcome.error),
            })
          : l10n.t("{machine} is locked as before. {cause}", {
              machine,
              cause: clusterSentence(outcome.error),
            }),
        buttons: [{ kind: "show-log" }],
      };
  }
}

export const unlockedToast = (machine: string, waiting: readonly string[]): string =>
  waiting.length === 0
    ? l10n.t("{machine} is unlocked: anybody may take it now.", { machine: shown(machine) })
    : l10n.t("{machine} is unlocked, and kept for whoever waits first.", { machine: shown(machine) });

export const unlockedOthersToast = (machine: string, who: string): string =>
  l10n.t("{machine} is unlocked, and {who} is told.", { machine: shown(machine), who: shown(who) });

export const unlockWhileDeploying = (machine: string): Notice =>
  info(
    l10n.t("{machine} is being deployed to right now. Unlock it once that is done.", {
      machine: shown(machine),
    }),
  );
