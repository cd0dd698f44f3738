import { l10n } from "vscode";
import type { KnownBranch } from "../../domain/branch.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { EpochMs } from "../../domain/time.ts";
import { parts } from "./rows.ts";
import { shown } from "./text.ts";
import { ago } from "./time.ts";

export const chosenMachineTitle = (): string => l10n.t("Devdeploy to a machine of your choice");
export const chosenMachineHint = (): string =>
  l10n.t("Machines of a pool are alike: Devdeploy Current Branch picks one for you");

export const chooseBranchTitle = (): string => l10n.t("Devdeploy a branch as the remote has it");
export const chooseBranchHint = (): string => l10n.t("Branch, author or subject of its last commit");
export const noBranches = (): string => l10n.t("There is no branch yet");
export const askingForBranches = (): string => l10n.t("asking git…");
export const asFetchedLast = (): string => l10n.t("as fetched last, for the remote does not say what it has");
export const why = (): string => l10n.t("Why the remote is not asked");

/** What is known of a branch beyond its name. */
export interface BranchFacts {
  readonly isCurrent: boolean;
  /** The machines and environments that run it. */
  readonly places: readonly string[];
  /** The remote has it, but another commit than the one that was fetched last. */
  readonly hasMoved: boolean;
  /** The clone has it, and the remote has not. */
  readonly isNotPushed: boolean;
}

/** `already on dev2 · checked out` */
export const branchNotes = ({ isCurrent, places, hasMoved, isNotPushed }: BranchFacts): string =>
  parts(
    places.length === 0 ? undefined : l10n.t("already on {places}", { places: places.map(shown).join(", ") }),
    isCurrent ? l10n.t("checked out") : undefined,
    isNotPushed ? l10n.t("not pushed") : undefined,
    hasMoved ? l10n.t("has newer commits on the remote") : undefined,
  );

/** `Fix the price · Ann Lee · 5 h · 4f1c0de` */
export const commitWords = ({ subject, author, committedAt, commit }: KnownBranch, now: EpochMs): string =>
  parts(shown(subject), shown(author), ago(now - committedAt), shortCommit(commit));

/** Of a branch that only the remote has so far. */
export const notFetched = (commit: string): string =>
  l10n.t("only on the remote so far, at {commit}; it is fetched when you choose it", { commit });
