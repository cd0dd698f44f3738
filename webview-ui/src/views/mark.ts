import { html, nothing, svg, type TemplateResult } from "lit-html";
import type { Mark } from "../../../src/protocol/panel.ts";
import { progressRing } from "../components/progressRing.ts";
import { plain } from "../plain.ts";

const SHAPES: Readonly<Record<Mark, TemplateResult>> = {
  ok: svg`<path d="M3 8.5l3.2 3.2L13 4.8" />`,
  warn: svg`<path d="M8 2.2L14.6 13.6H1.4Z" /><path d="M8 6.6v3.4M8 11.8v.1" />`,
  bad: svg`<path d="M4 4l8 8M12 4l-8 8" />`,
  run: svg`<circle class="track" cx="8" cy="8" r="5.5" /><path class="arc" d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5" />`,
  todo: svg`<circle cx="8" cy="8" r="4.5" />`,
  info: svg`<circle cx="8" cy="8" r="5.8" /><path d="M8 7.4v3.4M8 5.1v.1" />`,
  change: svg`<path d="M8 2.5v7M4.5 6h7M4.5 13h7" />`,
};

const sign = (mark: Mark): TemplateResult =>
  html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    ${SHAPES[mark]}
  </svg>`;

/** Something is under way, as words beside it say. It turns only where things may move. */
export const underWay = (): TemplateResult =>
  html`${progressRing()}<span class="mark run still">${sign("run")}</span>`;

/** What a line is about, as a sign, and in words for who does not see it. */
export const markSign = (mark: Mark | undefined, spoken?: string): TemplateResult | typeof nothing =>
  mark === undefined
    ? nothing
    : html`<span class="mark ${mark}"
        >${sign(mark)}${spoken === undefined ? nothing : html`<span class="spoken">${plain(spoken)}: </span>`}</span
      >`;
