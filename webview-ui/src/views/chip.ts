import { html, nothing, type TemplateResult } from "lit-html";
import type { ChipView } from "../../../src/protocol/panel.ts";
import { plain } from "../plain.ts";
import { data } from "./pieces.ts";

/** A small word with a colour. */
export const chip = ({ text, look, tooltip }: ChipView): TemplateResult =>
  html`<span class="chip ${look}" title=${tooltip === undefined ? nothing : plain(tooltip)}
    >${data(text)}</span
  >`;
