/** Keys and indices from the root to a place in devdeploy.json. */
export type Path = readonly (string | number)[];

/** Something wrong in devdeploy.json, before it is located in the text. */
export interface Mistake {
  /** A key that does not exist stands for its nearest ancestor that does. */
  readonly path: Path;
  /** What is underlined: the key at the end of the path, or its value. */
  readonly on: "key" | "value";
  /** A part of a text value, in UTF-16 units of the decoded text. */
  readonly within?: { readonly offset: number; readonly length: number };
  readonly message: string;
}

/** `pools.dev.extendHours[1]` */
export const pathText = (path: Path): string =>
  path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");

/** What was found, for "… and is …". Long texts are cut, so that a message stays a line. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return `the text ${cut(JSON.stringify(value))}`;
    case "number":
      return `the number ${value}`;
    case "boolean":
      return String(value);
    default:
      return "an object";
  }
}

const MAX_SHOWN = 60;

/** A text from the file, short enough for a message. */
export const cut = (text: string): string =>
  text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;

/** The entries of an object of the file, whatever its shape; nothing for other values. */
export const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** What stands at a path below a value; undefined where there is nothing. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, part)) return undefined;
    found = Reflect.get(found, part);
  }
  return found;
}

/** The text at a path; undefined for everything else, which the schema then speaks of. */
export function textAt(value: unknown, path: Path): string | undefined {
  const found = valueAt(value, path);
  return typeof found === "string" ? found : undefined;
}
