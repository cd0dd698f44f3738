import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import type { RollbackOutcome, RollbackPhase } from "../../app/rollbackOutcome.ts";
import type { ActionView, SectionView, SideView } from "../../protocol/panel.ts";
import { notChoosable } from "../messages/revisionRow.ts";
import * as say from "../messages/rollbackRun.ts";
import { commitOf } from "./bannerViews.ts";
import { causeActions } from "./causeActions.ts";
import type { Deeds } from "./deeds.ts";
import type { PanelModel } from "./model.ts";
import { podsSections } from "./podsView.ts";
import type { RunOrder, RunState } from "./rollbackRuns.ts";
import {
  earlySection,
  failureSections,
  holdLine,
  itemLines,
  revertLines,
  runningLines,
  sheetActions,
  shownHold,
  showLog,
  stopWatching,
  type ItemWords,
} from "./runSheet.ts";

/** A rollback under way, or what became of it. The list of promises is the same in both. */
export function runView(model: PanelModel, run: RunState, deeds: Deeds): SideView {
  if (run.kind === "running") return runningView(model, run, deeds);
  const { outcome } = run;
  switch (outcome.kind) {
    case "proven":
      return provenView(model.snapshot, { ...run, outcome }, deeds);
    case "not-proven":
      return notProvenView(model.snapshot, { ...run, outcome }, deeds);
    case "nothing-runs":
      return {
        ...sideOf(run.order, "not-proven", "nothing-runs"),
        mark: "warn",
        heading: say.nothingRunsHeading(run.order),
        intro: say.nothingRunsIntro(outcome.revision),
        sections: [
          { lines: itemLines(outcome.items, wordsOf(run.order)) },
          ...afterwards(model.snapshot, { ...run, outcome }, deeds),
        ],
        actions: sheetActions(deeds),
      };
    case "cancelled":
      return {
        ...sideOf(run.order, "notice", "cancelled"),
        mark: "warn",
        heading: say.notWatchedHeading(run.order),
        intro: say.cancelledWords(outcome.truth, run.order),
        actions: [showLog(deeds)],
      };
    default:
      // Whatever was not even begun stands beside the review again.
      return { ...sideOf(run.order, "nothing", "not-begun"), heading: [] };
  }
}

const sideOf = (order: RunOrder, kind: SideView["kind"], key: string): Omit<SideView, "heading"> => ({
  kind,
  key: `${key} ${order.release.release} ${order.revision}`,
  sections: [],
  actions: [],
});

function runningView(
  { pods }: PanelModel,
  { order, phase, isStopping }: RunState & { readonly kind: "running" },
  deeds: Deeds,
): SideView {
  const live = phase === undefined || pods === undefined ? [] : podsSections(pods, order.release, deeds);
  return {
    ...sideOf(order, "running", "running"),
    mark: "run",
    heading: say.runningHeading(order, phase),
    sections: [
      {
        lines:
          phase === undefined
            ? []
            : runningLines(phase.items, wordsOf(order), currentDetail(phase, live.length > 0)),
      },
      ...live,
      ...(phase?.diagnosis === undefined ? [] : [earlySection(phase.diagnosis)]),
    ],
    actions: [stopWatching(isStopping, deeds)],
    note: say.goesOnNote(order.isFollowed),
  };
}

/** The pods stand below on their own where they are live. */
function currentDetail(phase: RollbackPhase, arePodsLive: boolean): ReturnType<typeof say.phaseDetail> {
  return say.phaseDetail(arePodsLive ? { ...phase, pods: [] } : phase);
}

const wordsOf = (order: RunOrder): ItemWords => ({
  words: (item) => say.itemWords(item, order),
  facts: say.itemFacts,
});

type Ended<K extends RollbackOutcome["kind"]> = RunState & {
  readonly kind: "ended";
  readonly outcome: RollbackOutcome & { readonly kind: K };
};

function provenView(snapshot: HistorySnapshot, run: Ended<"proven">, deeds: Deeds): SideView {
  const { order, outcome, at } = run;
  return {
    ...sideOf(order, "proven", "proven"),
    mark: "ok",
    heading: say.provenHeading(order, at),
    sections: [{ lines: itemLines(outcome.items, wordsOf(order)) }, ...afterwards(snapshot, run, deeds)],
    actions: sheetActions(deeds),
  };
}

/** What remains to be done once a commit was taken away. */
function afterwards(
  { hold: seen }: HistorySnapshot,
  { order, outcome, isHoldSeen }: Ended<"proven" | "nothing-runs">,
  deeds: Deeds,
): readonly SectionView[] {
  const { undone } = order;
  const truth = outcome.kind === "proven" ? outcome.hold : undefined;
  const hold = shownHold(seen, { truth, isHoldSeen: isHoldSeen === true });
  if (hold === undefined && truth === undefined && undone.length === 0) return [];
  return [
    {
      heading: say.afterwardsHeading(),
      lines: [holdLine(hold, { truth, subject: order.subject }, deeds), ...revertLines(undone.length, deeds)],
    },
  ];
}

function notProvenView(
  snapshot: HistorySnapshot,
  { order, outcome }: Ended<"not-proven">,
  deeds: Deeds,
): SideView {
  const { diagnosis, items } = outcome;
  return {
    ...sideOf(order, "not-proven", "not-proven"),
    mark: "bad",
    heading: say.notProvenHeading(order, outcome.record),
    alert: { look: "bad", text: [say.notProvenTruth(outcome, order)], actions: [] },
    sections: failureSections(diagnosis, {
      next: [...nextActions(snapshot, order, deeds), ...causeActions(diagnosis, order.release, deeds)],
      items: itemLines(items, wordsOf(order)),
    }),
    actions: sheetActions(deeds),
  };
}

function nextActions(snapshot: HistorySnapshot, order: RunOrder, deeds: Deeds): readonly ActionView[] {
  const instead = insteadOf(snapshot, order);
  const forward = isThere(snapshot, order.from.revision) ? order.from.revision : undefined;
  const look = instead === undefined ? "primary" : "secondary";
  return [
    ...(instead === undefined
      ? []
      : [deeds.action({ kind: "choose", revision: instead }, say.rollBackInstead(instead), "primary")]),
    ...(forward === undefined
      ? []
      : [deeds.action({ kind: "choose", revision: forward }, say.rollForward(forward), look)]),
    deeds.action({ kind: "choose", revision: order.to.revision }, say.tryAgain(order.to.revision)),
  ];
}

const isThere = ({ entries }: HistorySnapshot, revision: number): boolean =>
  entries.some((entry) => entry.label.revision === revision && notChoosable(entry, false) === undefined);

/** The next earlier revision that is sure to be of another commit than the one that did not work. */
export function insteadOf({ entries }: HistorySnapshot, { to }: Pick<RunOrder, "to">): number | undefined {
  return entries.find((entry) => {
    const commit = commitOf(entry);
    return (
      entry.label.revision < to.revision &&
      notChoosable(entry, false) === undefined &&
      !entry.wasRolledBackFrom &&
      commit !== undefined &&
      commit !== to.commit
    );
  })?.label.revision;
}
