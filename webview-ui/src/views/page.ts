import { html, nothing, type TemplateResult } from "lit-html";
import type { PanelView } from "../../../src/protocol/panel.ts";
import type { Deeds } from "../deeds.ts";
import { filterRows } from "../filterRows.ts";
import type { PanelState } from "../panelState.ts";
import { plain } from "../plain.ts";
import { actions } from "./actions.ts";
import { banner } from "./banner.ts";
import { chip } from "./chip.ts";
import { filterBar } from "./filterBar.ts";
import { data, pieces } from "./pieces.ts";
import { revisionTable } from "./revisionTable.ts";
import { side } from "./side.ts";

/** The whole panel: where we are, what has to be known, the history, and what is chosen or done. */
export const page = (view: PanelView, state: PanelState, deeds: Deeds): TemplateResult => {
  const rows = filterRows(view.table.rows, state.filter);
  return html`<header>
      <h1>${data(view.title)}</h1>
      <p class="place">${pieces(view.place)}</p>
      <div class="live">${chip(view.liveness)} ${actions(view.actions, deeds)}</div>
    </header>
    <main>
      ${view.banners.map((each) => banner(each, deeds))}
      <div class="panes">
        <div class="history">
          ${filterBar(view.table, state.filter, rows.length, deeds)}
          <div class="rows">
            ${revisionTable(view.table, { rows, selected: view.selected, current: state.current }, deeds)}
          </div>
          <p class="hint" role="status">${state.hint === undefined ? nothing : plain(state.hint)}</p>
        </div>
        ${side(view.side, state, deeds)}
      </div>
    </main>
    <div class="spoken" role="status">${state.said?.isUrgent === false ? state.said.text : nothing}</div>
    <div class="spoken" role="alert">${state.said?.isUrgent === true ? state.said.text : nothing}</div>`;
};
