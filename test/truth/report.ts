import type { Row } from "./account.ts";

/** The table as text, each column as wide as its widest cell. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ["scenario", "helm", "happened", "said", "equal"],
    ...rows.map(({ scenario, helm, happened, said, equal }) => [
      ...[scenario, helm, happened, said],
      equal ? "yes" : "NO",
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(" | ")
      .trimEnd();
  const [head = [], ...body] = cells;
  return [line(head), widths.map((width) => "-".repeat(width)).join("-|-"), ...body.map(line)].join("\n");
}

/** `26 of 26 rows agree`, and the names of those that do not. */
export function verdict(rows: readonly Row[]): string {
  const wrong = rows.filter(({ equal }) => !equal);
  const counts = `${rows.length - wrong.length} of ${rows.length} rows agree`;
  return wrong.length === 0
    ? counts
    : `${counts}; not: ${wrong.map(({ scenario, helm }) => `${scenario} (helm ${helm})`).join(", ")}`;
}
