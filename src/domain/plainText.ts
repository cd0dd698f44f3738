// C0 and C1 controls, zero-width characters, bidirectional controls and the byte order mark: what could make
// a shown name look like another one, or break out of its line.
const INVISIBLE =
  // eslint-disable-next-line no-control-regex -- control characters are exactly what has to be found here
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Text from outside (branch names, reasons, names of people) made visible: every hidden character becomes `\u{…}`. */
export const visible = (text: string): string =>
  text.replaceAll(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** One line of at most `max` characters, hidden characters removed; for reasons and descriptions that we store. */
export function oneLine(text: string, max: number): string {
  const flat = text.replaceAll(/\s+/gu, " ").replaceAll(INVISIBLE, "").trim();
  const characters = Array.from(flat);
  return characters.length <= max ? flat : `${characters.slice(0, max - 1).join("")}…`;
}

/** Arguments that a shell takes as they stand. */
const PLAIN_ARGUMENT = /^[\w@%+=:,./-]+$/u;

/**
 * A command as one line that can be pasted into a POSIX shell. For showing and copying only: what runs is the
 * list of arguments, never this text.
 */
export const commandLine = (command: readonly string[]): string =>
  command
    .map((part) => (PLAIN_ARGUMENT.test(part) ? part : `'${visible(part).replaceAll("'", `'\\''`)}'`))
    .join(" ");
