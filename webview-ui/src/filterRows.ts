import type { RowView } from "../../src/protocol/panel.ts";

/** What the person looks for: words of commit or author, and a status; empty where anything will do. */
export interface Filter {
  readonly text: string;
  readonly status: string;
}

export const NO_FILTER: Filter = { text: "", status: "" };

/** The rows in which every word is found: in the commit, in the author's name, or as the revision's number. */
export function filterRows(rows: readonly RowView[], { text, status }: Filter): readonly RowView[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  if (words.length === 0 && status === "") return rows;
  return rows.filter(
    (row) => (status === "" || row.filter.status === status) && words.every((word) => has(row, word)),
  );
}

const has = ({ revision, filter }: RowView, word: string): boolean =>
  filter.commit.toLowerCase().includes(word) ||
  filter.author.toLowerCase().includes(word) ||
  String(revision) === word;

/** The sentence about how many are shown. */
export const foundText = (sentence: string, shown: number, all: number): string =>
  sentence.replaceAll("{shown}", String(shown)).replaceAll("{all}", String(all));
