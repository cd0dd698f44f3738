import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { PanelView } from "../../protocol/panel.ts";
import * as history from "../messages/history.ts";
import * as say from "../messages/rolloutHistory.ts";
import type { NoHistory } from "./followed.ts";
import { emptySide } from "./view.ts";

/** The panel where there are no rollouts to show, with the reason; it fills by itself once that is over. */
export function rolloutAbsentView(workload: WorkloadAddress, why: NoHistory, language: string): PanelView {
  const { heading, next } = say.absentRollouts(why, workload);
  return {
    title: say.workloadWords(workload),
    place: [],
    liveness: { text: heading, look: "neutral" },
    banners: [],
    table: {
      caption: "",
      columns: say.rolloutColumns(),
      rows: [],
      empty: next,
      filter: { ...history.filterWords(), statuses: [] },
    },
    side: { ...emptySide(why === "reading" ? "reading" : "nothing", why), heading: [] },
    language,
  };
}
