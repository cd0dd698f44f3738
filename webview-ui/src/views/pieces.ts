import { html, type TemplateResult } from "lit-html";
import type { Piece } from "../../../src/protocol/panel.ts";
import { plain } from "../plain.ts";

/** Data is set apart from what stands beside it, so that its direction of writing changes nothing but itself. */
export const data = (text: string): TemplateResult => html`<bdi>${plain(text)}</bdi>`;

const one = (piece: Piece): TemplateResult => {
  if (typeof piece === "string") return data(piece);
  return "code" in piece
    ? html`<code><bdi>${plain(piece.code)}</bdi></code>`
    : html`<strong><bdi>${plain(piece.strong)}</bdi></strong>`;
};

/** A line of text. */
export const pieces = (all: readonly Piece[]): readonly TemplateResult[] => all.map(one);
