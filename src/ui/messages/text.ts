import { visible } from "../../domain/plainText.ts";

const MAX_LENGTH = 300;

/**
 * Text from outside (names, branches, answers of programs) made fit for a notification: hidden characters shown,
 * no line breaks, not endless. VS Code turns `[text](command:…)` of any notification into a link, so that form
 * is taken apart.
 */
export function shown(text: string): string {
  const line = visible(text.replaceAll(/\s+/gu, " ").trim()).replaceAll("](", "] (");
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH ? line : `${characters.slice(0, MAX_LENGTH - 1).join("")}…`;
}

/** `shown`, without a full stop at the end: for details that our own sentence closes. */
export const detail = (text: string): string => shown(text).replace(/[.:;\s]+$/u, "");

/** `$(name)` is an icon in lists and in the status bar; in somebody else's text it is text. */
export const withoutIcons = (text: string): string => text.replaceAll("$(", "$\u2060(");

/** `shown` line by line, for a box of evidence: lines and their indentation stay. */
export const shownLines = (text: string): string =>
  text
    .split("\n")
    .map((line) => visible(line.replaceAll("\t", "  ").trimEnd()))
    .join("\n");
