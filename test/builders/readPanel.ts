import type {
  ActionView,
  BannerView,
  LineView,
  PanelView,
  Piece,
  RowView,
  SectionView,
  SideView,
} from "../../src/protocol/panel.ts";

/** The panel as text, the way one reads it: code in backticks, buttons in brackets, a disabled one with a cross. */
export const readLine = (line: readonly Piece[]): string =>
  line
    .map((piece) =>
      typeof piece === "string" ? piece : "code" in piece ? `\`${piece.code}\`` : `*${piece.strong}*`,
    )
    .join("");

const readAction = ({ label, isDisabled, look }: ActionView): string =>
  `[${look === "primary" ? "!" : ""}${label}${isDisabled === true ? " ✗" : ""}]`;

const readActions = (actions: readonly ActionView[]): readonly string[] =>
  actions.length === 0 ? [] : [actions.map(readAction).join(" ")];

const MARKS = { ok: "✓", warn: "!", bad: "✗", run: "●", todo: "○", info: "i", change: "±" } as const;

function readListed({ mark, text, detail, chips = [], actions = [] }: LineView): string {
  return [
    mark === undefined ? "-" : MARKS[mark],
    readLine(text),
    ...chips.map((chip) => `<${chip.text}>`),
    ...readActions(actions),
    ...(detail === undefined ? [] : [`| ${readLine(detail)}`]),
  ].join(" ");
}

const readSection = ({ heading, lines, evidence, actions = [] }: SectionView): readonly string[] => [
  ...(heading === undefined ? [] : [`## ${heading}`]),
  ...lines.map(readListed),
  ...(evidence === undefined ? [] : evidence.split("\n").map((line) => `> ${line}`)),
  ...readActions(actions),
];

export const readBanner = ({ look, text, actions }: BannerView): string =>
  [`${look}: ${readLine(text)}`, ...readActions(actions)].join(" ");

/** The right-hand side from top to bottom. */
export function readSide(side: SideView): readonly string[] {
  const { confirm, command } = side;
  return [
    `# ${side.mark === undefined ? "" : `${MARKS[side.mark]} `}${readLine(side.heading)}`,
    ...(side.alert === undefined ? [] : [readBanner(side.alert)]),
    ...(side.intro === undefined ? [] : [side.intro]),
    ...side.sections.flatMap(readSection),
    ...(confirm === undefined
      ? []
      : [
          [
            ...(confirm.typing === undefined ? [] : [`(${confirm.typing.placeholder})`]),
            readAction(confirm.button),
            ...confirm.others.map(readAction),
          ].join(" "),
        ]),
    ...(command === undefined ? [] : [`$ ${command.text} ${readAction(command.copy)}`]),
    ...readActions(side.actions),
    ...(side.note === undefined ? [] : [side.note]),
  ];
}

/** A row from left to right, its cells set apart. */
export function readRow({ revision, under, chips, commit, deployed, state, mayBeChosen }: RowView): string {
  const parts = (...texts: readonly (string | undefined)[]): string =>
    texts.filter((text) => text !== undefined && text !== "").join(" · ");
  return [
    parts(`${revision}${mayBeChosen ? "" : " ✗"}`, under, ...chips.map(({ text }) => `<${text}>`)),
    parts(commit.hash, commit.text, commit.under, commit.source, ...commit.actions.map(readAction)),
    parts(deployed.when, deployed.exactly, deployed.by),
    parts(state.text, state.under),
  ].join(" | ");
}

export const readRows = ({ table }: PanelView): readonly string[] => table.rows.map(readRow);
