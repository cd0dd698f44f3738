import type { PanelView, Piece } from "../../src/protocol/panel.ts";
import type { Account } from "./account.ts";
import { whySaid } from "./whySaid.ts";

/**
 * The drawn panel's words about an undo as an account: only a view that calls it proven makes it done, and its table
 * says what runs. Nothing that was found out without the panel enters here.
 */
export function undoSaid(view: PanelView): Account {
  const rows = view.table.rows;
  // Whether pods of it run is another question, which the column of pods answers.
  const [current] = rows;
  const shown = current === undefined ? "nothing" : `revision ${current.revision}`;
  const claimed = /now (?<revision>revision \d+)/u.exec(textOf(view.side.heading))?.groups?.["revision"];
  const ready = rows
    .filter(({ state }) => /^[1-9]\d* of \d+ ready$/u.test(state.text))
    .map(({ chart }) => tagIn(chart))
    .sort();
  const because = becauseSaid(view);
  return {
    done: view.side.kind === "proven",
    newest: [...new Set([claimed, shown])].filter((one) => one !== undefined).join(" but "),
    runs: current === undefined ? "nothing" : tagIn(current.chart),
    ready: ready.join(" and ") || "no",
    ...(because === undefined ? {} : { because }),
  };
}

const textOf = (pieces: readonly Piece[]): string =>
  pieces
    .map((piece) => {
      if (typeof piece === "string") return piece;
      return "code" in piece ? piece.code : piece.strong;
    })
    .join("");

const tagIn = (chart: string): string => /:(?<tag>[^\s,]+)$/u.exec(chart)?.groups?.["tag"] ?? chart;

const BECAUSE: readonly (readonly [RegExp, string])[] = [
  [/keeps no history: there is nothing to go back to/u, "no history is kept"],
  [/Resume it (?:first|with the command)/u, "paused"],
  [/^The revision is gone|^Revision \d+ is gone/u, "the target is gone"],
  [/has the template of revision \d+ already/u, "nothing to change"],
  [/^Somebody changed the workload/u, "somebody was faster"],
];

/** What stands in the way, or what there is to know besides. */
function becauseSaid(view: PanelView): string | undefined {
  const { side, banners } = view;
  const warned = banners
    .map(({ text }) => /^helm manages \S+, as release (?<name>\S+)\. /u.exec(textOf(text))?.groups?.["name"])
    .find((name) => name !== undefined);
  if (side.kind === "proven") return warned === undefined ? undefined : `helm keeps it as ${warned}`;
  if (side.kind === "not-proven") return whySaid(view);
  const texts = [
    side.intro ?? "",
    textOf(side.alert?.text ?? []),
    ...banners.map(({ text }) => textOf(text)),
  ];
  const found = BECAUSE.filter(([pattern]) => texts.some((text) => pattern.test(text)));
  return found.map(([, words]) => words).join(" and ") || undefined;
}
