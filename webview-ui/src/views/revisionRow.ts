import { html, nothing, type TemplateResult } from "lit-html";
import type { RowView } from "../../../src/protocol/panel.ts";
import type { Deeds } from "../deeds.ts";
import { plain } from "../plain.ts";
import { action } from "./actions.ts";
import { chip } from "./chip.ts";
import { data } from "./pieces.ts";

export interface RowPlace {
  readonly isSelected: boolean;
  /** The one row that the tab key comes to, and then to what stands in it. */
  readonly isCurrent: boolean;
}

const under = (...parts: readonly (string | undefined)[]): TemplateResult | typeof nothing => {
  const there = parts.filter((part) => part !== undefined && part !== "");
  if (there.length === 0) return nothing;
  return html`<span class="under"
    >${there.map((part, index) => [index > 0 ? html`<span class="dot"> · </span>` : nothing, data(part ?? "")])}</span
  >`;
};

/** Letters that have room below a revision's number: those of a chart and its version mostly do. */
const SHORT_CHART = 24;

const classes = (row: RowView): string =>
  [
    "row",
    row.runsNow ? "runs" : "",
    row.isRecommended ? "advised" : "",
    row.mayBeChosen ? "choosable" : "",
    row.chart.length > SHORT_CHART ? "long" : "",
  ]
    .filter(Boolean)
    .join(" ");

/** One revision. Roles are written out: a table whose parts are laid out as a grid loses those it has by itself. */
export const revisionRow = (row: RowView, place: RowPlace, deeds: Deeds): TemplateResult => {
  const { commit, deployed, state } = row;
  return html`<tr
    role="row"
    class=${classes(row)}
    data-revision=${row.revision}
    tabindex=${place.isCurrent ? "0" : "-1"}
    aria-selected=${row.mayBeChosen || place.isSelected ? String(place.isSelected) : nothing}
    title=${row.tooltip === undefined ? nothing : plain(row.tooltip)}
  >
    <th role="rowheader" scope="row" class="revision">
      <span class="number">${row.revision}</span>
      ${row.under === undefined ? nothing : html`<span class="under now">${data(row.under)}</span>`}
      ${row.chips.map(chip)}
    </th>
    <td role="gridcell" class="commit">
      <span class="subject ${commit.grade}">
        ${commit.hash === undefined ? nothing : html`<code>${data(commit.hash)}</code> `}${data(commit.text)}
        ${commit.actions.map((each) => action(each, deeds, place.isCurrent))}
      </span>
      ${under(commit.under, commit.source)}
    </td>
    <td role="gridcell" class="deployed">
      ${data(deployed.when)}${deployed.by === undefined ? nothing : html`<span class="by"> · ${data(deployed.by)}</span>`}
      ${under(deployed.exactly)}
    </td>
    <td role="gridcell" class="chart">
      <div class="clamped" title=${plain(row.chart)}>${data(row.chart)}</div>
    </td>
    <td role="gridcell" class="state">
      ${chip(state)} ${under(state.under)}
      ${
        row.actions === undefined || row.actions.length === 0
          ? nothing
          : html`<span class="opens"
              >${row.actions.map((each) => action(each, deeds, place.isCurrent))}</span
            >`
      }
    </td>
  </tr>`;
};
