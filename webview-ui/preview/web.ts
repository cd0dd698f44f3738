import type { ActionView, PanelView, RowView, SideView, TableView } from "../../src/protocol/panel.ts";

/** Something to press, named like what it does. */
export const press = (id: string, label: string, look: ActionView["look"] = "link"): ActionView => ({
  id,
  label,
  look,
});

/** A revision that can be chosen; the parts that matter are given. */
export function aRow(revision: number, over: Partial<RowView> = {}): RowView {
  return {
    revision,
    runsNow: false,
    isRecommended: false,
    mayBeChosen: true,
    chips: [],
    commit: { grade: "unknown", text: "commit unknown", actions: [] },
    deployed: { when: "Sunday", exactly: "22:01 (20:01 UTC)" },
    chart: "web 1.8.0",
    state: { text: "ran 31 min", look: "neutral" },
    filter: { commit: "", author: "", status: "superseded" },
    ...over,
  };
}

interface Told {
  readonly hash: string;
  readonly subject: string;
  readonly author: string;
  readonly pull?: number;
  readonly under?: string;
}

const commit = ({ hash, subject, author, pull, under }: Told): Pick<RowView, "commit" | "filter"> => ({
  commit: {
    hash,
    grade: "exact",
    text: subject,
    under: under ?? author,
    source: "by the image’s tag",
    actions: pull === undefined ? [] : [press(`pull-${pull}`, `#${pull}`)],
  },
  filter: { commit: `${hash} ${subject}`, author, status: "superseded" },
});

const dan = { author: "Dan Ortiz" };
const timezone = { hash: "51d0c3e", subject: "Fix timezone in composer", author: "Ann Lee" };
const retries = commit({ hash: "9c1f2ab", subject: "Rework queue retries", pull: 4127, ...dan });
const avatars = commit({ hash: "e47aa01", subject: "Cache profile images", author: "Eric Cole", pull: 4119 });
const back = commit({
  hash: "b0139fd",
  subject: "Tidy the settings page",
  author: "Colin Ruiz",
  under: "rollback to 161",
});

/** The history of `web` after a deploy that failed. */
export const ROWS: readonly RowView[] = [
  aRow(168, {
    ...retries,
    filter: { ...retries.filter, status: "failed" },
    under: "runs now",
    runsNow: true,
    mayBeChosen: false,
    tooltip: "Revision 168 is what runs now: there is nothing to go back to in it.",
    deployed: { when: "2 h ago", exactly: "08:12 (06:12 UTC)", by: "Dan Ortiz" },
    state: { text: "failed", look: "bad", under: "crash loop" },
    chart: "web 1.8.0",
  }),
  aRow(167, {
    ...commit({ ...timezone, pull: 4125 }),
    filter: { commit: "51d0c3e Fix timezone in composer", author: "Ann Lee", status: "deployed" },
    isRecommended: true,
    chips: [{ text: "recommended", look: "recommended" }],
    deployed: { when: "yesterday", exactly: "17:40 (15:40 UTC)", by: "Ann Lee" },
    state: { text: "ran 14 h", look: "good", under: "helm: deployed" },
  }),
  aRow(166, {
    ...commit({ ...timezone, under: "same commit, values changed" }),
    deployed: { when: "yesterday", exactly: "17:02 (15:02 UTC)", by: "Ann Lee" },
    state: { text: "ran 38 min", look: "neutral" },
  }),
  aRow(165, {
    ...avatars,
    deployed: { when: "Monday", exactly: "11:20 (09:20 UTC)", by: "CI" },
    state: { text: "ran 2 d", look: "good" },
    chart: "web 1.7.3",
  }),
  aRow(164, {
    commit: { grade: "unknown", text: "tag latest, commit unknown", source: "a tag that moves", actions: [] },
    deployed: { when: "Sunday", exactly: "22:01 (20:01 UTC)", by: "Colin Ruiz" },
    state: { text: "guess only", look: "warning" },
    chart: "web 1.7.3",
  }),
  aRow(163, {
    ...back,
    deployed: { when: "Sunday", exactly: "21:30 (19:30 UTC)", by: "Colin Ruiz" },
    chart: "web 1.7.3",
  }),
  aRow(162, {
    commit: {
      hash: "77c0ffe",
      grade: "ambiguous",
      text: "two commits begin like this",
      source: "by the image’s tag",
      actions: [press("fetch", "Fetch")],
    },
    deployed: { when: "Sunday", exactly: "20:55 (18:55 UTC)", by: "Mia Park" },
    filter: { commit: "77c0ffe", author: "Mia Park", status: "failed" },
    state: { text: "failed", look: "bad" },
    mayBeChosen: false,
    tooltip: "Revision 162 failed: it never ran.",
    chart: "web 1.7.3",
  }),
  aRow(161, {
    ...commit({ hash: "b0139fd", subject: "Tidy the settings page", author: "Colin Ruiz", pull: 4102 }),
    deployed: { when: "8 Nov", exactly: "10:12 (09:12 UTC)", by: "CI" },
    state: { text: "ran 6 d", look: "good" },
    chart: "web 1.7.2",
  }),
  aRow(160, {
    commit: { grade: "reading", text: "reading …", actions: [] },
    deployed: { when: "5 Nov", exactly: "16:40 (15:40 UTC)" },
    state: { text: "superseded", look: "neutral" },
    chart: "",
  }),
  aRow(159, {
    ...commit({ hash: "04be97d", subject: "Let people schedule threads", author: "Mia Park", pull: 4090 }),
    deployed: { when: "2 Nov", exactly: "09:03 (08:03 UTC)", by: "CI" },
    state: { text: "ran 3 d", look: "good", under: "dropped by the next one" },
    chart: "web 1.7.0",
  }),
];

export const TABLE: TableView = {
  caption: "10 revisions · helm keeps 10, the next one drops 159",
  columns: { revision: "Revision", commit: "Commit", deployed: "Deployed", chart: "Chart", state: "State" },
  rows: ROWS,
  empty: "No revision matches. Press Escape in the field to see all.",
  filter: {
    label: "Commit or author",
    placeholder: "e.g. timezone, 51d0c3e, Ann",
    status: "Status",
    anyStatus: "Any",
    statuses: ["deployed", "superseded", "failed"],
    found: "{shown} of {all}",
  },
};

export const NOTHING_CHOSEN: SideView = {
  kind: "nothing",
  key: "nothing",
  heading: ["Choose the revision to go back to."],
  sections: [],
  actions: [],
  note: "The arrow keys go from row to row, Enter chooses.",
};

/** The panel on production's `web`, with this side. */
export const aPanel = (side: SideView = NOTHING_CHOSEN, over: Partial<PanelView> = {}): PanelView => ({
  title: "web",
  place: [
    "production · release ",
    { code: "buffer-publish-master" },
    " · namespace ",
    { code: "buffer" },
    " · context ",
    { code: "prod" },
  ],
  liveness: { text: "live · verified 3 s ago", look: "good" },
  banners: [
    {
      look: "warning",
      text: [
        "What runs is revision 168 (",
        { code: "9c1f2ab" },
        "), whose rollout ",
        { strong: "failed" },
        ". helm still marks 167 as deployed.",
      ],
      actions: [press("why", "Why")],
    },
  ],
  table: TABLE,
  side,
  language: "en",
  ...over,
});
