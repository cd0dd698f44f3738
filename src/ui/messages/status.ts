import { l10n } from "vscode";
import type { EpochMs } from "../../domain/time.ts";
import { shown } from "./text.ts";
import { dateAndTime } from "./time.ts";

/** The groups of the status list, in their order. */
export type StatusSection = "mine" | "free" | "held" | "kept" | "blocked" | "unknown" | "environments";

export function sectionTitle(section: StatusSection): string {
  switch (section) {
    case "mine":
      return l10n.t("mine");
    case "free":
      return l10n.t("free");
    case "held":
      return l10n.t("held by others, by time left");
    case "kept":
      return l10n.t("kept for somebody who waited");
    case "blocked":
      return l10n.t("not to be had");
    case "unknown":
      return l10n.t("not known at this moment");
    case "environments":
      return l10n.t("environments");
  }
}

export const statusTitle = (folder: string): string =>
  l10n.t("Devdeploy: {folder}", { folder: shown(folder) });
export const statusHint = (): string => l10n.t("Enter shows what can be done with it");
export const nothingToShow = (): string => l10n.t("devdeploy.json names neither machines nor environments");
export const copyAsTable = (): string => l10n.t("Copy as Table");
export const copyAsTableHint = (): string => l10n.t("Markdown, for a chat or an issue");
export const tableCopied = (): string => l10n.t("The table is copied.");
export const actionHint = (): string => l10n.t("What do you want to do?");
export const backToStatus = (): string => l10n.t("Back");

/** What can be done with a row of the status list. */
export type RowAction =
  | "open"
  | "copy-url"
  | "devdeploy"
  | "redeploy"
  | "extend"
  | "unlock"
  | "ask"
  | "history"
  | "details"
  | "stop-waiting";

export function actionTitle(action: RowAction, name: string): string {
  const words = { name: shown(name) };
  switch (action) {
    case "open":
      return l10n.t("Open {name}", words);
    case "copy-url":
      return l10n.t("Copy URL");
    case "devdeploy":
      return l10n.t("Devdeploy Here…");
    case "redeploy":
      return l10n.t("Redeploy");
    case "extend":
      return l10n.t("Extend Lock…");
    case "unlock":
      return l10n.t("Unlock…");
    case "ask":
      return l10n.t("Ask the Holder");
    case "history":
      return l10n.t("Show History and Roll Back…");
    case "details":
      return l10n.t("Show Details");
    case "stop-waiting":
      return l10n.t("Stop Waiting");
  }
}

/** A line of the table that is copied. Empty cells stay empty. */
export interface TableLine {
  readonly name: string;
  readonly state: string;
  readonly branch?: string;
  readonly commit?: string;
  readonly until?: string;
}

/** The status as a Markdown table, with the time that it was true at: a chat keeps it for long. */
export function statusTable(folder: string, lines: readonly TableLine[], now: EpochMs): string {
  const heads = [l10n.t("Name"), l10n.t("State"), l10n.t("Branch"), l10n.t("Commit"), l10n.t("Until")];
  const rows = lines.map(({ name, state, branch, commit, until }) => [
    plain(name),
    plain(state),
    code(branch),
    code(commit),
    plain(until ?? ""),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const title = l10n.t("Devdeploy status of {folder}, {time}", {
    folder: plain(folder),
    time: dateAndTime(now),
  });
  return [title, "", line(heads), line(heads.map(() => "---")), ...rows.map(line), ""].join("\n");
}

/** Text from outside is data: nothing in it becomes a link, a mention, a new cell or a new line. */
const plain = (text: string): string =>
  shown(text)
    .replaceAll(/[\\`*_[\]<>|~&#!]/gu, "\\$&")
    // A backslash does not keep a mention from being one; a character without width does.
    .replaceAll("@", "@\u2060");

/** In a code span nothing is interpreted but the bar that ends a cell; its fence is longer than any within. */
function code(text: string | undefined): string {
  if (text === undefined || text === "") return "";
  const line = shown(text).replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...line.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
