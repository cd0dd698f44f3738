import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { RowView, TableView } from "../../../src/protocol/panel.ts";
import type { Deeds } from "../deeds.ts";
import { plain } from "../plain.ts";
import { rowKeys, rowOf } from "../rowKeys.ts";
import { revisionRow } from "./revisionRow.ts";

const COLUMNS = ["revision", "commit", "deployed", "chart", "state"] as const;

export interface Shown {
  readonly rows: readonly RowView[];
  readonly selected: number | undefined;
  readonly current: number | undefined;
}

/** Marking words, to copy them, is no choice. */
const isMarkingText = (): boolean => getSelection()?.isCollapsed === false;

function clicked(event: MouseEvent, deeds: Deeds): void {
  const row = rowOf(event.target);
  if (row === undefined || event.detail > 1 || isMarkingText()) return;
  if (event.target instanceof Element && event.target.closest("button, vscode-button") !== null) return;
  deeds.choose(row.revision);
}

/** The history, newest first: one row can be chosen, by pointer and by keyboard. */
export const revisionTable = (table: TableView, shown: Shown, deeds: Deeds): TemplateResult =>
  html`<table
    role="grid"
    aria-labelledby="history-caption"
    aria-readonly="true"
    aria-rowcount=${shown.rows.length + 1}
    @keydown=${(event: KeyboardEvent) => {
      rowKeys(event, deeds);
    }}
    @click=${(event: MouseEvent) => {
      clicked(event, deeds);
    }}
  >
    <caption id="history-caption">
      ${plain(table.caption)}
    </caption>
    <thead role="rowgroup">
      <tr role="row" class="columns">
        ${COLUMNS.map(
          (column) =>
            html`<th role="columnheader" scope="col" class=${column}>${plain(table.columns[column])}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${repeat(
        shown.rows,
        ({ revision }) => revision,
        (row) =>
          revisionRow(
            row,
            { isSelected: row.revision === shown.selected, isCurrent: row.revision === shown.current },
            deeds,
          ),
      )}
      ${
        shown.rows.length > 0
          ? nothing
          : html`<tr role="row" class="none">
              <td role="gridcell" colspan="5">${plain(table.empty)}</td>
            </tr>`
      }
    </tbody>
  </table>`;
