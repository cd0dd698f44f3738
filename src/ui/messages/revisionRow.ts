import { l10n } from "vscode";
import { SHORT_COMMIT_LENGTH } from "../../domain/branch.ts";
import type { CommitMatch, CommitSource } from "../../domain/commitMatch.ts";
import type { HistoryEntry } from "../../domain/history.ts";
import { isPending, type ReleaseStatus } from "../../domain/release.ts";
import type { DurationMs, EpochMs } from "../../domain/time.ts";
import type { ChipView } from "../../protocol/panel.ts";
import { plain } from "./pieces.ts";
import { ago, dateAndTime, lengthOf, localAndUtc } from "./time.ts";

const WHOLE_HASH = /[0-9a-f]{64}|[0-9a-f]{40}/gu;
const WEEK_MS: DurationMs = 6 * 24 * 60 * 60_000;

export const runsNow = (): string => l10n.t("runs now");
export const driftsNow = (): string => l10n.t("changed past helm");
export const recommended = (): string => l10n.t("recommended");
export const guessOnly = (): string => l10n.t("guess only");
export const rolledBackFrom = (): string => l10n.t("rolled back from");

/** helm's own word for a status, also where it is none that we know. */
export const statusWord = (status: ReleaseStatus, unknown?: string): string =>
  status === "unknown" && unknown !== undefined ? plain(unknown) : status;

/** The state of a revision in a word or two; helm's status word stands below it. */
export function stateChip(entry: HistoryEntry, runs: boolean): ChipView {
  const { status, record, ranFor } = entry;
  if (record.kind === "unreadable") return { text: l10n.t("unreadable"), look: "warning" };
  if (isPending(status)) return { text: status, look: "warning" };
  switch (status) {
    case "failed":
      return { text: l10n.t("failed"), look: "bad" };
    case "deployed":
    case "superseded":
      // helm's word `deployed` proves nothing about what runs, so it gets no green.
      return ranFor === undefined || runs
        ? { text: status, look: "neutral" }
        : { text: l10n.t("ran {length}", { length: lengthOf(ranFor) }), look: "good" };
    default:
      return { text: statusWord(status, unknownStatus(entry)), look: "warning" };
  }
}

const unknownStatus = ({ record }: HistoryEntry): string | undefined =>
  record.kind === "read" ? record.revision.unknownStatus : undefined;

/** helm's word for the revision, whatever else is known of it: what one filters by. */
export const statusOf = (entry: HistoryEntry): string => statusWord(entry.status, unknownStatus(entry));

/** When it was made: how long ago, and exactly, in local time and UTC. */
export const deployedWhen = (
  at: EpochMs,
  now: EpochMs,
): { readonly when: string; readonly exactly: string } => ({
  when: ago(Math.max(0, now - at)),
  // A weekday names a day of the last week only.
  exactly: now - at < WEEK_MS ? localAndUtc(at, now) : dateAndTime(at),
});

export const byWhom = (name: string): string => l10n.t("by {name}", { name: plain(name) });

export const readingRecord = (): string => l10n.t("reading…");
export const unreadableRecord = (detail: string): string =>
  l10n.t("record cannot be read: {detail}", { detail: plain(detail) });
export const unreadRecord = (detail: string): string =>
  l10n.t("record was not read yet, and is tried again: {detail}", { detail: plain(detail) });
export const notInClone = (): string => l10n.t("not in your clone");
export const lookingUpCommit = (): string => l10n.t("looking up the commit…");

/** What a row of the same commit as the one below it brought instead. */
export function sameCommitAs(revision: number, what: "values" | "chart" | "nothing"): string {
  switch (what) {
    case "values":
      return l10n.t("same commit as {revision}, values changed", { revision });
    case "chart":
      return l10n.t("same commit as {revision}, chart changed", { revision });
    case "nothing":
      return l10n.t("same commit as {revision}, deployed again", { revision });
  }
}

export const rollbackTo = (revision: number): string => l10n.t("rollback to {revision}", { revision });
export const fetchCommits = (): string => l10n.t("Fetch");
export const fetching = (): string => l10n.t("Fetching…");
export const pullRequest = (number: number): string => l10n.t("#{number}", { number });
export const openPullRequest = (number: number): string => l10n.t("Open pull request {number}", { number });

/** What is known where the commit is not: the cell's text, never something that looks like a commit. */
export function unknownCommit(match: CommitMatch & { readonly kind: "unknown" }): string {
  const evidence = plain(match.evidence ?? "");
  switch (match.why) {
    case "no-clue":
      return l10n.t("commit unknown: nothing in the record names one");
    case "mutable-tag":
      return l10n.t("{image}: such a tag can be moved, commit unknown", { image: evidence });
    case "digest-only":
      return l10n.t("image by digest alone, commit unknown");
    case "no-image":
      return l10n.t("no image in the manifest, commit unknown");
  }
}

/** A guess, called one. */
export function guessedCommit(match: CommitMatch & { readonly kind: "ambiguous" }): string {
  const candidates = match.candidates
    .slice(0, 3)
    .map((one) => plain(one).slice(0, SHORT_COMMIT_LENGTH))
    .join(", ");
  switch (match.why) {
    case "several":
      return l10n.t("a guess: its images name {candidates}", { candidates });
    case "short-twice":
      return l10n.t("a guess: more than one commit begins so ({candidates})", { candidates });
    case "inherited":
      return l10n.t("a guess: {candidates}, which may be left from an earlier revision", { candidates });
    case "not-in-clone":
      return l10n.t("a guess: {candidates} is no commit of your clone", { candidates });
    case "mutable-tag":
      return l10n.t("a guess: {candidates}, but the tag of its image can be moved", { candidates });
  }
}

/** Where a mapping comes from. */
export function sourceWords(source: CommitSource, evidence: string): string {
  const shown = plain(evidence.replaceAll(WHOLE_HASH, (hash) => `${hash.slice(0, 7)}…`));
  switch (source) {
    case "image":
      // Which registry it is from is told where it matters: in the review.
      return l10n.t("by its image {evidence}", { evidence: shown.slice(shown.lastIndexOf("/") + 1) });
    case "mark":
      return l10n.t("as Devdeploy recorded");
    case "chart":
      return l10n.t("by its chart: {evidence}", { evidence: shown });
    case "label":
      return l10n.t("by its label {evidence}", { evidence: shown });
  }
}

/** Why a row cannot be the target. */
export function notChoosable(entry: HistoryEntry, runs: boolean): string | undefined {
  if (entry.record.kind === "reading") return l10n.t("Its record is still being read.");
  if (entry.record.kind !== "read")
    return l10n.t("Its record cannot be read, so nobody knows what it would bring.");
  if (isPending(entry.status)) return l10n.t("helm has not finished it, so it is no revision to go back to.");
  switch (entry.status) {
    case "deployed":
    case "superseded":
      return runs ? l10n.t("This is what runs now.") : undefined;
    case "failed":
      return l10n.t("Its rollout failed, so it is no revision to go back to.");
    case "uninstalled":
    case "uninstalling":
      return l10n.t("It was uninstalled.");
    default:
      return l10n.t(
        "helm gives it a status that Devdeploy does not know, so it is no revision to go back to.",
      );
  }
}
