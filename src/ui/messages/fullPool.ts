import { l10n } from "vscode";
import type { FullPool } from "../../app/fullPool.ts";
import type { Hold, LockState } from "../../domain/lock.ts";
import type { EpochMs } from "../../domain/time.ts";
import { keptFor, leaseMissing, lockUnreadable, parts } from "./rows.ts";
import { shown } from "./text.ts";
import { clockTime, timeLeft } from "./time.ts";
import { standing } from "./unlock.ts";

export const fullTitle = (pool: string, branch: string): string =>
  l10n.t("No machine of {pool} is free for {branch}", { pool: shown(pool), branch: shown(branch) });

/** What to do now; or first, why what was chosen before was not done. */
export function fullHint({ changed, now }: FullPool): string {
  return changed === undefined
    ? l10n.t("Your devdeploy goes on by itself as soon as you have a machine")
    : l10n.t("{machine} is not as you were shown it any more: {standing}. Nothing was taken. Choose again", {
        machine: shown(changed.machine),
        standing: standing(changed.lock, now),
      });
}

/** `dev2 · Ann Lee · task/x · 4 h left` */
export const holderHeading = (machine: string, hold: Hold, now: EpochMs): string =>
  parts(
    shown(machine),
    shown(hold.by.name),
    hold.branch === undefined ? undefined : shown(hold.branch),
    timeLeft(hold.until - now),
  );

export const takeOverItem = (machine: string, who: string): string =>
  l10n.t("Take {machine} over from {who}…", { machine: shown(machine), who: shown(who) });
export const askItem = (machine: string, who: string): string =>
  l10n.t("Ask {who} for {machine}", { machine: shown(machine), who: shown(who) });
export const askedAt = (at: EpochMs): string => l10n.t("asked at {time}", { time: clockTime(at) });
export const keepsIt = (at: EpochMs): string => l10n.t("keeps it, said at {time}", { time: clockTime(at) });
export const isDeploying = (): string => l10n.t("a deploy is running there");
export const goOn = (machine: string): string =>
  l10n.t("Devdeploy to {machine}", { machine: shown(machine) });
export const freeNow = (): string => l10n.t("free now");
export const otherwise = (): string => l10n.t("or");

export const waitItem = (): string => l10n.t("Tell me when one is free");
export const waitHint = (before: number): string =>
  before === 0
    ? l10n.t("you would be the first; it is kept for you for 10 minutes")
    : before === 1
      ? l10n.t("behind 1 other; it is kept for you for 10 minutes")
      : l10n.t("behind {before} others; it is kept for you for 10 minutes", { before });
export const waitsAlready = (place: number): string =>
  l10n.t("you wait already, at place {place}", { place });

/** Why a machine is not to be had although nobody is named as its holder; undefined for the others. */
export function blockedWords(state: LockState, now: EpochMs): string | undefined {
  switch (state.kind) {
    case "kept":
      return parts(keptFor(state.for.name), timeLeft(state.until - now));
    case "unreadable":
      return lockUnreadable(state.holder);
    case "missing":
      return leaseMissing();
    case "unknown":
      return l10n.t("not known at this moment");
    case "held":
    case "free":
    case "expired":
      return undefined;
  }
}
