import { html, type TemplateResult } from "lit-html";
import type { BannerView, Mark } from "../../../src/protocol/panel.ts";
import type { Deeds } from "../deeds.ts";
import { actions } from "./actions.ts";
import { markSign } from "./mark.ts";
import { pieces } from "./pieces.ts";

const MARKS: Readonly<Record<BannerView["look"], Mark>> = { info: "info", warning: "warn", bad: "bad" };

/** Something to know before anything else. */
export const banner = ({ look, text, actions: offered }: BannerView, deeds: Deeds): TemplateResult =>
  html`<div class="banner ${look}">
    ${markSign(MARKS[look])}
    <p>${pieces(text)}</p>
    ${actions(offered, deeds)}
  </div>`;
