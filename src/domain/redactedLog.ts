import { redacted } from "./redact.ts";

/** A longer line is cut at a word: what is redacted takes time by the length of its words. */
const LONGEST_LINE = 4096;
/** Lines are redacted some together, since a secret may go over several. */
const LINES_TOGETHER = 64;
/** A key that never ends: the lines after that many are taken for something else. */
const LONGEST_KEY = 200;

const KEY_BEGINS = /-----BEGIN [^-]+-----(?!.*-----END)/u;
const KEY_ENDS = /-----END [^-]+-----/u;

/** A whole log made fit to be shown, piece by piece, so that whoever reads it can let others have their turn. */
export function* redactedLog(text: string): Generator<string, void, void> {
  const isClosed = text.endsWith("\n");
  const lines = (isClosed ? text.slice(0, -1) : text).split("\n").map(shortened);
  for (let at = 0; at < lines.length;) {
    const end = pieceEnd(lines, at);
    yield redacted(lines.slice(at, end).join("\n")) + (end < lines.length || isClosed ? "\n" : "");
    at = end;
  }
}

/** A piece does not end within a private key: its lines alone look like nothing. */
function pieceEnd(lines: readonly string[], from: number): number {
  const end = from + LINES_TOGETHER;
  const piece = lines.slice(from, end);
  const begins = piece.findLastIndex((line) => KEY_BEGINS.test(line));
  if (begins === -1 || piece.slice(begins).some((line) => KEY_ENDS.test(line))) return end;
  const rest = lines.slice(end, from + begins + LONGEST_KEY);
  const closes = rest.findIndex((line) => KEY_ENDS.test(line));
  return closes === -1 ? end + rest.length : end + closes + 1;
}

/** Half a word could be half a secret, which no rule knows any more. */
function shortened(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  return `${line.slice(0, LONGEST_LINE).replace(/\S*$/u, "")}…`;
}
