import type { RolloutSnapshot } from "../../app/rolloutSnapshot.ts";
import type { UndoOutcome, UndoPhase } from "../../app/undoOutcome.ts";
import type { ActionView, SectionView, SideView } from "../../protocol/panel.ts";
import * as run from "../messages/rollbackRun.ts";
import { notUndoTarget } from "../messages/rolloutRow.ts";
import * as say from "../messages/rolloutRun.ts";
import type { Deeds } from "./deeds.ts";
import { podsSection } from "./podsView.ts";
import type { RolloutModel } from "./rolloutModel.ts";
import { keyOfWorkload, type UndoOrder, type UndoRun } from "./rolloutRuns.ts";
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

/** An undo under way, or what became of it. The list of promises is the same in both. */
export function undoRunView({ snapshot }: RolloutModel, current: UndoRun, deeds: Deeds): SideView {
  if (current.kind === "running") return runningView(current, deeds);
  const { outcome, order } = current;
  switch (outcome.kind) {
    case "proven":
      return {
        ...sideOf(order, "proven", "proven"),
        mark: "ok",
        heading: say.undoneHeading(order, outcome.revision, current.at),
        sections: [
          { lines: itemLines(outcome.items, wordsOf(order)) },
          ...afterwards(snapshot, { ...current, outcome }, deeds),
          ...livePods(snapshot, deeds),
        ],
        actions: sheetActions(deeds),
      };
    case "not-proven":
      return notProvenView(snapshot, { ...current, outcome }, deeds);
    case "nothing-runs":
      return {
        ...sideOf(order, "not-proven", "nothing-runs"),
        mark: "warn",
        heading: say.nothingRunsUndone(order),
        intro: say.nothingRunsUndoIntro(outcome.revision),
        sections: [{ lines: itemLines(outcome.items, wordsOf(order)) }],
        actions: sheetActions(deeds),
      };
    case "cancelled":
      return {
        ...sideOf(order, "notice", "cancelled"),
        mark: "warn",
        heading: say.undoUnwatchedHeading(order),
        intro: say.undoCancelled(outcome.truth),
        sections: livePods(snapshot, deeds),
        actions: [showLog(deeds)],
      };
    default:
      // Whatever was not even begun stands beside the review again.
      return { ...sideOf(order, "nothing", "not-begun"), heading: [] };
  }
}

const sideOf = (order: UndoOrder, kind: SideView["kind"], key: string): Omit<SideView, "heading"> => ({
  kind,
  key: `${key} ${keyOfWorkload(order.subject.workload)} ${order.startedAt}`,
  sections: [],
  actions: [],
});

function runningView(
  { order, phase, isStopping }: UndoRun & { readonly kind: "running" },
  deeds: Deeds,
): SideView {
  return {
    ...sideOf(order, "running", "running"),
    mark: "run",
    heading: say.undoingHeading(order, phase),
    sections: [
      {
        lines:
          phase === undefined ? [] : runningLines(phase.items, wordsOf(order), say.undoPhaseDetail(phase)),
      },
      ...(phase?.diagnosis === undefined ? [] : [earlySection(phase.diagnosis)]),
      ...(phase === undefined || phase.pods.length === 0
        ? []
        : [podsSection(phase.pods, order.subject.workload, deeds, countOf(phase))]),
    ],
    actions: [stopWatching(isStopping, deeds)],
    note: say.undoGoesOn(order.isFollowed === true),
  };
}

const countOf = ({
  ready,
  wanted,
}: UndoPhase): { readonly ready: number; readonly wanted: number } | undefined =>
  ready === undefined || wanted === undefined ? undefined : { ready, wanted };

const wordsOf = (order: UndoOrder): ItemWords => ({
  words: (item) => say.undoItemWords(item, order),
  facts: say.undoItemFacts,
});

/** The pods that are there now; none where nobody knows. */
export function livePods({ pods, subject, liveness }: RolloutSnapshot, deeds: Deeds): readonly SectionView[] {
  if (liveness.kind !== "live" || pods.length === 0) return [];
  return [podsSection(pods, subject.workload, deeds)];
}

type Ended<K extends UndoOutcome["kind"]> = UndoRun & {
  readonly kind: "ended";
  readonly outcome: UndoOutcome & { readonly kind: K };
};

/** What remains to be done once a commit was taken away. */
function afterwards(
  { hold: seen, subject }: RolloutSnapshot,
  { order, outcome, isHoldSeen }: Ended<"proven">,
  deeds: Deeds,
): readonly SectionView[] {
  const { undone } = order;
  const { hold: truth } = outcome;
  const hold = shownHold(seen, { truth, isHoldSeen: isHoldSeen === true });
  const place = subject.place?.name;
  const ofHold =
    place === undefined || (hold === undefined && truth === undefined)
      ? []
      : [holdLine(hold, { truth, subject: place }, deeds)];
  const lines = [...ofHold, ...revertLines(undone.length, deeds)];
  return lines.length === 0 ? [] : [{ heading: run.afterwardsHeading(), lines }];
}

function notProvenView(
  snapshot: RolloutSnapshot,
  { order, outcome }: Ended<"not-proven">,
  deeds: Deeds,
): SideView {
  const { diagnosis, items } = outcome;
  return {
    ...sideOf(order, "not-proven", "not-proven"),
    mark: "bad",
    heading: say.undoFailedHeading(order),
    alert: { look: "bad", text: [say.undoTruth(outcome, order)], actions: [] },
    sections: [
      ...failureSections(diagnosis, {
        next: nextActions(snapshot, order, deeds),
        items: itemLines(items, wordsOf(order)),
      }),
      ...livePods(snapshot, deeds),
    ],
    actions: sheetActions(deeds),
  };
}

/** Another revision: the one that is recommended now, and the one that was there before. */
function nextActions(snapshot: RolloutSnapshot, order: UndoOrder, deeds: Deeds): readonly ActionView[] {
  const { recommendation, entries, subject } = snapshot;
  const instead =
    recommendation.kind === "revision" && recommendation.uid !== order.fromUid ? recommendation : undefined;
  const before = entries.find(
    (entry) =>
      entry.revision.object.uid === order.fromUid &&
      notUndoTarget(entry, subject.workload.kind) === undefined,
  );
  const look = instead === undefined ? "primary" : "secondary";
  return [
    ...(instead === undefined
      ? []
      : [deeds.action({ kind: "undo-to", uid: instead.uid }, say.undoInstead(instead.revision), "primary")]),
    ...(before === undefined
      ? []
      : [
          deeds.action(
            { kind: "undo-to", uid: before.revision.object.uid },
            say.returnTo(before.revision.revision),
            look,
          ),
        ]),
  ];
}
