import { visible } from "../../domain/plainText.ts";
import type { Piece } from "../../protocol/panel.ts";

const MAX_LENGTH = 300;
const PLACEHOLDER = /\{(\w+)\}/gu;

/** Text from outside as one line of the panel: hidden characters are shown, and it ends somewhere. */
export function plain(text: string): string {
  const characters = Array.from(visible(text.replaceAll(/\s+/gu, " ").trim()));
  return characters.length <= MAX_LENGTH
    ? characters.join("")
    : `${characters.slice(0, MAX_LENGTH - 1).join("")}…`;
}

/** Text from outside that is shown as code. */
export const code = (text: string): Piece => ({ code: plain(text) });

export const strong = (text: string): Piece => ({ strong: plain(text) });

/** What may stand for a placeholder: a figure, a text that is made fit to be shown here, or what is fit already. */
export type Part = Piece | number | readonly Piece[];

/** A sentence with pieces in it: what `l10n.t` gives for a text whose placeholders were left open. */
export function pieces(sentence: string, parts: Readonly<Record<string, Part>>): readonly Piece[] {
  const found: Piece[] = [];
  let end = 0;
  const add = (piece: Piece): void => {
    const last = found.at(-1);
    if (piece === "") return;
    if (typeof piece === "string" && typeof last === "string") found[found.length - 1] = last + piece;
    else found.push(piece);
  };
  for (const match of sentence.matchAll(PLACEHOLDER)) {
    add(sentence.slice(end, match.index));
    for (const piece of fitted(parts[match[1] ?? ""] ?? match[0])) add(piece);
    end = match.index + match[0].length;
  }
  add(sentence.slice(end));
  return found;
}

function fitted(part: Part): readonly Piece[] {
  if (typeof part !== "object") return [plain(String(part))];
  return isList(part) ? part : [part];
}

// Array.isArray does not narrow readonly arrays away from records.
const isList = (part: Piece | readonly Piece[]): part is readonly Piece[] => Array.isArray(part);

/** Pieces as text: for Markdown, notifications, and what is read aloud. */
export const textOf = (line: readonly Piece[]): string =>
  line
    .map((piece) => (typeof piece === "string" ? piece : "code" in piece ? piece.code : piece.strong))
    .join("");

/** Pieces one after the other with something in between. */
export const joined = (lines: readonly (readonly Piece[])[], between: string): readonly Piece[] =>
  lines.flatMap((line, index) => (index === 0 ? line : [between, ...line]));
