import { l10n } from "vscode";
import type { Diagnosis, DiagnosisCause, Evidence } from "../../domain/diagnosis.ts";
import type { EpochMs } from "../../domain/time.ts";
import { mayHealByItself } from "../../domain/healing.ts";
import { causeSentence } from "./diagnosisCause.ts";
import { nextSteps } from "./diagnosisSteps.ts";
import { shownLines } from "./text.ts";
import { localAndUtcSeconds } from "./time.ts";

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

/** What to expect of something that looks wrong while it is still waited for. */
export const prospectSentence = ({ cause }: { readonly cause: DiagnosisCause }): string =>
  mayHealByItself(cause)
    ? l10n.t("It may still heal by itself, so it is waited for.")
    : l10n.t("It does not look as if it would heal by itself; nothing is stopped for that.");

/** The cause of something that is still waited for, for a place that has no room for more. */
export const earlySentence = (diagnosis: Pick<Diagnosis, "cause">): string =>
  mayHealByItself(diagnosis.cause)
    ? l10n.t("{cause} It may still heal by itself.", { cause: diagnosisSentence(diagnosis) })
    : diagnosisSentence(diagnosis);

function evidenceLines({ kind, about, text, count, at }: Evidence): string {
  const lines = shownLines(text);
  const where = shownLines(about);
  switch (kind) {
    case "status":
    case "condition":
      return about === "" ? lines : `${where}\n${indented(lines)}`;
    case "event":
      return `${where}\n${indented(lines)}   (${counted(count ?? 1, at)})`;
    case "log":
      return `${l10n.t("last lines of the log of {what}:", { what: where })}\n${indented(lines)}`;
    case "helm":
      return `${l10n.t("helm says:")}\n${indented(lines)}`;
  }
}

/** Whether it is of now or of an hour ago tells much; in full, since a diagnosis is read later, too. */
function counted(count: number, at: EpochMs | undefined): string {
  const time = at === undefined ? "" : localAndUtcSeconds(at);
  if (at === undefined) return count <= 1 ? l10n.t("event") : l10n.t("event, {count} times", { count });
  return count <= 1
    ? l10n.t("event at {time}", { time })
    : l10n.t("event, {count} times, last at {time}", { count, time });
}

const indented = (lines: string): string =>
  lines
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
