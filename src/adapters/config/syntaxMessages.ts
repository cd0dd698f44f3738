import { printParseErrorCode, type ParseErrorCode } from "jsonc-parser";

const MESSAGES: Readonly<Record<string, string>> = {
  InvalidNumberFormat: "this is no number JSON knows: write digits, such as `12` or `0.5`",
  PropertyNameExpected: 'a key in double quotes is expected here, such as `"web"`',
  ValueExpected:
    "a value is expected here: a text in double quotes, a number, `true`, `false`, `{ }` or `[ ]`",
  ColonExpected: "a `:` is expected between key and value",
  CommaExpected: "a `,` is expected before this",
  CloseBraceExpected: "a `}` is missing: an object that was begun is not closed",
  CloseBracketExpected: "a `]` is missing: a list that was begun is not closed",
  EndOfFileExpected: "nothing may follow the closing `}`: remove this",
  UnexpectedEndOfComment: "this comment is not closed: write `*/`",
  UnexpectedEndOfString: 'this text is not closed: write `"` in the same line',
  UnexpectedEndOfNumber: "this number is not complete",
  InvalidUnicode: "`\\u` is followed by four hexadecimal digits",
  InvalidEscapeCharacter:
    '`\\` stands before one of `" \\ / b f n r t u`: write `\\\\` for the character itself',
  InvalidCharacter: "this character must be written as `\\u` and four digits, or left out",
};

/** What the parser's error means for the person who writes the file. */
export function syntaxMessage(error: ParseErrorCode, found: string): string {
  if (found.startsWith("'")) return 'texts and keys stand in double quotes: write `"`';
  return MESSAGES[printParseErrorCode(error)] ?? "this is not JSON: remove it or put it in double quotes";
}
