import type {
  ActionView,
  BannerView,
  ChipView,
  LineView,
  PanelMemory,
  PanelView,
  ReasonView,
  RowView,
  SectionView,
  SideView,
  StateMessage,
  TableView,
  TypingView,
} from "../../src/protocol/panel.ts";

type Check = (value: unknown) => boolean;

/** A check for each field that a type has: one that is added there is missed here by the compiler. */
type Fields<T> = { readonly [Key in keyof T]-?: Check };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => typeof value === "number" && Number.isSafeInteger(value);

const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && words.includes(value);

const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));

/** Fields that nobody knows are no mistake: they are not read. */
function whole<T>(fields: Fields<T>): Check {
  const checks = Object.entries<Check>(fields);
  return (value) => isObject(value) && checks.every(([name, check]) => check(value[name]));
}

const piece = either(
  text,
  whole<{ code: string }>({ code: text }),
  whole<{ strong: string }>({ strong: text }),
);
const mark = oneOf("ok", "warn", "bad", "run", "todo", "info", "change");

const action = whole<ActionView>({
  id: text,
  label: text,
  look: oneOf("primary", "secondary", "link"),
  isDisabled: maybe(flag),
  tooltip: maybe(text),
});

const CHIP = {
  text,
  look: oneOf("neutral", "good", "warning", "bad", "recommended"),
  tooltip: maybe(text),
} as const;
const chip = whole<ChipView>(CHIP);

const line = whole<LineView>({
  mark: maybe(mark),
  spoken: maybe(text),
  text: list(piece),
  detail: maybe(list(piece)),
  chips: maybe(list(chip)),
  actions: maybe(list(action)),
});

const section = whole<SectionView>({
  heading: maybe(text),
  lines: list(line),
  evidence: maybe(text),
  actions: maybe(list(action)),
});

const banner = whole<BannerView>({
  look: oneOf("info", "warning", "bad"),
  text: list(piece),
  actions: list(action),
});

const row = whole<RowView>({
  revision: count,
  under: maybe(text),
  runsNow: flag,
  isRecommended: flag,
  mayBeChosen: flag,
  tooltip: maybe(text),
  chips: list(chip),
  commit: whole<RowView["commit"]>({
    hash: maybe(text),
    grade: oneOf("exact", "ambiguous", "unknown", "reading"),
    text,
    under: maybe(text),
    source: maybe(text),
    actions: list(action),
  }),
  deployed: whole<RowView["deployed"]>({ when: text, exactly: text, by: maybe(text) }),
  chart: text,
  state: whole<RowView["state"]>({ ...CHIP, under: maybe(text) }),
  actions: maybe(list(action)),
  filter: whole<RowView["filter"]>({ commit: text, author: text, status: text }),
});

/** A row is known by its revision: two of one could not be told apart. */
const rows: Check = (value) => {
  if (!Array.isArray(value) || !value.every(row)) return false;
  const revisions = value.map((each: unknown) => (isObject(each) ? each["revision"] : undefined));
  return new Set(revisions).size === revisions.length;
};

const table = whole<TableView>({
  caption: text,
  columns: whole<TableView["columns"]>({
    revision: text,
    commit: text,
    deployed: text,
    chart: text,
    state: text,
  }),
  rows,
  empty: text,
  filter: whole<TableView["filter"]>({
    label: text,
    placeholder: text,
    status: text,
    anyStatus: text,
    statuses: list(text),
    found: text,
  }),
});

const side = whole<SideView>({
  kind: oneOf("nothing", "reading", "review", "running", "proven", "not-proven", "notice"),
  key: text,
  heading: list(piece),
  mark: maybe(mark),
  intro: maybe(text),
  alert: maybe(banner),
  sections: list(section),
  confirm: maybe(
    whole<NonNullable<SideView["confirm"]>>({
      review: text,
      button: action,
      typing: maybe(whole<TypingView>({ label: text, placeholder: text, expected: text })),
      reason: maybe(whole<ReasonView>({ label: text, placeholder: text })),
      others: list(action),
    }),
  ),
  command: maybe(whole<NonNullable<SideView["command"]>>({ text, copy: action })),
  actions: list(action),
  note: maybe(text),
});

const view = whole<PanelView>({
  title: text,
  place: list(piece),
  liveness: chip,
  actions: maybe(list(action)),
  banners: list(banner),
  table,
  selected: maybe(count),
  side,
  language: text,
});

const identity = {
  folder: text,
  subject: text,
  target: text,
  workload: maybe(
    whole<NonNullable<PanelMemory["workload"]>>({
      context: text,
      namespace: text,
      kind: oneOf("Deployment", "StatefulSet", "DaemonSet"),
      name: text,
    }),
  ),
} as const;

const state = whole<StateMessage>({
  kind: oneOf("state"),
  view,
  turn: maybe(count),
  memory: maybe(whole<NonNullable<StateMessage["memory"]>>(identity)),
});

const memory = whole<PanelMemory>({
  ...identity,
  chosen: maybe(count),
  filter: maybe(whole<NonNullable<PanelMemory["filter"]>>({ text, status: text })),
});

/** Whether a message is a state that can be shown, down to its last field. */
export const isStateMessage = (value: unknown): value is StateMessage => state(value);

/** Whether what was kept is what the panel keeps. */
export const isMemory = (value: unknown): value is PanelMemory => memory(value);
