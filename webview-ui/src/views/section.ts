import { html, nothing, type TemplateResult } from "lit-html";
import type { LineView, SectionView } from "../../../src/protocol/panel.ts";
import type { Deeds } from "../deeds.ts";
import { plain, plainLines } from "../plain.ts";
import { action, actions } from "./actions.ts";
import { chip } from "./chip.ts";
import { markSign } from "./mark.ts";
import { pieces } from "./pieces.ts";

const line = (
  { mark, spoken, text, detail, chips = [], actions: offered = [] }: LineView,
  deeds: Deeds,
): TemplateResult =>
  html`<li class=${mark ?? "plain"}>
    ${markSign(mark, spoken)}
    <div class="words">
      <span>${pieces(text)}</span> ${chips.map((each) => [chip(each), " "])}
      ${offered.map((each) => [action(each, deeds), " "])}
      ${detail === undefined ? nothing : html`<span class="under">${pieces(detail)}</span>`}
    </div>
  </li>`;

/** A heading with its lines, the words of the cluster, and what can be done about it. */
export const section = (
  { heading, lines, evidence, actions: offered }: SectionView,
  deeds: Deeds,
): TemplateResult =>
  html`<section>
    ${heading === undefined ? nothing : html`<h3>${plain(heading)}</h3>`}
    ${
      lines.length === 0
        ? nothing
        : html`<ul>
            ${lines.map((each) => line(each, deeds))}
          </ul>`
    }
    ${evidence === undefined ? nothing : html`<pre tabindex="0" dir="auto">${plainLines(evidence)}</pre>`}
    ${actions(offered, deeds)}
  </section>`;
