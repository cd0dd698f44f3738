import { html, nothing, type TemplateResult } from "lit-html";
import type { ActionView } from "../../../src/protocol/panel.ts";
import { button, linkButton } from "../components/button.ts";
import type { Deeds } from "../deeds.ts";
import { plain } from "../plain.ts";

/** Something to press. */
export const action = (
  { id, label, look, isDisabled = false, tooltip }: ActionView,
  deeds: Pick<Deeds, "act">,
  isTabStop = true,
): TemplateResult => {
  const shown = {
    label: plain(label),
    isDisabled,
    tooltip: tooltip === undefined ? undefined : plain(tooltip),
    press: () => {
      deeds.act(id);
    },
  };
  return look === "link" ? linkButton({ ...shown, isTabStop }) : button({ ...shown, look });
};

/** Several, side by side; nothing where there are none. */
export const actions = (
  all: readonly ActionView[] | undefined,
  deeds: Pick<Deeds, "act">,
): TemplateResult | typeof nothing =>
  all === undefined || all.length === 0
    ? nothing
    : html`<div class="actions">${all.map((each) => action(each, deeds))}</div>`;
