import type { LineView, PanelView, SideView } from "../../src/protocol/panel.ts";
import { aPanel, aRow, press, TABLE } from "./web.ts";

const pod = (name: string, over: Partial<LineView>): LineView => ({
  text: [{ code: name }],
  actions: [press(`log-${name}`, "Log"), press(`yaml-${name}`, "YAML"), press(`events-${name}`, "Events")],
  ...over,
});

const PODS = {
  heading: "Pods, live: ready 1/3",
  lines: [
    pod("web-6d9f-4kq7m", { mark: "ok", spoken: "ready", detail: ["1/1 ready"] }),
    pod("web-6d9f-9zr2c", { mark: "run", spoken: "starting", detail: ["0/1 ready · ContainerCreating"] }),
    pod("web-6d9f-x2lqp", {
      mark: "bad",
      spoken: "in trouble",
      detail: ["0/1 ready · 3 restarts · CrashLoopBackOff: back-off 40s restarting failed container"],
    }),
  ],
} as const;

/** The newest template is on its way, and was to be undone from. */
export const UNDOING: SideView = {
  kind: "running",
  key: "undoing",
  mark: "run",
  heading: [{ strong: "Undoing" }, " 7 ", { code: "9c1f2ab" }, " → 6 ", { code: "51d0c3e" }, " · 00:09"],
  sections: [
    {
      lines: [
        {
          mark: "ok",
          spoken: "done",
          text: [{ code: "Deployment/web" }, " read again: nothing has changed since the review"],
        },
        {
          mark: "ok",
          spoken: "done",
          text: ["The template of ", { code: "Deployment/web" }, " is that of 6"],
        },
        {
          mark: "run",
          spoken: "under way",
          text: ["All wanted pods of ", { code: "Deployment/web" }, " are new and ready"],
          detail: ["1 of 3 ready"],
        },
        { mark: "todo", spoken: "to come", text: ["They stay ready, without a restart"] },
      ],
    },
    PODS,
  ],
  actions: [press("stop-watching", "Stop Watching", "secondary")],
  note: "If this panel closes, the end is told in a notification.",
};

const ROLLOUTS = [
  aRow(7, {
    under: "runs now",
    runsNow: true,
    mayBeChosen: false,
    tooltip: "This is what the Deployment has now.",
    commit: {
      hash: "9c1f2ab",
      grade: "exact",
      text: "Rework queue retries",
      under: "Dan Ortiz",
      source: "by its image web:9c1f2ab…",
      actions: [],
    },
    deployed: { when: "2 h ago", exactly: "08:12 (06:12 UTC)", by: "by Dan Ortiz" },
    chart: "retries reworked · web:9c1f2ab…",
    state: { text: "1 of 3 ready", look: "warning", under: "rolling out" },
    actions: [press("yaml", "YAML"), press("events", "Events")],
  }),
  aRow(6, {
    under: "was 2, 4",
    isRecommended: true,
    chips: [{ text: "recommended", look: "recommended" }],
    commit: {
      hash: "51d0c3e",
      grade: "exact",
      text: "Fix timezone in composer",
      under: "undo from 5 to 4, first rolled out 6 d ago",
      source: "by its image web:51d0c3e…",
      actions: [],
    },
    chart: "web:51d0c3e…",
    state: { text: "2 of 2 ready", look: "neutral" },
  }),
  aRow(5, {
    chips: [{ text: "undone from", look: "warning" }],
    chart: "web:latest",
    state: { text: "no pods", look: "neutral" },
  }),
];

/** A Deployment without helm, with this side. */
export const aRolloutPanel = (side: SideView, over: Partial<PanelView> = {}): PanelView =>
  aPanel(side, {
    title: "Deployment/web",
    place: ["production · namespace ", { code: "buffer" }, " · context ", { code: "prod" }],
    banners: [
      {
        look: "warning",
        text: [
          { code: "Deployment/web" },
          " is kept by helm, as release ",
          { code: "web" },
          ". Roll back the release instead.",
        ],
        actions: [press("release", "Open the History of web", "secondary")],
      },
    ],
    table: {
      ...TABLE,
      caption: "3 revisions · 10 earlier ones are kept",
      columns: {
        revision: "Revision",
        commit: "Commit",
        deployed: "Rolled out",
        chart: "Change cause",
        state: "Pods",
      },
      rows: ROLLOUTS,
    },
    ...over,
  });

export const NO_HISTORY: PanelView = aRolloutPanel(
  {
    kind: "nothing",
    key: "alone",
    heading: ["There is nothing to go back to"],
    intro:
      "No revision is recommended: this workload keeps no history. Deploy the commit that you want instead.",
    sections: [PODS],
    actions: [],
  },
  {
    banners: [
      {
        look: "warning",
        text: [
          { code: "Deployment/web" },
          " keeps no history: there is nothing to go back to (its ",
          { code: "revisionHistoryLimit" },
          " is 0).",
        ],
        actions: [],
      },
    ],
    table: { ...TABLE, caption: "1 revision · no earlier one is kept", rows: ROLLOUTS.slice(0, 1) },
  },
);
