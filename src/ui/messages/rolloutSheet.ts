import { l10n } from "vscode";
import type { UndoOutcome } from "../../app/undoOutcome.ts";
import type { ProofItem } from "../../domain/rollbackProof.ts";
import { visible } from "../../domain/plainText.ts";
import type { EpochMs } from "../../domain/time.ts";
import { diagnosisWords } from "./diagnosis.ts";
import { textOf } from "./pieces.ts";
import { closedMark, commitLine, escaped, quoted, SIGNS } from "./proofSheet.ts";
import { workloadWords } from "./rolloutHistory.ts";
import { undoItemFacts, undoItemWords, undoTruth, type UndoEnds } from "./rolloutRun.ts";
import { dateAndTimeSeconds } from "./time.ts";

/** An undo whose sheet is copied. */
export interface UndoSheetFacts extends UndoEnds {
  readonly undone: readonly { readonly commit: string; readonly subject?: string }[];
}

/** The proof sheet as Markdown, to be pasted into an issue or a chat: what was promised, and how it stands. */
export function undoSheet(facts: UndoSheetFacts, outcome: UndoOutcome, at: EpochMs): string {
  const { subject, from, to, undone } = facts;
  const items = "items" in outcome ? outcome.items : [];
  const where = l10n.t("{workload} · namespace {namespace} · context {context}", {
    workload: quoted(workloadWords(subject.workload)),
    namespace: quoted(subject.workload.namespace),
    context: quoted(subject.workload.context),
  });
  return [
    `**${heading(outcome, facts)}** · ${dateAndTimeSeconds(at)}`,
    `${where} · ${end(from)} → ${end(to)}`,
    "",
    ...items.map((item) => itemLine(item, facts)),
    ...(outcome.kind === "not-proven" ? diagnosisLines(outcome, facts) : []),
    ...(undone.length === 0 ? [] : ["", l10n.t("Undone:"), ...undone.map(commitLine)]),
    "",
  ].join("\n");
}

function heading(outcome: UndoOutcome, { subject, to }: UndoEnds): string {
  const facts = { workload: escaped(workloadWords(subject.workload)), to: to.revision };
  switch (outcome.kind) {
    case "proven":
      return l10n.t("{workload}: undone to {to}, now revision {revision}, proven", {
        ...facts,
        revision: outcome.revision,
      });
    case "nothing-runs":
      return l10n.t("{workload}: undone to {to}, and nothing runs", facts);
    default:
      return l10n.t("{workload}: the undo to {to} did not work", facts);
  }
}

const end = ({ revision, commit }: UndoEnds["to"]): string => {
  const number = revision < 1 ? l10n.t("what ran") : String(revision);
  return commit === undefined ? number : `${number} ${quoted(commit)}`;
};

function itemLine(item: ProofItem, ends: UndoEnds): string {
  const facts = undoItemFacts(item);
  const words = escaped(textOf(undoItemWords(item, ends)));
  return `- ${SIGNS[item.state]} ${closedMark(item.state)}: ${words}${facts === "" ? "" : ` — ${escaped(facts)}`}`;
}

function diagnosisLines(
  outcome: UndoOutcome & { readonly kind: "not-proven" },
  ends: UndoEnds,
): readonly string[] {
  const { cause, evidence } = diagnosisWords(outcome.diagnosis);
  const box = evidence === "" ? [] : ["", ...evidence.split("\n").map((line) => `    ${visible(line)}`)];
  return ["", `${escaped(cause)} ${escaped(undoTruth(outcome, ends))}`, ...box];
}
