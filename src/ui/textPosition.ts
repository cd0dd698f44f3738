/** A place in a text as editors count it: from zero, columns in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** Where an offset (UTF-16 units) stands. A byte order mark counts in the text and not in an editor. */
export function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, Math.max(0, offset)).replace(/^\ufeff/u, "");
  const lines = before.split(/\r\n|\r|\n/u);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}
