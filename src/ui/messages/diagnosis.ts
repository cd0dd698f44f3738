import { l10n } from "vscode";
import type { Diagnosis, DiagnosisCause, Evidence } from "../../domain/diagnosis.ts";
import { causeSentence } from "./diagnosisCause.ts";
import { nextSteps } from "./diagnosisSteps.ts";
import { shownLines } from "./text.ts";

/** A diagnosis in words: what happened to what, what says so, and what can be done next. None of it is markup. */
export interface DiagnosisWords {
  /** One or two sentences. */
  readonly cause: string;
  /** Lines of the cluster and of helm, as they are; empty where there are none. */
  readonly evidence: string;
  /** Sentences, the most promising first; at least one. */
  readonly next: readonly string[];
}

export const diagnosisWords = (diagnosis: Diagnosis): DiagnosisWords => ({
  cause: causeSentence(diagnosis.cause),
  evidence: diagnosis.evidence.map(evidenceLines).join("\n"),
  next: nextSteps(diagnosis.cause),
});

/** The cause in one sentence, for a place that has no room for more. */
export const diagnosisSentence = ({ cause }: { readonly cause: DiagnosisCause }): string =>
  causeSentence(cause);

function evidenceLines({ kind, about, text, count }: Evidence): string {
  const lines = shownLines(text);
  const where = shownLines(about);
  switch (kind) {
    case "status":
    case "condition":
      return about === "" ? lines : `${where}\n${indented(lines)}`;
    case "event":
      return `${where}\n${indented(lines)}   (${counted(count ?? 1)})`;
    case "log":
      return `${l10n.t("last lines of the log of {what}:", { what: where })}\n${indented(lines)}`;
    case "helm":
      return `${l10n.t("helm says:")}\n${indented(lines)}`;
  }
}

const counted = (count: number): string =>
  count <= 1 ? l10n.t("event") : l10n.t("event, {count} times", { count });

const indented = (lines: string): string =>
  lines
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
