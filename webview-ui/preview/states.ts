import type { PanelView, RowView } from "../../src/protocol/panel.ts";
import { aRolloutPanel, NO_HISTORY, UNDOING } from "./rollouts.ts";
import { NOT_PROVEN, NOTICE, PROVEN, READING, REVIEW, RUNNING, STALE } from "./sides.ts";
import { aPanel, aRow, press, ROWS, TABLE } from "./web.ts";

/** HTML, a markdown link, colours of a terminal, an embedded direction that nothing ends, and one word without end. */
export const HOSTILE = [
  `<img src="https://evil.test/a.png" onerror="document.title='owned'"><script>document.title="owned"</script>`,
  "[click](command:workbench.action.quit) [here](https://evil.test/b)",
  "\u001b[31mred\u001b[0m and \u202Egnp.exe\u2066 and \u2069\u2069 out",
  "שלום עולם",
  "a".repeat(300),
];
const hostile = HOSTILE.join(" ");

const hostileRow = (revision: number): RowView =>
  aRow(revision, {
    under: hostile,
    tooltip: hostile,
    chips: [{ text: hostile, look: "warning", tooltip: hostile }],
    commit: {
      hash: "<b>9c1f2</b>",
      grade: "exact",
      text: hostile,
      under: hostile,
      source: hostile,
      actions: [press("pull", hostile)],
    },
    deployed: { when: hostile, exactly: hostile, by: hostile },
    chart: hostile,
    state: { text: hostile, look: "bad", under: hostile },
    filter: { commit: hostile, author: hostile, status: hostile },
  });

const hostilePanel = aPanel(
  {
    kind: "not-proven",
    key: hostile,
    mark: "bad",
    heading: [hostile, { code: hostile }, { strong: hostile }],
    intro: hostile,
    alert: { look: "bad", text: [hostile], actions: [press("a", hostile)] },
    sections: [
      {
        heading: hostile,
        lines: [{ mark: "warn", spoken: hostile, text: [hostile], detail: [{ code: hostile }] }],
        evidence: HOSTILE.join("\n"),
        actions: [press("b", hostile, "secondary")],
      },
    ],
    confirm: {
      review: hostile,
      button: press("c", hostile, "primary"),
      typing: { label: hostile, placeholder: hostile, expected: hostile },
      others: [],
    },
    command: { text: hostile, copy: press("d", hostile) },
    actions: [press("e", hostile)],
    note: hostile,
  },
  {
    title: hostile,
    place: [hostile, { code: hostile }],
    liveness: { text: hostile, look: "warning", tooltip: hostile },
    banners: [{ look: "info", text: [hostile], actions: [press("f", hostile)] }],
    table: {
      ...TABLE,
      caption: hostile,
      rows: [hostileRow(2), hostileRow(1)],
      filter: { ...TABLE.filter, label: hostile, placeholder: hostile, statuses: [hostile] },
    },
  },
);

/** A history of 300 revisions. */
export const LONG: PanelView = aPanel(undefined, {
  table: {
    ...TABLE,
    caption: "300 revisions",
    rows: Array.from({ length: 300 }, (_, index) => {
      const row = ROWS[index % ROWS.length] ?? aRow(0);
      return { ...row, revision: 300 - index, runsNow: index === 0, isRecommended: index === 1 };
    }),
  },
});

/** Every state that the panel has a shape for. */
export const STATES: Readonly<Record<string, PanelView>> = {
  choose: aPanel(),
  reading: aPanel(READING, { selected: 167 }),
  review: aPanel(REVIEW, { selected: 167 }),
  stale: aPanel(STALE, { selected: 167 }),
  running: aPanel(RUNNING, { selected: 167 }),
  proven: aPanel(PROVEN, { selected: 167, banners: [] }),
  "not-proven": aPanel(NOT_PROVEN, { selected: 167 }),
  notice: aPanel(NOTICE, {
    liveness: { text: "not live since 09:58 (07:58 UTC)", look: "warning" },
    actions: [press("reconnect", "Connect again")],
    banners: [
      { look: "info", text: ["What is shown was read at 09:58 (07:58 UTC)."], actions: [] },
      {
        look: "bad",
        text: [
          "web runs ",
          { code: "e47aa01" },
          ", helm says ",
          { code: "51d0c3e" },
          ": somebody changed it past helm.",
        ],
        actions: [press("align", "Copy the command that aligns them"), press("drift", "Show")],
      },
    ],
  }),
  empty: aPanel(undefined, { banners: [], table: { ...TABLE, caption: "No revisions", rows: [] } }),
  rollouts: aRolloutPanel(UNDOING, { selected: 6 }),
  "no-history": NO_HISTORY,
  long: LONG,
  hostile: hostilePanel,
};
