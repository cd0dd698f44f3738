import { l10n } from "vscode";
import type { UndoReview, UndoReviewError } from "../../app/undoOutcome.ts";
import type { CommitRange } from "../../domain/rollback.ts";
import type { Piece } from "../../protocol/panel.ts";
import { clusterSentence } from "./cluster.ts";
import { code, joined, pieces, plain, strong } from "./pieces.ts";
import { endWords, isForward } from "./rollbackReview.ts";
import { workloadWords } from "./rolloutHistory.ts";
import { shortImage } from "./rolloutRow.ts";

const PATHS_SHOWN = 10;

/** `Undo 6 9c1f2ab → 4 51d0c3e`. */
export const undoHeading = (review: Pick<UndoReview, "from" | "to" | "commits">): readonly Piece[] =>
  pieces("{what} {from} → {to}", {
    what: strong(isForward(review) ? l10n.t("Roll forward") : l10n.t("Undo")),
    from: review.from.revision < 1 ? l10n.t("what runs") : endWords(review.from),
    to: endWords(review.to),
  });

export const readingUndo = (revision: number): string =>
  l10n.t("What an undo to {revision} would do", { revision });

/** Why no commits are listed. */
export function noUndoCommits(
  range: Exclude<CommitRange, { readonly kind: "known" }>,
  { from, to }: Pick<UndoReview, "from" | "to">,
): string {
  if (range.kind === "same") return l10n.t("Both are of the same commit: only the template differs.");
  switch (range.why) {
    case "from-unknown":
      return from.revision < 1
        ? l10n.t("Which commits this undoes is not known: the commit of what runs is not sure.")
        : l10n.t("Which commits this undoes is not known: the commit of {revision} is not sure.", {
            revision: from.revision,
          });
    case "to-unknown":
      return l10n.t("Which commits this undoes is not known: the commit of {revision} is not sure.", {
        revision: to.revision,
      });
    case "not-in-clone":
      return l10n.t("Which commits this undoes is not known: your clone has not got {commit}. Fetch it.", {
        commit: plain(range.detail).slice(0, 40),
      });
    case "git-failed":
      return l10n.t("Which commits this undoes is not known: git failed: {detail}", {
        detail: plain(range.detail),
      });
  }
}

/** One container's image on both sides: `app: web:9c1f2ab… → web:51d0c3e…`. */
export const imageChange = (
  container: string,
  before: string | undefined,
  after: string,
): readonly Piece[] =>
  before === undefined
    ? pieces(l10n.t("{container}: {after}, which is not there now"), {
        container: code(container),
        after: code(shortImage({ image: after })),
      })
    : pieces("{container}: {before} → {after}", {
        container: code(container),
        before: code(shortImage({ image: before })),
        after: code(shortImage({ image: after })),
      });

/** Where the templates differ. */
export function templatePaths(paths: readonly string[]): readonly Piece[] {
  const shown = paths.slice(0, PATHS_SHOWN).map((path) => [code(path)]);
  const more = paths.length - shown.length;
  const rest = more > 0 ? [[l10n.t("{count} more", { count: more })]] : [];
  return pieces(l10n.t("The pods' template: {paths}"), { paths: joined([...shown, ...rest], ", ") });
}

export const templateDiffers = (): string => l10n.t("The pods' template differs.");
export const undoDiffTitle = ({ subject, from, to }: Pick<UndoReview, "subject" | "from" | "to">): string =>
  from.revision < 1
    ? l10n.t("{workload}: what runs ↔ {to}", {
        workload: workloadWords(subject.workload),
        to: to.revision,
      })
    : l10n.t("{workload}: revision {from} ↔ {to}", {
        workload: workloadWords(subject.workload),
        from: from.revision,
        to: to.revision,
      });

export const notRestoredHeading = (): string => l10n.t("An undo does not restore");
export const undoTo = (revision: number): string => l10n.t("Undo to {revision}", { revision });
export const undoForwardTo = (revision: number): string => l10n.t("Roll forward to {revision}", { revision });
export const typeWorkload = (name: string): string =>
  l10n.t("Type the workload's name, {name}, to confirm", { name: plain(name) });
export const typeToUndoWithout = (name: string): string =>
  l10n.t("Type the workload's name, {name}, to undo without the operation Lease", { name: plain(name) });
export const resumeFirst = (): string => l10n.t("The rollout is paused: resume it first.");

export const noUndoReview = (revision: number, error: { readonly reason: string }): string => {
  switch (error.reason) {
    case "same-template":
      return l10n.t("Nothing to change");
    case "paused":
      return l10n.t("The rollout is paused");
    default:
      return l10n.t("Revision {revision} could not be reviewed", { revision });
  }
};

/** Why there is no review. */
export function undoReviewError(error: UndoReviewError): string {
  switch (error.reason) {
    case "workload-gone":
      return l10n.t("The workload is gone: somebody removed it. There is nothing to undo.");
    case "revision-gone":
      return l10n.t(
        "Revision {revision} is gone: only so many are kept. Choose another one; the list is read again by itself.",
        { revision: error.revision },
      );
    case "same-template":
      return l10n.t(
        "The workload has the template of revision {revision} already, so an undo would change nothing. Choose another one.",
        { revision: error.revision },
      );
    case "paused":
      return l10n.t(
        "A paused rollout cannot be undone, with kubectl as little as here. Resume it with the command below, then review again.",
      );
    default:
      return clusterSentence(error);
  }
}

export const reviewUndoTo = (revision: number): string =>
  l10n.t("Review an Undo to {revision}", { revision });

export const whyUndo = (): string => l10n.t("Reason (recorded on the workload, may be left out)");
export const whyUndoPlaceholder = (): string => l10n.t("e.g. thumbnails crash since 14:00");
