/** What a broken host might put in the place of something. */
const RUBBISH: readonly unknown[] = [null, 7.5, [7], { text: 1 }];

interface Mutation {
  /** e.g. `view.table.rows.0.commit.hash`. */
  readonly where: string;
  readonly message: unknown;
}

/**
 * The message with one thing in it being of another kind, once for each thing in it. Of lists that are all alike only
 * the first two entries are tried.
 */
export function mutations(message: unknown): readonly Mutation[] {
  return paths(message, []).map((path, index) => {
    const value = at(message, path);
    const isOther = (rubbish: unknown): boolean => kindOf(rubbish) !== kindOf(value);
    const fitting = RUBBISH.filter(isOther);
    return { where: path.join("."), message: replaced(message, path, fitting[index % fitting.length]) };
  });
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? "list" : value === null ? "null" : typeof value;

type Path = readonly string[];

const entries = (value: unknown): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(value)) return value.slice(0, 2).map((each: unknown, index) => [String(index), each]);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
};

const paths = (value: unknown, path: Path): readonly Path[] =>
  entries(value).flatMap(([key, each]) => [[...path, key], ...paths(each, [...path, key])]);

const at = (value: unknown, [key, ...rest]: Path): unknown =>
  key === undefined ? value : at(entries(value).find(([name]) => name === key)?.[1], rest);

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((each: unknown, index) => (String(index) === key ? replaced(each, rest, by) : each));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, name === key ? replaced(each, rest, by) : each]),
  );
}
