import { html, type TemplateResult } from "lit-html";
import type { TableView } from "../../../src/protocol/panel.ts";
import { dropdown } from "../components/dropdown.ts";
import { textField } from "../components/textField.ts";
import type { Deeds } from "../deeds.ts";
import { foundText, type Filter } from "../filterRows.ts";
import { plain } from "../plain.ts";

/** Never empty: to the toolkit's list, an entry without a value is the one that is chosen. */
const ANY = "any";
const statusValue = (status: string): string => (status === "" ? ANY : `is ${status}`);

/** By what the rows are narrowed, and how many are left. */
export const filterBar = (table: TableView, filter: Filter, shown: number, deeds: Deeds): TemplateResult => {
  const { label, placeholder, status, anyStatus, statuses, found } = table.filter;
  const choices = [
    { value: ANY, label: plain(anyStatus) },
    ...[...new Set(statuses)]
      .filter((word) => word !== "")
      .map((word) => ({ value: statusValue(word), label: plain(word) })),
  ];
  return html`<search class="filter">
    ${textField({
      label: plain(label),
      placeholder: plain(placeholder),
      value: filter.text,
      type: (text) => {
        deeds.filter({ ...filter, text });
      },
      escape: () => {
        deeds.filter({ ...filter, text: "" });
      },
    })}
    ${dropdown(plain(status), choices, statusValue(filter.status), (chosen) => {
      const word = statuses.find((each) => statusValue(each) === chosen);
      deeds.filter({ ...filter, status: word ?? "" });
    })}
    <p class="found" role="status">${foundText(plain(found), shown, table.rows.length)}</p>
  </search>`;
};
