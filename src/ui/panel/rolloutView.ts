import type { SideView } from "../../protocol/panel.ts";
import { diagnosisWords } from "../messages/diagnosis.ts";
import * as history from "../messages/history.ts";
import * as rollback from "../messages/rollbackReview.ts";
import * as run from "../messages/rollbackRun.ts";
import * as say from "../messages/rolloutHistory.ts";
import * as review from "../messages/rolloutReview.ts";
import { whyRollout } from "../messages/rolloutRun.ts";
import * as why from "../messages/why.ts";
import { Deeds } from "./deeds.ts";
import { rolloutBanners } from "./rolloutBannerViews.ts";
import { resumeCommand } from "./rolloutCommands.ts";
import type { RolloutModel, RolloutSide } from "./rolloutModel.ts";
import { undoReviewView } from "./rolloutReviewView.ts";
import { livePods, undoRunView } from "./rolloutRunView.ts";
import { rolloutTable, rowKeys } from "./rolloutTableView.ts";
import { emptySide, type ShownPanel } from "./view.ts";

/** Draws the whole panel of a workload. It asks nobody and decides nothing. */
export function rolloutView(model: RolloutModel): ShownPanel {
  const { snapshot, chosen, language, run: current } = model;
  const deeds = new Deeds();
  const selected = rowOf(model, current === undefined ? chosen : current.order.to.uid);
  const view = {
    title: say.workloadWords(snapshot.subject.workload),
    place: say.rolloutPlace(snapshot.subject),
    liveness: history.livenessChip(snapshot.liveness),
    actions: [
      deeds.action({ kind: "refresh" }, history.refresh(), "link"),
      deeds.action({ kind: "copy-link" }, history.copyLink(), "link"),
    ],
    banners: rolloutBanners(model, deeds),
    table: rolloutTable(model, deeds),
    ...(selected === undefined ? {} : { selected }),
    side: sideView(model, deeds),
    language,
  };
  return { view, deeds: deeds.byId };
}

/** The row of an object, whose number changes when somebody goes back to it; one without a number is never chosen. */
function rowOf({ snapshot: { entries } }: RolloutModel, uid: string | undefined): number | undefined {
  const index = entries.findIndex(({ revision }) => revision.object.uid === uid);
  const row = index === -1 ? undefined : rowKeys(entries)[index];
  return row === undefined || row < 1 ? undefined : row;
}

function sideView(model: RolloutModel, deeds: Deeds): SideView {
  const { run: current, side } = model;
  if (current !== undefined) return undoRunView(model, current, deeds);
  switch (side.kind) {
    case "nothing":
      return nothingView(model, deeds);
    case "reading":
      return {
        ...emptySide("reading", `reading ${side.to.uid}`),
        heading: [review.readingUndo(side.to.revision)],
        intro: rollback.readingReviewIntro(),
      };
    case "review":
      return undoReviewView(model, side, deeds);
    case "unreviewed":
      return unreviewedView(model, side, deeds);
    case "why":
      return whyView(model, side, deeds);
  }
}

function nothingView({ snapshot }: RolloutModel, deeds: Deeds): SideView {
  const { entries, recommendation, workload } = snapshot;
  if (entries.length === 0) return { ...emptySide("nothing", "empty"), heading: [] };
  const isAlone = entries.length === 1 || workload?.historyLimit === 0;
  return {
    ...emptySide("nothing", isAlone ? "alone" : "nothing"),
    heading: [isAlone ? say.nothingToGoBackTo() : history.chooseOne()],
    intro: say.undoRecommendation(recommendation),
    sections: livePods(snapshot, deeds),
  };
}

function unreviewedView(
  { snapshot }: RolloutModel,
  { to, error }: RolloutSide & { readonly kind: "unreviewed" },
  deeds: Deeds,
): SideView {
  const resume = resumeCommand(snapshot.subject.workload);
  return {
    ...emptySide("notice", `unreviewed ${to.uid} ${error.reason}`),
    mark: error.reason === "same-template" ? "info" : "warn",
    heading: [review.noUndoReview(to.revision, error)],
    intro: error.reason === "not-known-who" ? rollback.notKnownWho() : review.undoReviewError(error),
    ...(error.reason === "paused"
      ? {
          command: {
            text: resume,
            copy: deeds.action({ kind: "copy", text: resume }, rollback.copy(), "link"),
          },
        }
      : {}),
    actions: [
      deeds.action({ kind: "undo-to", uid: to.uid }, rollback.reviewAgain()),
      deeds.action({ kind: "show-log" }, run.showLog()),
    ],
  };
}

function whyView(
  { snapshot }: RolloutModel,
  { diagnosis }: RolloutSide & { readonly kind: "why" },
  deeds: Deeds,
): SideView {
  const heading = [whyRollout()];
  if (diagnosis === undefined) {
    return {
      ...emptySide("reading", "why"),
      heading,
      intro: why.looking(),
      sections: livePods(snapshot, deeds),
    };
  }
  const { cause, evidence, next } = diagnosisWords(diagnosis);
  const { recommendation } = snapshot;
  return {
    ...emptySide("notice", "why known"),
    heading,
    sections: [
      { heading: run.causeHeading(), lines: [{ text: [cause] }], ...(evidence === "" ? {} : { evidence }) },
      {
        heading: run.nextHeading(),
        lines: next.map((one) => ({ text: [one] })),
        actions:
          recommendation.kind === "revision"
            ? [
                deeds.action(
                  { kind: "undo-to", uid: recommendation.uid },
                  review.reviewUndoTo(recommendation.revision),
                  "primary",
                ),
              ]
            : [],
      },
      ...livePods(snapshot, deeds),
    ],
    actions: [deeds.action({ kind: "show-log" }, run.showLog())],
  };
}
