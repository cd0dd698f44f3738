import type { LineView, Piece, SideView } from "../../src/protocol/panel.ts";
import { plain } from "./plain.ts";

/** What is read aloud; `isUrgent` interrupts. */
export interface Announcement {
  readonly text: string;
  readonly isUrgent: boolean;
}

/** Pieces as one text. */
export const spokenPieces = (pieces: readonly Piece[]): string =>
  plain(
    pieces
      .map((piece) => (typeof piece === "string" ? piece : "code" in piece ? piece.code : piece.strong))
      .join(""),
  );

/**
 * What somebody who does not see the side has to hear of its change: all of what it is about when that is something
 * else, and otherwise the steps that got another mark, or go on. Undefined where it is nothing.
 */
export function announcement(before: SideView | undefined, now: SideView): Announcement | undefined {
  // What stands there when the panel opens is found by reading.
  if (before === undefined) return undefined;
  if (isAboutElse(before, now)) {
    const parts = [spokenPieces(now.heading), now.intro ?? "", now.alert ? spokenPieces(now.alert.text) : ""];
    return said(parts, now.kind === "not-proven");
  }
  const earlier = before.sections.flatMap(({ lines }) => lines);
  const changed = now.sections
    .flatMap(({ lines }) => lines)
    .filter((line, index) => isNews(earlier[index], line))
    .map(spokenLine);
  return said(changed, false);
}

/** Whether the side is about something else than before: another thing, or the same in another stage. */
export const isAboutElse = (before: SideView, now: SideView): boolean =>
  before.key !== now.key || before.kind !== now.kind;

const said = (parts: readonly string[], isUrgent: boolean): Announcement | undefined => {
  const text = parts
    .filter(Boolean)
    .map((part) => (/[.!?…]$/u.test(part) ? part : `${part}.`))
    .join(" ");
  return text === "" ? undefined : { text, isUrgent };
};

function isNews(before: LineView | undefined, now: LineView): boolean {
  if (now.mark === undefined || now.mark === "todo") return false;
  if (before === undefined || before.mark !== now.mark) return true;
  return now.mark === "run" && spokenPieces(before.text) !== spokenPieces(now.text);
}

const spokenLine = ({ spoken, text }: LineView): string =>
  [spoken ?? "", spokenPieces(text)].filter(Boolean).join(": ");
