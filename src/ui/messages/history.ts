import { l10n } from "vscode";
import type { RollbackSubject } from "../../app/rollbackOutcome.ts";
import type { Liveness } from "../../domain/cluster.ts";
import type { NotATarget, Recommendation, Skipped } from "../../domain/history.ts";
import type { ChipView, Piece, TableView } from "../../protocol/panel.ts";
import { code, pieces, plain } from "./pieces.ts";
import { shortCause } from "./rows.ts";
import { clockTime, lengthOf } from "./time.ts";

/** What the panel's tab is called. */
export const panelTitle = ({ name, target }: Pick<RollbackSubject, "name" | "target">): string =>
  target === name
    ? l10n.t("{name}: History", { name: plain(name) })
    : l10n.t("{name} · {target}: History", { name: plain(name), target: plain(target) });

/** What stands at the top of the panel. */
export const panelHeading = ({ name, target }: Pick<RollbackSubject, "name" | "target">): string =>
  target === name ? plain(name) : `${plain(name)} · ${plain(target)}`;

/** Which release where: `production · release web · namespace buffer · context prod`. */
export function placeWords({ kind, tier, release }: RollbackSubject): readonly Piece[] {
  const where =
    kind === "machine"
      ? l10n.t("machine · release {release} · namespace {namespace} · context {context}")
      : tier === "production"
        ? l10n.t("production · release {release} · namespace {namespace} · context {context}")
        : l10n.t("staging · release {release} · namespace {namespace} · context {context}");
  return pieces(where, {
    release: code(release.release),
    namespace: code(release.namespace),
    context: code(release.context),
  });
}

export function livenessChip(liveness: Liveness): ChipView {
  switch (liveness.kind) {
    case "connecting":
      return { text: l10n.t("connecting…"), look: "neutral" };
    case "live":
      return {
        text: l10n.t("live · verified {time}", { time: clockTime(liveness.verifiedAt) }),
        look: "good",
        tooltip: l10n.t("The cluster was heard from then; changes appear by themselves."),
      };
    case "stale":
      return {
        text: l10n.t("unknown since {time} · {cause}", {
          time: clockTime(liveness.since),
          cause: shortCause(liveness.error),
        }),
        look: "warning",
      };
  }
}

export const columns = (): TableView["columns"] => ({
  revision: l10n.t("Revision"),
  commit: l10n.t("Commit"),
  deployed: l10n.t("Deployed"),
  chart: l10n.t("Chart"),
  state: l10n.t("State"),
});

export const filterWords = (): Omit<TableView["filter"], "statuses"> => ({
  label: l10n.t("Filter by commit or author"),
  placeholder: l10n.t("Commit or author"),
  status: l10n.t("Status"),
  anyStatus: l10n.t("Any status"),
  found: l10n.t("{shown} of {all} revisions"),
});

/** What is below or instead of the table: `10 revisions · helm keeps 10, the next one drops 159`. */
export function captionWords(count: number, keeps: number, dropped: readonly number[]): string {
  const all = count === 1 ? l10n.t("1 revision") : l10n.t("{count} revisions", { count });
  if (keeps === 0) return l10n.t("{all} · helm keeps all of them", { all });
  if (dropped.length === 0) return l10n.t("{all} · helm keeps {keeps}", { all, keeps });
  return l10n.t("{all} · helm keeps {keeps}, the next one drops {dropped}", {
    all,
    keeps,
    dropped: numbers(dropped),
  });
}

/** `161, 160 and 159`; many are told by their ends. */
export function numbers(revisions: readonly number[]): string {
  const shown = revisions.slice(0, 5).join(", ");
  return revisions.length <= 5
    ? shown
    : l10n.t("{some} and {count} more", { some: shown, count: revisions.length - 5 });
}

export const loadingHistory = (subject: string): string =>
  l10n.t("Reading the history of {subject}…", { subject: plain(subject) });

export const readingHistory = (): string => l10n.t("Reading helm's records…");

export const noRelease = ({ release, namespace }: RollbackSubject["release"]): string =>
  l10n.t(
    "helm has no release {release} in the namespace {namespace}: nothing was deployed there yet, or it was removed. Its first revision appears here by itself. Records that helm keeps in SQL (HELM_DRIVER=sql) cannot be read here.",
    { release: plain(release), namespace: plain(namespace) },
  );

/** Why a newer revision was passed over. */
export function skippedWords(revision: number, why: NotATarget): string {
  switch (why) {
    case "failed":
      return l10n.t("{revision} failed", { revision });
    case "pending":
      return l10n.t("{revision} is not finished", { revision });
    case "uninstalled":
      return l10n.t("{revision} was uninstalled", { revision });
    case "unknown-status":
      return l10n.t("{revision} has a status that is not known", { revision });
    case "rolled-back-from":
      return l10n.t("{revision} was already rolled back from", { revision });
    case "same-commit":
      return l10n.t("{revision} is of the same commit", { revision });
    case "unreadable":
      return l10n.t("{revision} cannot be read", { revision });
    case "commit-unknown":
      return l10n.t("the commit of {revision} is not sure", { revision });
  }
}

/** The recommendation with its reason. */
export function recommendationWords(recommendation: Recommendation): string {
  switch (recommendation.kind) {
    case "reading":
      return l10n.t("helm's records are still being read.");
    case "none":
      return recommendation.skipped.length === 0
        ? l10n.t("No revision is recommended: there is no earlier one.")
        : l10n.t("No revision is recommended: {skipped}. One that can be chosen is chosen by hand.", {
            skipped: skippedList(recommendation.skipped),
          });
    case "revision": {
      const why =
        recommendation.ranFor === undefined
          ? l10n.t("Recommended: the newest earlier revision that was deployed and has another commit.")
          : l10n.t(
              "Recommended: the newest earlier revision that was deployed, ran for {length} and has another commit.",
              { length: lengthOf(recommendation.ranFor) },
            );
      return recommendation.skipped.length === 0
        ? why
        : l10n.t("{why} Passed over: {skipped}.", { why, skipped: skippedList(recommendation.skipped) });
    }
  }
}

const skippedList = (skipped: readonly Skipped[]): string => {
  const shown = skipped.slice(0, 4).map(({ revision, why }) => skippedWords(revision, why));
  const rest = skipped.length - shown.length;
  return rest > 0 ? `${shown.join("; ")}; ${l10n.t("{count} more", { count: rest })}` : shown.join("; ");
};

export const chosenByHand = (): string => l10n.t("Chosen by hand.");
export const chooseOne = (): string => l10n.t("Choose a revision to go back to");
export const refresh = (): string => l10n.t("Refresh");
export const copyLink = (): string => l10n.t("Copy Link");
