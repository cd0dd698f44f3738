import { html, nothing, type TemplateResult } from "lit-html";
import type { SideView } from "../../../src/protocol/panel.ts";
import { button } from "../components/button.ts";
import { textField } from "../components/textField.ts";
import type { Deeds } from "../deeds.ts";
import { LONGEST_REASON, mayConfirm, typedText, type PanelState } from "../panelState.ts";
import { plain } from "../plain.ts";
import { action } from "./actions.ts";

/** The button that acts, and, where a slip would be dear, a name to type first. */
export const confirmation = (
  { review, button: shown, typing, reason, others }: NonNullable<SideView["confirm"]>,
  state: PanelState,
  deeds: Deeds,
): TemplateResult =>
  html`<div class="confirm">
    ${
      reason === undefined
        ? nothing
        : textField({
            label: plain(reason.label),
            placeholder: plain(reason.placeholder),
            value: typedText(state.reason, review),
            type: (text) => {
              deeds.explain(review, text);
            },
            maxLength: LONGEST_REASON,
          })
    }
    ${
      typing === undefined
        ? nothing
        : textField({
            label: plain(typing.label),
            placeholder: plain(typing.placeholder),
            value: typedText(state.typed, review),
            type: (text) => {
              deeds.type(review, text);
            },
            enter: () => {
              deeds.confirm();
            },
          })
    }
    <div class="actions">
      ${button({
        label: plain(shown.label),
        look: shown.look === "secondary" ? "secondary" : "primary",
        isDisabled: !mayConfirm(state),
        tooltip: shown.tooltip === undefined ? undefined : plain(shown.tooltip),
        press: () => {
          deeds.confirm();
        },
      })}
      ${others.map((each) => action(each, deeds))}
    </div>
  </div>`;
