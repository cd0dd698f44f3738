import type { PanelView, SideView } from "../../protocol/panel.ts";
import { diagnosisWords } from "../messages/diagnosis.ts";
import * as history from "../messages/history.ts";
import * as review from "../messages/rollbackReview.ts";
import * as run from "../messages/rollbackRun.ts";
import * as why from "../messages/why.ts";
import { bannerViews } from "./bannerViews.ts";
import { Deeds, type DeedsById } from "./deeds.ts";
import type { PanelModel, SideState } from "./model.ts";
import { removalView } from "./removalView.ts";
import { reviewView } from "./reviewView.ts";
import { runView } from "./runView.ts";
import { tableView } from "./tableView.ts";

/** What is shown, and what its buttons do. */
export interface ShownPanel {
  readonly view: PanelView;
  readonly deeds: DeedsById;
}

/** Draws the whole panel. It asks nobody and decides nothing. */
export function panelView(model: PanelModel): ShownPanel {
  const { snapshot, chosen, language } = model;
  const deeds = new Deeds();
  const selected = model.run?.order.to.revision ?? chosen;
  const view: PanelView = {
    title: history.panelHeading(snapshot.subject),
    place: history.placeWords(snapshot.subject),
    liveness: history.livenessChip(snapshot.liveness),
    actions: [
      deeds.action({ kind: "refresh" }, history.refresh(), "link"),
      deeds.action({ kind: "copy-link" }, history.copyLink(), "link"),
    ],
    banners: bannerViews(model, deeds),
    table: tableView(model, deeds),
    ...(selected === undefined ? {} : { selected }),
    side: sideView(model, deeds),
    language,
  };
  return { view, deeds: deeds.byId };
}

function sideView(model: PanelModel, deeds: Deeds): SideView {
  const { run: current, side } = model;
  if (current !== undefined) return runView(model, current, deeds);
  switch (side.kind) {
    case "nothing":
      return nothingView(model);
    case "reading":
      return {
        ...emptySide("reading", `reading ${side.to}`),
        heading: [review.readingReview(side.to)],
        intro: review.readingReviewIntro(),
      };
    case "review":
      return reviewView(model, side, deeds);
    case "unreviewed":
      return unreviewedView(side, deeds);
    case "removal":
      return removalView(model, side, deeds);
    case "why":
      return whyView(side, deeds);
  }
}

/** A side with nothing in it but what it is about. */
export const emptySide = (kind: SideView["kind"], key: string): Omit<SideView, "heading"> => ({
  kind,
  key,
  sections: [],
  actions: [],
});

function nothingView({ snapshot }: PanelModel): SideView {
  if (snapshot.entries.length === 0) return { ...emptySide("nothing", "empty"), heading: [] };
  return {
    ...emptySide("nothing", "nothing"),
    heading: [history.chooseOne()],
    intro: history.recommendationWords(snapshot.recommendation),
  };
}

function unreviewedView({ to, error }: SideState & { readonly kind: "unreviewed" }, deeds: Deeds): SideView {
  return {
    ...emptySide("notice", `unreviewed ${to}`),
    mark: "warn",
    heading: [review.noReviewHeading(to)],
    intro: error.reason === "not-known-who" ? review.notKnownWho() : review.reviewErrorWords(error),
    actions: [
      deeds.action({ kind: "review-again", revision: to }, review.reviewAgain()),
      deeds.action({ kind: "show-log" }, run.showLog()),
    ],
  };
}

function whyView({ revision, diagnosis }: SideState & { readonly kind: "why" }, deeds: Deeds): SideView {
  const heading = [why.heading(revision)];
  if (diagnosis === undefined) {
    return { ...emptySide("reading", `why ${revision}`), heading, intro: why.looking() };
  }
  const { cause, evidence, next } = diagnosisWords(diagnosis);
  return {
    ...emptySide("notice", `why ${revision} known`),
    heading,
    sections: [
      {
        heading: run.causeHeading(),
        lines: [{ text: [cause] }],
        ...(evidence === "" ? {} : { evidence }),
      },
      { heading: run.nextHeading(), lines: next.map((one) => ({ text: [one] })) },
    ],
    actions: [deeds.action({ kind: "show-log" }, run.showLog())],
  };
}
