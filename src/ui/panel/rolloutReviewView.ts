import type { UndoReview } from "../../app/undoOutcome.ts";
import { commandLine } from "../../domain/plainText.ts";
import type { RangeCommit } from "../../domain/rollback.ts";
import type { UndoRisk } from "../../domain/rollouts.ts";
import { undoRiskLevel } from "../../domain/undoRisks.ts";
import type { BannerView, LineView, SectionView, SideView } from "../../protocol/panel.ts";
import { chosenByHand } from "../messages/history.ts";
import * as risks from "../messages/risks.ts";
import * as rollback from "../messages/rollbackReview.ts";
import { undoNotBegunWords, type UndoNotBegun } from "../messages/rolloutAlert.ts";
import { undoRecommendation } from "../messages/rolloutHistory.ts";
import * as say from "../messages/rolloutReview.ts";
import { configNotRestored, undoRiskWords } from "../messages/rolloutRisks.ts";
import type { Deeds } from "./deeds.ts";
import { commitLines, levelLine } from "./reviewView.ts";
import type { RolloutModel } from "./rolloutModel.ts";

interface Reviewed {
  readonly review: UndoReview;
  readonly alert?: UndoNotBegun;
}

/** What a confirmation names: the review, and whether it is confirmed that it is done without the operation Lease. */
export const undoConfirmation = ({ id }: UndoReview, alert: UndoNotBegun | undefined): string =>
  alert?.kind === "no-lease" ? `${id}/without-lease` : id;

/** Everything that a person reads before they say yes. */
export function undoReviewView(model: RolloutModel, { review, alert }: Reviewed, deeds: Deeds): SideView {
  const { recommendation } = model.snapshot;
  const isRecommended = recommendation.kind === "revision" && recommendation.uid === review.to.uid;
  const command = commandLine(review.command);
  return {
    kind: "review",
    key: `review ${undoConfirmation(review, alert)}`,
    heading: say.undoHeading(review),
    intro: isRecommended ? undoRecommendation(recommendation) : chosenByHand(),
    ...(alert === undefined ? {} : { alert: alertView(review, alert) }),
    sections: [
      ...commitSections(review),
      changesSection(review, deeds),
      ...checksSection(review),
      notRestoredSection(review),
    ],
    confirm: confirmView(model, { review, ...(alert === undefined ? {} : { alert }) }, deeds),
    command: { text: command, copy: deeds.action({ kind: "copy", text: command }, rollback.copy(), "link") },
    actions: [],
  };
}

const alertView = ({ subject }: UndoReview, alert: UndoNotBegun): BannerView => ({
  look: alert.kind === "cancelled" ? "info" : "warning",
  text: [undoNotBegunWords(alert, subject.workload.name)],
  actions: [],
});

function commitSections(review: UndoReview): readonly SectionView[] {
  const { commits } = review;
  const heading = rollback.commitsHeading();
  if (commits.kind !== "known") return [{ heading, lines: [{ text: [say.noUndoCommits(commits, review)] }] }];
  const { undone, returning, isCut } = commits;
  if (undone.length === 0 && returning.length === 0) {
    return [{ heading, lines: [{ text: [rollback.noCommitDiffers()] }] }];
  }
  const section = (title: string, all: readonly RangeCommit[]): readonly SectionView[] =>
    all.length === 0 ? [] : [{ heading: title, lines: commitLines(all, isCut) }];
  return [
    ...section(rollback.undoneHeading(undone), undone),
    ...section(rollback.returningHeading(returning), returning),
  ];
}

/** The images on both sides, then where the templates differ. */
function changesSection(review: UndoReview, deeds: Deeds): SectionView {
  const { paths, id } = review;
  const images = imageLines(review);
  const template: LineView = {
    mark: "change",
    text: paths.length === 0 ? [say.templateDiffers()] : say.templatePaths(paths),
  };
  return {
    heading: rollback.changesHeading(),
    lines: [...images, template],
    actions: [deeds.action({ kind: "open-diff", review: id }, rollback.openDiff(), "link")],
  };
}

function imageLines({ fromRevision, toRevision }: UndoReview): readonly LineView[] {
  if (fromRevision === undefined) return [];
  const before = new Map(fromRevision.images.map(({ container, image }) => [container, image]));
  return toRevision.images
    .filter(({ container, image }) => before.get(container) !== image)
    .map(({ container, image }) => ({
      mark: "change",
      text: say.imageChange(container, before.get(container), image),
    }));
}

const isNotRestored = ({ kind }: UndoRisk): boolean => kind === "not-restored";

function checksSection(review: UndoReview): readonly SectionView[] {
  const lines = review.risks
    .filter((risk) => !isNotRestored(risk))
    .flatMap((risk) => riskLines(risk, review));
  return lines.length === 0 ? [] : [{ heading: rollback.checksHeading(), lines }];
}

function notRestoredSection(review: UndoReview): SectionView {
  const lines = review.risks.filter(isNotRestored).flatMap((risk) => riskLines(risk, review));
  return {
    heading: say.notRestoredHeading(),
    lines: [...lines, levelLine("note", [configNotRestored()])],
  };
}

function riskLines(risk: UndoRisk, review: UndoReview): readonly LineView[] {
  if (risk.kind !== "images") return [levelLine(undoRiskLevel(risk), undoRiskWords(risk, review))];
  return risk.answers.map((answer) =>
    levelLine(undoRiskLevel({ kind: "images", answers: [answer] }), risks.imageAnswer(answer)),
  );
}

function confirmView(
  { snapshot }: RolloutModel,
  { review, alert }: Reviewed,
  deeds: Deeds,
): NonNullable<SideView["confirm"]> {
  const { name } = review.subject.workload;
  const { revision, uid } = review.to;
  const isWithoutLease = alert?.kind === "no-lease";
  const isPaused = snapshot.workload?.isPaused === true;
  return {
    review: undoConfirmation(review, alert),
    button: {
      id: "confirm",
      label: rollback.isForward(review) ? say.undoForwardTo(revision) : say.undoTo(revision),
      look: "primary",
      ...(isPaused ? { isDisabled: true, tooltip: say.resumeFirst() } : {}),
    },
    ...(review.needsTypedName || isWithoutLease
      ? {
          typing: {
            label: isWithoutLease ? say.typeToUndoWithout(name) : say.typeWorkload(name),
            placeholder: rollback.typePlaceholder(name),
            expected: name,
          },
        }
      : {}),
    reason: { label: say.whyUndo(), placeholder: say.whyUndoPlaceholder() },
    others: [deeds.action({ kind: "undo-to", uid }, rollback.reviewAgain())],
  };
}
