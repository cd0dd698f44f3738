import { l10n } from "vscode";
import type { ReviewError, RollbackReview } from "../../app/rollbackOutcome.ts";
import { shortCommit } from "../../domain/branch.ts";
import type {
  CommitRange,
  ObjectChange,
  RangeCommit,
  RollbackEnd,
  ValueChange,
} from "../../domain/rollback.ts";
import type { ChipView, Piece } from "../../protocol/panel.ts";
import { releaseReadSentence } from "./cluster.ts";
import { code, joined, pieces, plain, strong } from "./pieces.ts";

const PATHS_SHOWN = 4;
const VALUES_SHOWN = 12;

/** `168 9c1f2ab`. */
export const endWords = ({ revision, commit }: Pick<RollbackEnd, "revision" | "commit">): readonly Piece[] =>
  commit === undefined
    ? [String(revision)]
    : pieces("{revision} {commit}", { revision, commit: code(shortCommit(commit)) });

/** Whether it goes to something that came after what runs: only commits return. */
export const isForward = ({ commits }: Pick<RollbackReview, "commits">): boolean =>
  commits.kind === "known" && commits.undone.length === 0 && commits.returning.length > 0;

/** `Roll back 168 9c1f2ab → 167 51d0c3e`. */
export const reviewHeading = (review: Pick<RollbackReview, "from" | "to" | "commits">): readonly Piece[] =>
  pieces("{what} {from} → {to}", {
    what: strong(isForward(review) ? l10n.t("Roll forward") : l10n.t("Roll back")),
    from: endWords(review.from),
    to: endWords(review.to),
  });

export const readingReview = (to: number): string => l10n.t("What a rollback to {to} would do", { to });
export const readingReviewIntro = (): string =>
  l10n.t("Comparing the revisions, asking the cluster and the registry. Nothing is changed.");

export const undoneHeading = ({ length }: readonly unknown[]): string =>
  length === 1
    ? l10n.t("Undone by this (1 commit)")
    : l10n.t("Undone by this ({count} commits)", { count: length });

export const returningHeading = ({ length }: readonly unknown[]): string =>
  length === 1
    ? l10n.t("Coming back (1 commit)")
    : l10n.t("Coming back ({count} commits)", { count: length });

export const commitsHeading = (): string => l10n.t("Commits");
export const changesHeading = (): string => l10n.t("Changes");
export const checksHeading = (): string => l10n.t("Checks");
export const notUndoneHeading = (): string => l10n.t("A rollback does not undo");

/** A commit of the range: `9c1f2ab Rework queue retries · Dan Ortiz`. */
export const rangeCommit = ({ commit, subject, author }: RangeCommit): readonly Piece[] =>
  pieces("{commit} {subject} · {author}", { commit: code(shortCommit(commit)), subject, author });

export const migrationChip = ({ migrations }: RangeCommit): ChipView => ({
  text: l10n.t("migration"),
  look: "warning",
  tooltip: migrations.map(plain).join("\n"),
});

export const moreCommits = (count: number, isCut: boolean): string =>
  isCut ? l10n.t("and more than {count} others", { count }) : l10n.t("and {count} others", { count });

/** Why no commits are listed. */
export function noCommits(
  range: Exclude<CommitRange, { readonly kind: "known" }>,
  review: RollbackReview,
): string {
  if (range.kind === "same") return l10n.t("Both are of the same commit: only values or the chart differ.");
  switch (range.why) {
    case "from-unknown":
      return l10n.t("Which commits this undoes is not known: the commit of {revision} is not sure.", {
        revision: review.from.revision,
      });
    case "to-unknown":
      return l10n.t("Which commits this undoes is not known: the commit of {revision} is not sure.", {
        revision: review.to.revision,
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

export const noCommitDiffers = (): string => l10n.t("No commit: neither has one that the other lacks.");

/** What is done to one object. */
export function objectChange({ object, what, paths }: ObjectChange): readonly Piece[] {
  const name = code(`${object.kind}/${object.name}`);
  switch (what) {
    case "created":
      return pieces(l10n.t("{object} is created"), { object: name });
    case "deleted":
      return pieces(l10n.t("{object} is deleted"), { object: name });
    case "changed": {
      const shown = paths.slice(0, PATHS_SHOWN).map((path) => [code(path)]);
      const more = paths.length - shown.length;
      const rest = more > 0 ? [[l10n.t("{count} more", { count: more })]] : [];
      return paths.length === 0
        ? pieces(l10n.t("{object} changes"), { object: name })
        : pieces(l10n.t("{object}: {paths}"), { object: name, paths: joined([...shown, ...rest], ", ") });
    }
  }
}

export const moreObjects = (count: number): string => l10n.t("and {count} more objects", { count });

/** The values that differ, by their paths: `image.tag`, `retry.secret` ‹masked, changed›. */
export function valueChanges(values: readonly ValueChange[]): readonly Piece[] {
  const shown = values
    .slice(0, VALUES_SHOWN)
    .map(({ path, isMasked }) =>
      isMasked
        ? pieces(l10n.t("{path} ‹masked, changed›"), { path: code(path) })
        : pieces("{path}", { path: code(path) }),
    );
  const more = values.length - shown.length;
  const rest = more > 0 ? [[l10n.t("{count} more", { count: more })]] : [];
  return pieces(l10n.t("values: {values}"), { values: joined([...shown, ...rest], ", ") });
}

/** One value before and after, where both are short; masked ones never stand here. */
export function valueDetail(values: readonly ValueChange[]): readonly Piece[] | undefined {
  const [only, ...others] = values;
  if (only === undefined || others.length > 0 || only.isMasked) return undefined;
  return pieces("{before} → {after}", {
    before: only.before === undefined ? l10n.t("not set") : code(only.before),
    after: only.after === undefined ? l10n.t("not set") : code(only.after),
  });
}

export const noChange = (): string =>
  l10n.t("Manifest and values are the same: helm writes a new revision, and nothing else changes.");
export const openDiff = (): string => l10n.t("Open Diff");
export const diffTitle = (from: number, to: number, subject: string): string =>
  l10n.t("{subject}: revision {from} ↔ {to}", { subject: plain(subject), from, to });
export const noDiff = (): string => l10n.t("Manifest and values of the two revisions are the same.");
export const diffClosed = (): string => l10n.t("This comparison was closed. Open it again from the panel.");

export const rollBackTo = (revision: number): string => l10n.t("Roll back to {revision}", { revision });
export const rollForwardTo = (revision: number): string => l10n.t("Roll forward to {revision}", { revision });
export const typeName = (release: string): string =>
  l10n.t("Type the release's name, {release}, to confirm", { release: plain(release) });
export const typePlaceholder = (release: string): string =>
  l10n.t("Type {release}", { release: plain(release) });
export const typeToGoWithout = (release: string): string =>
  l10n.t("Type the release's name, {release}, to roll back without the operation Lease", {
    release: plain(release),
  });
export const copy = (): string => l10n.t("Copy");
export const reviewAgain = (): string => l10n.t("Review Again");
export const waitForHelm = (): string => l10n.t("helm is at work on this release.");

/** Why there is no review. */
export function reviewErrorWords(error: ReviewError): string {
  switch (error.reason) {
    case "revision-gone":
      return l10n.t(
        "Revision {revision} is gone: helm keeps only so many. Choose another one; the list is read again by itself.",
        { revision: error.revision },
      );
    case "not-a-target":
      return l10n.t(
        "Revision {revision} is {status}, so it is no revision to go back to. Choose another one.",
        {
          revision: error.revision,
          status: plain(error.status),
        },
      );
    case "release-gone":
      return l10n.t("The release is gone: somebody removed it. There is nothing to roll back.");
    default:
      return releaseReadSentence(error);
  }
}

export const noReviewHeading = (to: number): string => l10n.t("Revision {to} could not be reviewed", { to });
export const notKnownWho = (): string =>
  l10n.t(
    "Who you are is not known yet, so nobody would be named for this. The log says what git or the cluster answered; then review again.",
  );
