import { distance } from "fastest-levenshtein";
import * as z from "zod";
import { configSchema } from "./schema.ts";
import { cut, describe, pathText, valueAt, type Mistake, type Path } from "./mistake.ts";

type Issue = z.core.$ZodIssue;

/** The mistakes that the schema finds, in words. */
export function schemaMistakes(raw: unknown, issues: readonly Issue[]): readonly Mistake[] {
  const mistakes = issues.flatMap((issue) => mistakesOf(raw, issue));
  // A misspelt key is missing and unknown at once; one message is enough, the one that names both spellings.
  const meant = new Set(mistakes.map(({ meant: path }) => (path === undefined ? "" : pathText(path))));
  return mistakes.filter(({ isMissing, path }) => !isMissing || !meant.has(pathText(path)));
}

interface SchemaMistake extends Mistake {
  readonly isMissing: boolean;
  /** The key that an unknown one probably stands for. */
  readonly meant?: Path;
}

function mistakesOf(raw: unknown, issue: Issue): readonly SchemaMistake[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  const name = nameOf(path);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key));
  if (path.length > 0 && valueAt(raw, path) === undefined) {
    return [{ path, on: "key", isMissing: true, message: `${name} is missing: write \`${sample(path)}\`` }];
  }
  return [
    { path, on: "value", isMissing: false, message: `${name} ${wordsFor(issue, path, valueAt(raw, path))}` },
  ];
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return "devdeploy.json";
  return typeof last === "number" ? `item ${last + 1} of ${nameOf(path.slice(0, -1))}` : `\`${last}\``;
}

function wordsFor(issue: Issue, path: Path, found: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${EXPECTED[issue.expected] ?? issue.expected}${exampleOf(path)}, and is ${describe(found)}`;
    case "invalid_value":
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}, and is ${describe(found)}${didYouMean(found, issue.values)}`;
    case "custom":
      return issue.params?.["isSecret"] === true
        ? issue.message
        : `${issue.message}, and is ${describe(found)}`;
    default:
      return found === "" ? issue.message : `${issue.message}, and is ${describe(found)}`;
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function unknownKey(path: Path, key: string): SchemaMistake {
  const known = keysAt(path);
  const near = nearest(key, known);
  const mistake = { path: [...path, key], on: "key", isMissing: false } as const;
  const start = `unknown key \`${cut(key)}\`:`;
  if (near !== undefined) {
    return { ...mistake, meant: [...path, near], message: `${start} did you mean \`${near}\`?` };
  }
  const list = known.map((name) => `\`${name}\``).join(", ");
  return { ...mistake, message: `${start} here may stand ${list}` };
}

function didYouMean(found: unknown, values: readonly unknown[]): string {
  const texts = values.filter((value) => typeof value === "string");
  const near = typeof found === "string" ? nearest(found, texts) : undefined;
  return near === undefined ? "" : `: did you mean "${near}"?`;
}

const MAX_COMPARED = 40;

/** The candidate that was probably meant: at most a third of the letters differ, case apart. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  if (text.length > MAX_COMPARED) return undefined;
  const ranked = candidates
    .map((candidate) => ({ candidate, far: distance(text.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.far - b.far);
  return ranked[0]?.candidate;
}

/** What could be written for a missing key, e.g. `"tier": "production"`. */
function sample(path: Path): string {
  const [example] = examplesAt(path);
  const value = example === undefined ? "…" : JSON.stringify(example);
  return `"${String(path.at(-1))}": ${value}`;
}

function exampleOf(path: Path): string {
  const [example] = examplesAt(path);
  return example === undefined ? "" : ` such as \`${JSON.stringify(example)}\``;
}

function examplesAt(path: Path): readonly unknown[] {
  const schema = schemaAt(path);
  const examples = schema === undefined ? undefined : z.globalRegistry.get(schema)?.["examples"];
  return Array.isArray(examples) ? examples : [];
}

function keysAt(path: Path): readonly string[] {
  const schema = schemaAt(path);
  const inner = schema === undefined ? undefined : unwrapped(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** The schema of the key at a path, with its wrappers (optional, default), which carry the examples. */
function schemaAt(path: Path): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = configSchema;
  for (const part of path) {
    if (schema === undefined) return undefined;
    const inner = unwrapped(schema);
    const shape: Readonly<Record<string, z.core.$ZodType>> = inner instanceof z.ZodObject ? inner.shape : {};
    schema =
      inner instanceof z.ZodRecord
        ? inner.valueType
        : inner instanceof z.ZodArray
          ? inner.element
          : shape[part];
  }
  return schema;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrapped(schema.unwrap())
    : schema;
}
