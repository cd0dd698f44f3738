// Controls, and what turns the direction of writing. Not the joiners (U+200C, U+200D): words and emoji need them.
const HIDDEN =
  // eslint-disable-next-line no-control-regex -- control characters are exactly what has to be found here
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

const shown = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Text of the world on one line: what would be hidden in it, or could turn what stands around it, is shown. */
export const plain = (text: string): string => text.replaceAll(HIDDEN, shown);

/** The same for text of several lines. */
export const plainLines = (text: string): string =>
  text.replaceAll(HIDDEN, (character) =>
    character === "\n" || character === "\t" ? character : shown(character),
  );
