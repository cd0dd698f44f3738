const LAYOUT = "2006-01-02T15:04:05.000000Z07:00";

/** The pieces of the layout, what stands for each in a text, and the range of those that have a name. */
interface Piece {
  readonly layout: string;
  readonly pattern: RegExp;
  readonly range?: { readonly name: string; readonly least: number; readonly most: number };
}

const PIECES: readonly Piece[] = [
  { layout: "2006", pattern: /^\d{4}/u },
  { layout: "-", pattern: /^-/u },
  { layout: "01", pattern: /^\d\d/u, range: { name: "month", least: 1, most: 12 } },
  { layout: "-", pattern: /^-/u },
  { layout: "02", pattern: /^\d\d/u },
  { layout: "T", pattern: /^T/u },
  { layout: "15", pattern: /^\d\d/u, range: { name: "hour", least: 0, most: 23 } },
  { layout: ":", pattern: /^:/u },
  { layout: "04", pattern: /^\d\d/u, range: { name: "minute", least: 0, most: 59 } },
  { layout: ":", pattern: /^:/u },
  { layout: "05", pattern: /^\d\d/u, range: { name: "second", least: 0, most: 59 } },
  { layout: ".000000", pattern: /^\.\d{6}/u },
  { layout: "Z07:00", pattern: /^(?:Z|[+-]\d\d:\d\d)/u },
];

/**
 * Why a text is no MicroTime, in the words of Go's parser, or undefined. The server takes exactly six digits of
 * a second's fraction, where JavaScript writes three.
 */
export function microTimeError(text: string): string | undefined {
  const quoted = JSON.stringify(text);
  let rest = text;
  for (const { layout, pattern, range } of PIECES) {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) {
      return `parsing time ${quoted} as ${JSON.stringify(LAYOUT)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(layout)}`;
    }
    const isInRange = range === undefined || (Number(found) >= range.least && Number(found) <= range.most);
    if (!isInRange) return `parsing time ${quoted}: ${range.name} out of range`;
    rest = rest.slice(found.length);
  }
  if (rest !== "") return `parsing time ${quoted}: extra text: ${JSON.stringify(rest)}`;
  return hasDay(text) ? undefined : `parsing time ${quoted}: day out of range`;
}

/** Whether the month has that day. */
function hasDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split("-").map(Number);
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
