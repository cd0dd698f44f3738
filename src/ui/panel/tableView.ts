import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import { shortCommit } from "../../domain/branch.ts";
import {
  pullRequestUrl,
  type CommitFacts,
  type CommitMatch,
  type RepositoryLinks,
} from "../../domain/commitMatch.ts";
import type { HistoryEntry } from "../../domain/history.ts";
import type { Revision } from "../../domain/release.ts";
import { prunedRevisions } from "../../domain/risks.ts";
import type { ChipView, RowView, TableView } from "../../protocol/panel.ts";
import * as say from "../messages/history.ts";
import { plain } from "../messages/pieces.ts";
import * as words from "../messages/revisionRow.ts";
import type { Deeds } from "./deeds.ts";
import type { PanelModel } from "./model.ts";

/** The revisions, newest first. */
export function tableView(model: PanelModel, deeds: Deeds): TableView {
  const { snapshot } = model;
  const { entries, subject, liveness } = snapshot;
  const keeps = subject.driver.historyMax;
  const nextDropped = prunedRevisions(
    entries.map(({ label }) => label),
    keeps,
  );
  return {
    caption: entries.length === 0 ? "" : say.captionWords(entries.length, keeps, nextDropped),
    columns: say.columns(),
    rows: entries.map((entry, index) => rowView(model, { entry, older: entries[index + 1] }, deeds)),
    empty: liveness.kind === "live" ? say.noRelease(subject.release) : say.readingHistory(),
    filter: { ...say.filterWords(), statuses: [...new Set(entries.map(words.statusOf))] },
  };
}

interface Placed {
  readonly entry: HistoryEntry;
  /** The row below. */
  readonly older: HistoryEntry | undefined;
}

function rowView({ snapshot, now, isFetching }: PanelModel, placed: Placed, deeds: Deeds): RowView {
  const { entry } = placed;
  const { revision } = entry.label;
  const runs = runsRevision(snapshot) === revision;
  const isRecommended =
    snapshot.recommendation.kind === "revision" && snapshot.recommendation.revision === revision;
  const problem = words.notChoosable(entry, runs && snapshot.runs.kind === "revision");
  const under = runs ? runsWords(snapshot) : undefined;
  const commit = commitCell(placed, { links: snapshot.links, isFetching }, deeds);
  return {
    revision,
    ...(under === undefined ? {} : { under }),
    runsNow: runs,
    isRecommended,
    mayBeChosen: problem === undefined,
    ...(problem === undefined ? {} : { tooltip: problem }),
    chips: rowChips(entry, isRecommended, snapshot),
    commit,
    deployed: {
      ...words.deployedWhen(entry.deployedAt, now),
      ...(entry.by === undefined ? {} : { by: words.byWhom(entry.by) }),
    },
    chart: chartWords(entry),
    state: stateCell(entry, runs),
    filter: {
      commit: [commit.hash, wholeCommit(entry), commit.text].filter((text) => text !== undefined).join(" "),
      author: [entry.commit?.author, entry.by]
        .filter((text) => text !== undefined)
        .map(plain)
        .join(" "),
      status: words.statusOf(entry),
    },
  };
}

function stateCell(entry: HistoryEntry, runs: boolean): RowView["state"] {
  const chip = words.stateChip(entry, runs);
  const under = words.statusOf(entry);
  return chip.text === under ? chip : { ...chip, under };
}

/** The revision that runs, or whose objects somebody changed past helm. */
export const runsRevision = ({ runs }: Pick<HistorySnapshot, "runs">): number | undefined =>
  runs.kind === "revision" || runs.kind === "drift" ? runs.revision : undefined;

const runsWords = ({ runs }: HistorySnapshot): string =>
  runs.kind === "drift" ? words.driftsNow() : words.runsNow();

function rowChips(
  entry: HistoryEntry,
  isRecommended: boolean,
  snapshot: HistorySnapshot,
): readonly ChipView[] {
  const isGuess = entry.record.kind === "read" && entry.record.match.kind === "ambiguous";
  return [
    ...(isRecommended
      ? [
          {
            text: words.recommended(),
            look: "recommended",
            tooltip: say.recommendationWords(snapshot.recommendation),
          } as const,
        ]
      : []),
    ...(isGuess ? [{ text: words.guessOnly(), look: "warning" } as const] : []),
    ...(entry.wasRolledBackFrom ? [{ text: words.rolledBackFrom(), look: "warning" } as const] : []),
  ];
}

const wholeCommit = ({ record }: HistoryEntry): string | undefined =>
  record.kind === "read" && record.match.kind === "exact" ? record.match.commit : undefined;

/** Chart and app version, where helm's record was read. */
function chartWords({ record }: HistoryEntry): string {
  if (record.kind !== "read") return "";
  const { chart, appVersion } = record.revision;
  return plain(appVersion === undefined || appVersion === "" ? chart : `${chart} · ${appVersion}`);
}

/** What is known of a revision's commit, and a remark that goes before its author. */
export interface MatchedCommit {
  readonly match: CommitMatch;
  readonly commit: CommitFacts | undefined;
  readonly remark: string | undefined;
}

export interface CellFacts {
  readonly links: RepositoryLinks | undefined;
  readonly isFetching: boolean;
}

function commitCell(placed: Placed, facts: CellFacts, deeds: Deeds): RowView["commit"] {
  const { record } = placed.entry;
  switch (record.kind) {
    case "reading":
      return { grade: "reading", text: words.readingRecord(), actions: [] };
    case "unreadable":
      return { grade: "unknown", text: words.unreadableRecord(record.detail), actions: [] };
    case "unread":
      return { grade: "reading", text: words.unreadRecord(record.detail), actions: [] };
    case "read":
      return matchCell(
        { match: record.match, commit: placed.entry.commit, remark: remarkOf(placed) },
        facts,
        deeds,
      );
  }
}

/** The cell of a commit that was looked up: what it is, how sure that is, and where it comes from. */
export function matchCell(matched: MatchedCommit, facts: CellFacts, deeds: Deeds): RowView["commit"] {
  const { match, commit, remark } = matched;
  const under = remark === undefined ? {} : { under: remark };
  switch (match.kind) {
    case "exact":
      return exactCell(match, { commit, remark }, facts, deeds);
    case "ambiguous":
      return {
        grade: "ambiguous",
        text: words.guessedCommit(match),
        ...under,
        source: words.sourceWords(match.source, match.evidence),
        actions: match.why === "not-in-clone" ? [fetchAction(facts, deeds)] : [],
      };
    case "unknown":
      return { grade: "unknown", text: words.unknownCommit(match), ...under, actions: [] };
  }
}

function exactCell(
  match: CommitMatch & { readonly kind: "exact" },
  { commit, remark }: Pick<MatchedCommit, "commit" | "remark">,
  facts: CellFacts,
  deeds: Deeds,
): RowView["commit"] {
  const under = remark ?? (commit === undefined ? undefined : plain(commit.author));
  return {
    hash: shortCommit(match.commit),
    grade: "exact",
    text: commit === undefined ? missingWords(match) : subjectOf(commit, facts.links),
    ...(under === undefined ? {} : { under }),
    source: words.sourceWords(match.source, match.evidence),
    actions: [
      ...(match.isInClone ? [] : [fetchAction(facts, deeds)]),
      ...pullRequestLink(commit, facts.links, deeds),
    ],
  };
}

const missingWords = ({ isInClone }: CommitMatch & { readonly kind: "exact" }): string =>
  isInClone ? words.lookingUpCommit() : words.notInClone();

/** What a row says besides its commit: where it went back to, or that only the values differ from the row below. */
function remarkOf({ entry, older }: Placed): string | undefined {
  if (entry.record.kind !== "read") return undefined;
  const { rollbackTo } = entry.record.revision;
  if (rollbackTo !== undefined) return words.rollbackTo(rollbackTo);
  const commit = wholeCommit(entry);
  if (commit === undefined || older?.record.kind !== "read" || commit !== wholeCommit(older))
    return undefined;
  return words.sameCommitAs(
    older.label.revision,
    changedBetween(entry.record.revision, older.record.revision),
  );
}

function changedBetween(revision: Revision, older: Revision): "values" | "chart" | "nothing" {
  if (JSON.stringify(revision.values) !== JSON.stringify(older.values)) return "values";
  return revision.chart === older.chart ? "nothing" : "chart";
}

/** The subject without the pull request's number at its end, which stands beside it as a link. */
const subjectOf = ({ subject, pullRequest }: CommitFacts, links: RepositoryLinks | undefined): string =>
  plain(
    links !== undefined && pullRequest !== undefined && subject.endsWith(` (#${pullRequest})`)
      ? subject.slice(0, -` (#${pullRequest})`.length)
      : subject,
  );

export const fetchAction = ({ isFetching }: CellFacts, deeds: Deeds): RowView["commit"]["actions"][number] =>
  deeds.action({ kind: "fetch-commits" }, isFetching ? words.fetching() : words.fetchCommits(), "link", {
    ...(isFetching ? { isDisabled: true } : {}),
  });

function pullRequestLink(
  commit: CommitFacts | undefined,
  links: RepositoryLinks | undefined,
  deeds: Deeds,
): RowView["commit"]["actions"] {
  if (links === undefined || commit?.pullRequest === undefined) return [];
  const url = pullRequestUrl(links, commit.pullRequest);
  return [
    deeds.action({ kind: "open-url", url }, words.pullRequest(commit.pullRequest), "link", {
      tooltip: words.openPullRequest(commit.pullRequest),
    }),
  ];
}
