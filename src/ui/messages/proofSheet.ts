import { l10n } from "vscode";
import type { ProofItem, RollbackOutcome } from "../../app/rollbackOutcome.ts";
import type { ReleaseRef } from "../../app/ports.ts";
import { visible } from "../../domain/plainText.ts";
import type { EpochMs } from "../../domain/time.ts";
import { diagnosisWords } from "./diagnosis.ts";
import { textOf } from "./pieces.ts";
import { itemFacts, itemWords, notProvenTruth, spokenMark, type RunEnds } from "./rollbackRun.ts";
import { dateAndTimeSeconds } from "./time.ts";

/** A rollback whose sheet is copied. */
export interface SheetFacts extends RunEnds {
  readonly release: ReleaseRef;
  readonly undone: readonly { readonly commit: string; readonly subject?: string }[];
}

/** How a promise stands, at a glance. */
export const SIGNS: Readonly<Record<ProofItem["state"], string>> = {
  ok: "✅",
  failed: "❌",
  running: "🔵",
  todo: "⬜",
  fact: "ℹ️",
};

/** Somebody's text inside Markdown: shown as it is, never markup, a link or a mention. */
export const escaped = (text: string): string =>
  visible(text.replaceAll(/\s+/gu, " ").trim())
    .replaceAll(/[\\`*_{}[\]()<>#+!|~&]/gu, (sign) => `\\${sign}`)
    .replaceAll("@", "@\u2060");

/** Somebody's text as code inside Markdown. */
export const quoted = (text: string): string => `\`${visible(text).replaceAll("`", "'")}\``;

/** The proof sheet as Markdown, to be pasted into an issue or a chat: what was promised, and how it stands. */
export function proofSheet(facts: SheetFacts, outcome: RollbackOutcome, at: EpochMs): string {
  const { release, from, to, subject, undone } = facts;
  const items = "items" in outcome ? outcome.items : [];
  const where = l10n.t("release {release} · namespace {namespace} · context {context}", {
    release: quoted(release.release),
    namespace: quoted(release.namespace),
    context: quoted(release.context),
  });
  const change = `${end(from)} → ${end(to)}`;
  return [
    `**${heading(outcome, escaped(subject), to.revision)}** · ${dateAndTimeSeconds(at)}`,
    `${where} · ${change}`,
    "",
    ...items.map((item) => itemLine(item, facts)),
    ...(outcome.kind === "not-proven" ? diagnosisLines(outcome, facts) : []),
    ...(undone.length === 0 ? [] : ["", l10n.t("Undone:"), ...undone.map(commitLine)]),
    "",
  ].join("\n");
}

function heading(outcome: RollbackOutcome, subject: string, revision: number): string {
  switch (outcome.kind) {
    case "proven":
      return l10n.t("{subject}: rolled back to {revision}, proven", { subject, revision });
    case "nothing-runs":
      return l10n.t("{subject}: rolled back to {revision}, and nothing runs", { subject, revision });
    case "not-proven":
      return outcome.record.kind === "unreadable"
        ? l10n.t("{subject}: whether the rollback to {revision} worked is not known", { subject, revision })
        : l10n.t("{subject}: the rollback to {revision} did not work", { subject, revision });
    default:
      return l10n.t("{subject}: the rollback to {revision} did not work", { subject, revision });
  }
}

const end = ({ revision, commit }: RunEnds["to"]): string =>
  commit === undefined ? String(revision) : `${revision} ${quoted(commit)}`;

/** In a sheet nothing is to come any more. */
export const closedMark = (state: ProofItem["state"]): string =>
  state === "todo" ? l10n.t("not reached") : spokenMark(state);

function itemLine(item: ProofItem, ends: RunEnds): string {
  const facts = itemFacts(item);
  return `- ${SIGNS[item.state]} ${closedMark(item.state)}: ${escaped(textOf(itemWords(item, ends)))}${facts === "" ? "" : ` — ${escaped(facts)}`}`;
}

function diagnosisLines(
  outcome: RollbackOutcome & { readonly kind: "not-proven" },
  ends: RunEnds,
): readonly string[] {
  const { cause, evidence } = diagnosisWords(outcome.diagnosis);
  const box = evidence === "" ? [] : ["", ...evidence.split("\n").map((line) => `    ${visible(line)}`)];
  return ["", `${escaped(cause)} ${escaped(notProvenTruth(outcome, ends))}`, ...box];
}

export const commitLine = ({ commit, subject }: SheetFacts["undone"][number]): string =>
  `- ${quoted(commit.slice(0, 7))}${subject === undefined ? "" : ` ${escaped(subject)}`}`;

const MERGE = /^Merge /u;

/** The commands that revert what was undone, newest first, each on its own so that one can be left out. */
export const revertCommands = (undone: SheetFacts["undone"]): string =>
  undone
    .map(({ commit, subject = "" }) =>
      // A merge is reverted against the branch that it was merged into.
      MERGE.test(subject) ? `git revert --no-edit -m 1 ${commit}` : `git revert --no-edit ${commit}`,
    )
    .join("\n");
