import type { PanelMemory, PanelView } from "../../protocol/panel.ts";
import * as history from "../messages/history.ts";
import { absentWords } from "../messages/absentHistory.ts";
import type { NoHistory } from "./followedHistory.ts";

/** The panel where there is no history to show, with the reason; it fills by itself once that is over. */
export function absentView(
  { subject, target }: Pick<PanelMemory, "subject" | "target">,
  why: NoHistory,
  language: string,
): PanelView {
  const { heading, next } = absentWords(why, subject);
  return {
    title: history.panelHeading({ name: subject, target }),
    place: [],
    liveness: { text: heading, look: "neutral" },
    banners: [],
    table: {
      caption: "",
      columns: history.columns(),
      rows: [],
      empty: next,
      filter: { ...history.filterWords(), statuses: [] },
    },
    side: {
      kind: why === "reading" ? "reading" : "nothing",
      key: why,
      heading: [],
      sections: [],
      actions: [],
    },
    language,
  };
}
