import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import type { HoldTruth, ProofItem, RollbackOutcome, RollbackPhase } from "../../app/rollbackOutcome.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import type { EnvironmentHold } from "../../domain/hold.ts";
import type { ActionView, LineView, SectionView, SideView } from "../../protocol/panel.ts";
import { clusterSentence } from "../messages/cluster.ts";
import { diagnosisWords, prospectSentence } from "../messages/diagnosis.ts";
import { liftHold } from "../messages/historyBanners.ts";
import { notChoosable } from "../messages/revisionRow.ts";
import * as say from "../messages/rollbackRun.ts";
import { commitOf } from "./bannerViews.ts";
import type { Deeds } from "./deeds.ts";
import type { PanelModel } from "./model.ts";
import { podsSections } from "./podsView.ts";
import type { RunOrder, RunState } from "./rollbackRuns.ts";

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
          { lines: itemLines(outcome.items, run.order) },
          ...afterwards(model.snapshot, { ...run, outcome }, deeds),
        ],
        actions: [deeds.action({ kind: "copy-proof" }, say.copyAsMarkdown()), showLog(deeds)],
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

const showLog = (deeds: Deeds): ActionView => deeds.action({ kind: "show-log" }, say.showLog());

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
      { lines: phase === undefined ? [] : runningLines(phase, order, live.length > 0) },
      ...live,
      ...(phase?.diagnosis === undefined ? [] : [earlySection(phase.diagnosis)]),
    ],
    actions: [
      deeds.action({ kind: "stop-watching" }, isStopping ? say.stopping() : say.stopWatching(), "secondary", {
        ...(isStopping ? { isDisabled: true } : {}),
      }),
    ],
    note: say.goesOnNote(order.isFollowed),
  };
}

/** What changes from second to second stands below the line that it belongs to; the pods do so where they are live. */
function runningLines(phase: RollbackPhase, order: RunOrder, arePodsLive: boolean): readonly LineView[] {
  const detail = say.phaseDetail(arePodsLive ? { ...phase, pods: [] } : phase);
  const current = phase.items.findLast(({ state }) => state === "running");
  return phase.items.map((item) => {
    const line = itemLine(item, order);
    return item === current && detail !== undefined ? { ...line, detail } : line;
  });
}

const itemLines = (items: readonly ProofItem[], order: RunOrder): readonly LineView[] =>
  items.map((item) => itemLine(item, order));

function itemLine(item: ProofItem, order: RunOrder): LineView {
  const facts = say.itemFacts(item);
  return {
    mark: say.itemMark(item.state),
    spoken: say.spokenMark(item.state),
    text: say.itemWords(item, order),
    ...(facts === "" ? {} : { detail: [facts] }),
  };
}

export const earlySection = (diagnosis: Diagnosis): SectionView => ({
  heading: say.causeHeading(),
  lines: [{ mark: "warn", text: [diagnosisWords(diagnosis).cause] }, { text: [prospectSentence(diagnosis)] }],
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
    sections: [{ lines: itemLines(outcome.items, order) }, ...afterwards(snapshot, run, deeds)],
    actions: [deeds.action({ kind: "copy-proof" }, say.copyAsMarkdown()), showLog(deeds)],
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
  // The watch may be a moment behind what has just been written.
  const hold = seen ?? (truth?.kind === "placed" && !isHoldSeen ? truth.hold : undefined);
  if (hold === undefined && truth === undefined && undone.length === 0) return [];
  const revert = deeds.action({ kind: "revert-commits" }, say.revertCommits(undone.length), "link");
  return [
    {
      heading: say.afterwardsHeading(),
      lines: [
        holdLine(hold, { truth, subject: order.subject }, deeds),
        ...(undone.length === 0
          ? []
          : [{ mark: "info", text: [say.revertReminder()], actions: [revert] } as const]),
      ],
    },
  ];
}

export function holdLine(
  hold: EnvironmentHold | undefined,
  { truth, subject }: { readonly truth: HoldTruth | undefined; readonly subject: string },
  deeds: Deeds,
): LineView {
  if (hold !== undefined) {
    const lift = deeds.action({ kind: "lift-hold", nonce: hold.nonce }, liftHold(), "link");
    return { mark: "info", text: say.holdNote(subject, hold.undone), actions: [lift] };
  }
  return truth?.kind === "failed"
    ? { mark: "warn", text: [say.holdFailed(subject, clusterSentence(truth.error))] }
    : { mark: "info", text: [say.holdLifted(subject)] };
}

function notProvenView(
  snapshot: HistorySnapshot,
  { order, outcome }: Ended<"not-proven">,
  deeds: Deeds,
): SideView {
  const { cause, evidence, next } = diagnosisWords(outcome.diagnosis);
  return {
    ...sideOf(order, "not-proven", "not-proven"),
    mark: "bad",
    heading: say.notProvenHeading(order, outcome.record),
    alert: { look: "bad", text: [say.notProvenTruth(outcome, order)], actions: [] },
    sections: [
      {
        heading: say.causeHeading(),
        lines: [{ text: [cause] }],
        ...(evidence === "" ? {} : { evidence }),
      },
      {
        heading: say.nextHeading(),
        lines: next.map((one) => ({ text: [one] })),
        actions: nextActions(snapshot, order, deeds),
      },
      { heading: say.proofHeading(), lines: itemLines(outcome.items, order) },
    ],
    actions: [deeds.action({ kind: "copy-proof" }, say.copyAsMarkdown()), showLog(deeds)],
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
