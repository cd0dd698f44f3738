import type { RollbackReview } from "../../app/rollbackOutcome.ts";
import { commandLine } from "../../domain/plainText.ts";
import { riskLevel } from "../../domain/risks.ts";
import type { RangeCommit, Risk, RiskLevel } from "../../domain/rollback.ts";
import type { BannerView, LineView, Mark, SectionView, SideView } from "../../protocol/panel.ts";
import { deployerSentence } from "../messages/deployer.ts";
import { chosenByHand, recommendationWords } from "../messages/history.ts";
import { notBegunWords, type NotBegun } from "../messages/rollbackAlert.ts";
import * as risks from "../messages/risks.ts";
import * as say from "../messages/rollbackReview.ts";
import { spokenLevel } from "../messages/spoken.ts";
import { isAtWork } from "./bannerViews.ts";
import type { Deeds } from "./deeds.ts";
import type { PanelModel } from "./model.ts";

const COMMITS_SHOWN = 30;
const OBJECTS_SHOWN = 12;

/** What a confirmation names: the review, and whether it is confirmed that it is done without the operation Lease. */
export const confirmationOf = ({ id }: RollbackReview, alert: NotBegun | undefined): string =>
  alert?.kind === "no-lease" ? `${id}/without-lease` : id;

/** Everything that a person reads before they say yes. */
export function reviewView(
  model: PanelModel,
  { review, alert }: { readonly review: RollbackReview; readonly alert?: NotBegun },
  deeds: Deeds,
): SideView {
  const { recommendation } = model.snapshot;
  const isRecommended = recommendation.kind === "revision" && recommendation.revision === review.to.revision;
  return {
    kind: "review",
    key: `review ${confirmationOf(review, alert)}`,
    heading: say.reviewHeading(review),
    intro: isRecommended ? recommendationWords(recommendation) : chosenByHand(),
    ...(alert === undefined ? {} : { alert: alertView(review, alert) }),
    sections: [
      ...commitSections(review),
      changesSection(review, deeds),
      checksSection(review),
      notUndoneSection(review),
    ].filter((section) => section !== undefined),
    confirm: confirmView(model, { review, alert }, deeds),
    ...(review.command === undefined ? {} : { command: commandView(review.command, deeds) }),
    actions: [],
  };
}

const alertView = ({ subject }: RollbackReview, alert: NotBegun): BannerView => ({
  look: alert.kind === "cancelled" ? "info" : "warning",
  text: [notBegunWords(alert, subject.release.release)],
  actions: [],
});

function commitSections(review: RollbackReview): readonly SectionView[] {
  const { commits } = review;
  if (commits.kind !== "known") {
    return [{ heading: say.commitsHeading(), lines: [{ text: [say.noCommits(commits, review)] }] }];
  }
  const { undone, returning, isCut } = commits;
  if (undone.length === 0 && returning.length === 0) {
    return [{ heading: say.commitsHeading(), lines: [{ text: [say.noCommitDiffers()] }] }];
  }
  const section = (heading: string, all: readonly RangeCommit[]): readonly SectionView[] =>
    all.length === 0 ? [] : [{ heading, lines: commitLines(all, isCut) }];
  return [
    ...section(say.undoneHeading(undone), undone),
    ...section(say.returningHeading(returning), returning),
  ];
}

export function commitLines(all: readonly RangeCommit[], isCut: boolean): readonly LineView[] {
  const lines = all.slice(0, COMMITS_SHOWN).map((commit): LineView => ({
    text: say.rangeCommit(commit),
    ...(commit.migrations.length === 0 ? {} : { chips: [say.migrationChip(commit)] }),
  }));
  const more = all.length - lines.length;
  return more > 0 || isCut ? [...lines, { text: [say.moreCommits(Math.max(more, 1), isCut)] }] : lines;
}

function changesSection(review: RollbackReview, deeds: Deeds): SectionView {
  const { objects, values } = review;
  const heading = say.changesHeading();
  if (objects.length === 0 && values.length === 0) return { heading, lines: [{ text: [say.noChange()] }] };
  const shown = objects
    .slice(0, OBJECTS_SHOWN)
    .map((change): LineView => ({ mark: "change", text: say.objectChange(change) }));
  const more = objects.length - shown.length;
  const detail = say.valueDetail(values);
  return {
    heading,
    lines: [
      ...shown,
      ...(more > 0 ? [{ text: [say.moreObjects(more)] }] : []),
      ...(values.length === 0
        ? []
        : [
            {
              mark: "change",
              text: say.valueChanges(values),
              ...(detail === undefined ? {} : { detail }),
            } as const,
          ]),
    ],
    actions: [deeds.action({ kind: "open-diff", review: review.id }, say.openDiff(), "link")],
  };
}

/** What helm never takes back; everything else that is to be known is a check. */
const isNotUndone = ({ kind }: Risk): boolean => kind === "crds" || kind === "hooks" || kind === "volumes";

function checksSection(review: RollbackReview): SectionView | undefined {
  const lines = review.risks.filter((risk) => !isNotUndone(risk)).flatMap((risk) => riskLines(risk, review));
  const problem = review.toolProblem;
  const all: readonly LineView[] =
    problem === undefined ? lines : [...lines, levelLine("danger", [deployerSentence(problem)])];
  return all.length === 0 ? undefined : { heading: say.checksHeading(), lines: all };
}

function notUndoneSection(review: RollbackReview): SectionView {
  const lines = review.risks.filter(isNotUndone).flatMap((risk) => riskLines(risk, review));
  return { heading: say.notUndoneHeading(), lines: [levelLine("note", [risks.dataNotUndone()]), ...lines] };
}

function riskLines(risk: Risk, review: RollbackReview): readonly LineView[] {
  if (risk.kind !== "images") return [levelLine(riskLevel(risk), risks.riskWords(risk, review))];
  return risk.answers.map((answer) =>
    levelLine(riskLevel({ kind: "images", answers: [answer] }), risks.imageAnswer(answer)),
  );
}

export const levelLine = (level: RiskLevel, text: LineView["text"]): LineView => ({
  mark: MARKS[level],
  spoken: spokenLevel(level),
  text,
});

const MARKS: Readonly<Record<RiskLevel, Mark>> = { fine: "ok", note: "info", warning: "warn", danger: "bad" };

function confirmView(
  { snapshot, now }: PanelModel,
  { review, alert }: { readonly review: RollbackReview; readonly alert: NotBegun | undefined },
  deeds: Deeds,
): NonNullable<SideView["confirm"]> {
  const { release } = review.subject.release;
  const isWithoutLease = alert?.kind === "no-lease";
  const isBusy = isAtWork(snapshot, now);
  const revision = review.to.revision;
  return {
    review: confirmationOf(review, alert),
    button: {
      id: "confirm",
      label: say.isForward(review) ? say.rollForwardTo(revision) : say.rollBackTo(revision),
      look: "primary",
      ...(isBusy || review.command === undefined ? { isDisabled: true } : {}),
      ...(isBusy ? { tooltip: say.waitForHelm() } : {}),
    },
    ...(review.needsTypedName || isWithoutLease
      ? {
          typing: {
            label: isWithoutLease ? say.typeToGoWithout(release) : say.typeName(release),
            placeholder: say.typePlaceholder(release),
            expected: release,
          },
        }
      : {}),
    others: [deeds.action({ kind: "review-again", revision }, say.reviewAgain())],
  };
}

function commandView(command: readonly string[], deeds: Deeds): NonNullable<SideView["command"]> {
  const text = commandLine(command);
  return { text, copy: deeds.action({ kind: "copy", text }, say.copy(), "link") };
}
