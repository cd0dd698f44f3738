import { createScanner, getNodeValue, parseTree, type Node, type ParseError } from "jsonc-parser";
import type { ConfigProblem, ConfigState } from "../../domain/config.ts";
import { deployMistakes } from "./deployRules.ts";
import { locate } from "./locate.ts";
import { cut, describe, type Mistake, type Path } from "./mistake.ts";
import { nameMistakes } from "./nameRules.ts";
import { configSchema } from "./schema.ts";
import { schemaMistakes } from "./schemaMistakes.ts";
import { syntaxMessage } from "./syntaxMessages.ts";
import { teamConfig } from "./teamConfig.ts";
import { textMistakes } from "./textRules.ts";

export type ParsedConfig = Extract<ConfigState, { readonly kind: "valid" | "invalid" }>;

/**
 * Reads the text of devdeploy.json, comments and trailing commas included. A text with mistakes gives all of
 * them, in the order of the text; one that is no JSON gives only those, since the rest would be guessed.
 * Offsets count from after a byte order mark, as VS Code counts.
 */
export function parseConfig(fileText: string): ParsedConfig {
  const text = fileText.startsWith("\ufeff") ? fileText.slice(1) : fileText;
  if (nestsTooDeep(text)) return invalid([wholeFile(`it nests deeper than ${MAX_DEPTH} levels: flatten it`)]);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  if (errors.length > 0) return invalid(errors.map((error) => syntaxProblem(error, text)));
  if (tree === undefined) return invalid([wholeFile(EMPTY)]);
  if (tree.type !== "object") {
    const message = `devdeploy.json must be one object in \`{ }\`, and is ${describe(getNodeValue(tree))}`;
    return invalid([locate({ path: [], on: "value", message }, tree, text)]);
  }
  return parseObject(tree, text);
}

const EMPTY =
  'the file is empty: begin with `{ "version": 1, "defaultBranch": "main", "locks": { "context": "…" } }`';

function parseObject(tree: Node, text: string): ParsedConfig {
  const raw: unknown = getNodeValue(tree);
  const parsed = configSchema.safeParse(raw);
  const mistakes: Mistake[] = [
    ...(parsed.success ? [] : schemaMistakes(raw, parsed.error.issues)),
    ...nameMistakes(raw),
    ...deployMistakes(raw),
    ...textMistakes(raw),
  ];
  const problems = [...mistakes.map((mistake) => locate(mistake, tree, text)), ...repeatedKeys(tree, [])];
  if (problems.length > 0 || !parsed.success) return invalid(problems);
  return { kind: "valid", config: teamConfig(parsed.data) };
}

// More would not be read by anybody, and VS Code shows each one.
const MAX_PROBLEMS = 200;

function invalid(problems: readonly ConfigProblem[]): ParsedConfig {
  const sorted = [...problems].sort((a, b) => a.offset - b.offset || a.length - b.length);
  return { kind: "invalid", problems: sorted.slice(0, MAX_PROBLEMS) };
}

const wholeFile = (message: string): ConfigProblem => ({ offset: 0, length: 0, message, path: "" });

function syntaxProblem({ error, offset, length }: ParseError, text: string): ConfigProblem {
  const message = syntaxMessage(error, text.slice(offset, offset + length));
  return { offset, length, message, path: "", isSyntax: true };
}

// The parser calls itself for every level, and the file is anybody's who can push a branch.
const MAX_DEPTH = 64;
const OPENING: readonly number[] = [1, 3];
const CLOSING: readonly number[] = [2, 4];
const END_OF_FILE: number = 17;

function nestsTooDeep(text: string): boolean {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== END_OF_FILE; token = scanner.scan()) {
    if (OPENING.includes(token)) depth += 1;
    if (CLOSING.includes(token)) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** A key written twice: JSON takes the last one without a word, and the reader sees the first. */
function repeatedKeys(node: Node, path: Path): readonly ConfigProblem[] {
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((child, index): readonly ConfigProblem[] => {
    if (node.type !== "object") return repeatedKeys(child, [...path, index]);
    const [key, value] = child.children ?? [];
    if (key === undefined || value === undefined) return [];
    const name = String(key.value);
    const at = [...path, name];
    const isRepeated = seen.has(name);
    seen.add(name);
    const message = `\`${cut(name)}\` is written twice: remove one of them`;
    const { offset, length } = key;
    return [
      ...(isRepeated ? [{ offset, length, message, path: at.join(".") }] : []),
      ...repeatedKeys(value, at),
    ];
  });
}
