import { l10n } from "vscode";
import type { UndoEnd, UndoOutcome, UndoPhase } from "../../app/undoOutcome.ts";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { ProofItem } from "../../domain/rollbackProof.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Piece } from "../../protocol/panel.ts";
import { code, pieces, plain, strong } from "./pieces.ts";
import { endWords } from "./rollbackReview.ts";
import { goesOnNote, itemWords } from "./rollbackRun.ts";
import { workloadWords } from "./rolloutHistory.ts";
import { localAndUtcSeconds, stopwatch } from "./time.ts";

/** What the sentences about an undo need to know of it. */
export interface UndoEnds {
  readonly subject: { readonly workload: WorkloadAddress };
  readonly from: UndoEnd;
  readonly to: UndoEnd;
}

/** `Undoing 6 → 4 · 00:14`. */
export const undoingHeading = ({ from, to }: UndoEnds, phase: UndoPhase | undefined): readonly Piece[] =>
  pieces("{what} {from} → {to} · {time}", {
    what: strong(l10n.t("Undoing")),
    from: from.revision < 1 ? l10n.t("what runs") : endWords(from),
    to: endWords(to),
    time: stopwatch(phase?.elapsed ?? 0),
  });

export const undoGoesOn = (isFollowed: boolean): string =>
  isFollowed
    ? goesOnNote(isFollowed)
    : l10n.t("The undo goes on if this panel or this window closes; the next window tells how it ended.");

/** A promise of the proof sheet; the same words before it is kept and after. */
export function undoItemWords(item: ProofItem, { subject: { workload }, to }: UndoEnds): readonly Piece[] {
  const name = workloadWords(workload);
  if (item.kind === "reread") {
    return pieces(l10n.t("{workload} read again: nothing has changed since the review"), {
      workload: code(name),
    });
  }
  return itemWords({ ...item, workload: item.workload ?? name }, { to, revision: to.revision });
}

/** What goes on below the promises while one watches. The pods have a list of their own. */
export function undoPhaseDetail({
  kind,
  ready,
  wanted,
  secondsLeft,
}: UndoPhase): readonly Piece[] | undefined {
  if (kind === "steady" && secondsLeft !== undefined) {
    return [l10n.t("{seconds} s more", { seconds: secondsLeft })];
  }
  return ready === undefined || wanted === undefined
    ? undefined
    : [l10n.t("{ready} of {wanted} ready", { ready, wanted })];
}

/** `Undone to 4 51d0c3e, as revision 7 · proven 09:14:52 (07:14:52 UTC)`. */
export const undoneHeading = ({ to }: UndoEnds, revision: number, at: EpochMs): readonly Piece[] =>
  pieces(l10n.t("{what}, now revision {revision} · proven {time}"), {
    what: [
      strong(l10n.t("Undone to {revision}", { revision: to.revision })),
      ...(to.commit === undefined ? [] : [" ", code(shortCommit(to.commit))]),
    ],
    revision,
    time: localAndUtcSeconds(at),
  });

export const undoFailedHeading = ({ to }: UndoEnds): readonly Piece[] => [
  strong(l10n.t("The undo to {revision} did not work.", { revision: to.revision })),
];

type NotProven = UndoOutcome & { readonly kind: "not-proven" };

/** What is true after it did not work: what was written, and whether old pods still serve. */
export function undoTruth({ revision, stillServing }: NotProven, { to, subject }: UndoEnds): string {
  const facts = { workload: workloadWords(subject.workload), to: to.revision, revision: revision ?? "" };
  const written =
    revision === undefined
      ? l10n.t(
          "The template of {to} was written to {workload}; the controller made no revision of it.",
          facts,
        )
      : l10n.t("{workload} has the template of {to}, now revision {revision}.", facts);
  return `${written} ${servingWords(stillServing)}`;
}

function servingWords(ready: number): string {
  if (ready === 0) return l10n.t("No older pod serves any more.");
  return ready === 1
    ? l10n.t("1 older pod still serves.")
    : l10n.t("{ready} older pods still serve.", { ready });
}

export const nothingRunsUndone = ({ to }: UndoEnds): readonly Piece[] => [
  strong(l10n.t("Undone to {revision}, and nothing runs", { revision: to.revision })),
];
export const nothingRunsUndoIntro = (revision: number): string =>
  l10n.t(
    "It has the template as wanted, now revision {revision}, but no pod of it is wanted, so nothing runs it. Scale it up to see it run; of a DaemonSet, look at which nodes it selects.",
    { revision },
  );

export const undoUnwatchedHeading = ({ to }: UndoEnds): readonly Piece[] => [
  strong(l10n.t("The undo to {revision} is not watched", { revision: to.revision })),
];

/** The person stopped watching: what is true then. */
export function undoCancelled({ kind }: (UndoOutcome & { readonly kind: "cancelled" })["truth"]): string {
  switch (kind) {
    case "nothing-done":
      return l10n.t("Stopped before anything was written. Nothing was changed.");
    case "not-awaited":
      return l10n.t(
        "The template was written, and the rollout goes on in the cluster; whether its pods run was not watched to the end. The list shows how it stands.",
      );
  }
}

export const undoInstead = (revision: number): string => l10n.t("Undo to {revision} instead", { revision });
export const returnTo = (revision: number): string => l10n.t("Return to {revision}", { revision });
export const whyRollout = (): string => l10n.t("Why the newest template does not run as it should");

/** Kinds whose figures say more than the words of the promise do. */
const OF_PODS: ReadonlySet<ProofItem["kind"]> = new Set([
  "observed",
  "images",
  "commit",
  "pods",
  "steady",
  "renumbered",
]);

/** Figures and names below a promise; of what is well, only those that the words have not said already. */
export const undoItemFacts = ({ kind, state, facts }: ProofItem): string =>
  state === "ok" && !OF_PODS.has(kind) ? "" : plain(facts);
