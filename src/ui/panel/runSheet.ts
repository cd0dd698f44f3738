import type { HoldTruth } from "../../app/rollbackOutcome.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import type { EnvironmentHold } from "../../domain/hold.ts";
import type { ProofItem } from "../../domain/rollbackProof.ts";
import type { ActionView, LineView, Piece, SectionView } from "../../protocol/panel.ts";
import { clusterSentence } from "../messages/cluster.ts";
import { diagnosisWords, prospectSentence } from "../messages/diagnosis.ts";
import { liftHold } from "../messages/historyBanners.ts";
import { closedMark } from "../messages/proofSheet.ts";
import * as say from "../messages/rollbackRun.ts";
import type { Deeds } from "./deeds.ts";

/** What the sheet of a rollback and that of an undo show in the same way. */

/** What a kind of run says of its promises. */
export interface ItemWords {
  readonly words: (item: ProofItem) => readonly Piece[];
  /** Empty where the words say all. */
  readonly facts: (item: ProofItem) => string;
}

/** Of a run that is over: what was not reached is not to come any more. */
export const itemLines = (items: readonly ProofItem[], words: ItemWords): readonly LineView[] =>
  items.map((item) => ({ ...itemLine(item, words), spoken: closedMark(item.state) }));

/** What changes from second to second stands below the line that it belongs to. */
export function runningLines(
  items: readonly ProofItem[],
  words: ItemWords,
  detail: readonly Piece[] | undefined,
): readonly LineView[] {
  const current = items.findLast(({ state }) => state === "running");
  return items.map((item) => {
    const line = itemLine(item, words);
    return item === current && detail !== undefined ? { ...line, detail } : line;
  });
}

function itemLine(item: ProofItem, { words, facts: factsOf }: ItemWords): LineView {
  const facts = factsOf(item);
  return {
    mark: say.itemMark(item.state),
    spoken: say.spokenMark(item.state),
    text: words(item),
    ...(facts === "" ? {} : { detail: [facts] }),
  };
}

export const stopWatching = (isStopping: boolean, deeds: Deeds): ActionView =>
  deeds.action({ kind: "stop-watching" }, isStopping ? say.stopping() : say.stopWatching(), "secondary", {
    ...(isStopping ? { isDisabled: true } : {}),
  });

export const showLog = (deeds: Deeds): ActionView => deeds.action({ kind: "show-log" }, say.showLog());

export const sheetActions = (deeds: Deeds): readonly ActionView[] => [
  deeds.action({ kind: "copy-proof" }, say.copyAsMarkdown()),
  showLog(deeds),
];

export const earlySection = (diagnosis: Diagnosis): SectionView => ({
  heading: say.causeHeading(),
  lines: [{ mark: "warn", text: [diagnosisWords(diagnosis).cause] }, { text: [prospectSentence(diagnosis)] }],
});

/** Why it did not work, what can be done, and what is true now. */
export function failureSections(
  diagnosis: Diagnosis,
  { next: actions, items }: { readonly next: readonly ActionView[]; readonly items: readonly LineView[] },
): readonly SectionView[] {
  const { cause, evidence, next } = diagnosisWords(diagnosis);
  return [
    { heading: say.causeHeading(), lines: [{ text: [cause] }], ...(evidence === "" ? {} : { evidence }) },
    { heading: say.nextHeading(), lines: next.map((one) => ({ text: [one] })), actions },
    { heading: say.proofHeading(), lines: items },
  ];
}

/** The hold as the watch shows it, which may be a moment behind what has just been written. */
export const shownHold = (
  seen: EnvironmentHold | undefined,
  { truth, isHoldSeen }: { readonly truth: HoldTruth | undefined; readonly isHoldSeen: boolean },
): EnvironmentHold | undefined => seen ?? (truth?.kind === "placed" && !isHoldSeen ? truth.hold : undefined);

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

/** What was undone is still in the branch; none where no commit was taken away. */
export const revertLines = (count: number, deeds: Deeds): readonly LineView[] =>
  count === 0
    ? []
    : [
        {
          mark: "info",
          text: [say.revertReminder()],
          actions: [deeds.action({ kind: "revert-commits" }, say.revertCommits(count), "link")],
        },
      ];
