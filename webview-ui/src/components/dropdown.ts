import { Dropdown, vsCodeDropdown, vsCodeOption } from "@vscode/webview-ui-toolkit";
import { html, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { design } from "./design.ts";
import { named } from "./named.ts";

design.register(vsCodeDropdown(), vsCodeOption());

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** One of several, with its label above it. */
export const dropdown = (
  label: string,
  choices: readonly Choice[],
  chosen: string,
  choose: (value: string) => void,
): TemplateResult =>
  html`<div class="field">
    <span class="label" aria-hidden="true">${label}</span>
    <vscode-dropdown
      position="below"
      ${named(label)}
      @change=${({ target }: Event) => {
        if (target instanceof Dropdown && target.value !== chosen) choose(target.value);
      }}
    >
      ${repeat(
        choices,
        ({ value }) => value,
        ({ value, label: words }) =>
          html`<vscode-option value=${value} ?selected=${value === chosen}>${words}</vscode-option>`,
      )}
    </vscode-dropdown>
  </div>`;
