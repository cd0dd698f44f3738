const LAYOUT = "2006-01-02T15:04:05.000000Z07:00";

/** The pieces of the layout and what stands for each in a text. */
const PIECES: readonly (readonly [string, RegExp])[] = [
  ["2006", /^\d{4}/u],
  ["-", /^-/u],
  ["01", /^(?:0[1-9]|1[0-2])/u],
  ["-", /^-/u],
  ["02", /^(?:0[1-9]|[12]\d|3[01])/u],
  ["T", /^T/u],
  ["15", /^(?:[01]\d|2[0-3])/u],
  [":", /^:/u],
  ["04", /^[0-5]\d/u],
  [":", /^:/u],
  ["05", /^[0-5]\d/u],
  [".000000", /^\.\d{6}/u],
  ["Z07:00", /^(?:Z|[+-]\d\d:\d\d)/u],
];

/**
 * Why a text is no MicroTime, in the words of Go's parser, or undefined. The server takes exactly six digits of
 * a second's fraction, where JavaScript writes three.
 */
export function microTimeError(text: string): string | undefined {
  let rest = text;
  for (const [piece, pattern] of PIECES) {
    const found = pattern.exec(rest);
    if (found === null) {
      return `parsing time ${JSON.stringify(text)} as ${JSON.stringify(LAYOUT)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(piece)}`;
    }
    rest = rest.slice(found[0].length);
  }
  if (rest === "") return undefined;
  return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`;
}
