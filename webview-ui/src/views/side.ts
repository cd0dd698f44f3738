import { html, nothing, type TemplateResult } from "lit-html";
import type { SideView } from "../../../src/protocol/panel.ts";
import { divider } from "../components/divider.ts";
import type { Deeds } from "../deeds.ts";
import type { PanelState } from "../panelState.ts";
import { plain } from "../plain.ts";
import { action, actions } from "./actions.ts";
import { banner } from "./banner.ts";
import { confirmation } from "./confirm.ts";
import { markSign, underWay } from "./mark.ts";
import { pieces } from "./pieces.ts";
import { section } from "./section.ts";

/** No line ends within an argument: `--` at the end of one looks like an argument of its own. */
const words = (text: string): readonly TemplateResult[] =>
  plain(text)
    .split(" ")
    .map((word, index) => html`${index > 0 ? " " : nothing}<span class="word">${word}</span>`);

const command = ({ text, copy }: NonNullable<SideView["command"]>, deeds: Deeds): TemplateResult =>
  html`<div class="command">
    <code dir="ltr">${words(text)}</code>
    ${action(copy, deeds)}
  </div>`;

/** What is chosen, under way, or done: one shape for all of them. */
export const side = (view: SideView, state: PanelState, deeds: Deeds): TemplateResult =>
  html`<aside
    class=${view.kind}
    aria-labelledby="side-heading"
    aria-busy=${view.kind === "reading" ? "true" : nothing}
  >
    <h2 id="side-heading" tabindex="-1">
      ${view.kind === "reading" ? underWay() : markSign(view.mark)}
      <span>${pieces(view.heading)}</span>
    </h2>
    ${view.intro === undefined ? nothing : html`<p class="intro" dir="auto">${plain(view.intro)}</p>`}
    ${view.alert === undefined ? nothing : banner(view.alert, deeds)}
    ${view.sections.map((each) => section(each, deeds))}
    ${view.confirm === undefined ? nothing : html`${divider()} ${confirmation(view.confirm, state, deeds)}`}
    ${view.command === undefined ? nothing : command(view.command, deeds)} ${actions(view.actions, deeds)}
    ${view.note === undefined ? nothing : html`<p class="note" dir="auto">${plain(view.note)}</p>`}
  </aside>`;
