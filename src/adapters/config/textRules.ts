import { parseBranchName } from "../../domain/branch.ts";
import { TEMPLATE_NAMES, unknownTemplates } from "../../domain/template.ts";
import { cut, entriesOf, textAt, type Mistake, type Path } from "./mistake.ts";
import { nearest } from "./schemaMistakes.ts";

/** Rules of texts: templates, the default branch, and secrets, which do not belong in a committed file. */
export function* textMistakes(raw: unknown): Generator<Mistake> {
  yield* branchMistakes(raw);
  for (const { path, text } of textsOf(raw, [])) {
    yield* templateMistakes(path, text);
    if (SECRET.test(text)) {
      yield {
        path,
        on: "value",
        message: "this looks like a secret: take it out and revoke it, since devdeploy.json is committed",
      };
    }
  }
  yield* keysThatVanish(raw, []);
}

// Slack tokens and webhooks, tokens of GitHub and GitLab, and private keys: what people paste by mistake.
const SECRET =
  /\bxox[a-z]-\w{4}|hooks\.slack\.com\/(?:services|workflows)\/|\bgh[pousr]_\w{20}|\bglpat-[-\w]{16}|-----BEGIN [A-Z ]*PRIVATE KEY/u;

function* branchMistakes(raw: unknown): Generator<Mistake> {
  const branch = textAt(raw, ["defaultBranch"]);
  if (branch === undefined || branch === "" || parseBranchName(branch).ok) return;
  yield {
    path: ["defaultBranch"],
    on: "value",
    message: `git has no branch named \`${cut(branch)}\`: write it as \`git branch\` shows it, such as \`main\``,
  };
}

function* textsOf(value: unknown, path: Path): Generator<{ readonly path: Path; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textsOf(item, [...path, index]);
  } else for (const [key, item] of entriesOf(value)) yield* textsOf(item, [...path, key]);
}

/** What `__proto__` means is an accident of the language; it would be lost on the way to helm. */
function* keysThatVanish(value: unknown, path: Path): Generator<Mistake> {
  const members: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : entriesOf(value);
  for (const [key, item] of members) {
    if (key === "__proto__") {
      yield {
        path: [...path, key],
        on: "key",
        message: "the key `__proto__` cannot be used: choose another",
      };
    }
    yield* keysThatVanish(item, [...path, key]);
  }
}

function* templateMistakes(path: Path, text: string): Generator<Mistake> {
  const allowed = templatesAt(path);
  const unknown = unknownTemplates(text);
  for (const { name, offset, length } of unknown) {
    const isClosed = text[offset + length - 1] === "}";
    const message = isClosed
      ? unknownTemplate(name, allowed)
      : "`${` is not closed: write `}` after the name";
    yield { path, on: "value", within: { offset, length }, message };
  }
  for (const match of text.matchAll(KNOWN)) {
    const name = match.groups?.["name"] ?? "";
    if (allowed.includes(name)) continue;
    const within = { offset: match.index, length: match[0].length };
    yield { path, on: "value", within, message: misplacedTemplate(name, path, allowed) };
  }
}

const KNOWN = new RegExp(`\\$\\{(?<name>${TEMPLATE_NAMES.join("|")})\\}`, "gu");

const written = (names: readonly string[]): string => names.map((name) => `\`\${${name}}\``).join(", ");

function unknownTemplate(name: string, allowed: readonly string[]): string {
  const near = nearest(name, allowed);
  const advice =
    near !== undefined
      ? `did you mean ${written([near])}?`
      : allowed.length > 0
        ? `here there are ${written(allowed)}`
        : "nothing is filled in here";
  return `unknown template \`\${${cut(name)}}\`: ${advice}`;
}

function misplacedTemplate(name: string, path: Path, allowed: readonly string[]): string {
  const start = `${written([name])} is not known here`;
  if (name === "machine" && path[0] !== "pools") return `${start}: only the machines of a pool have it`;
  if (name === "environment" && path[0] === "pools" && allowed.includes("machine")) {
    return `${start}: write ${written(["machine"])} in a pool`;
  }
  return allowed.length === 0
    ? `${start}: nothing is filled in here, write the text itself`
    : `${start}: it has to be known before any deploy, so only ${written(allowed)} is filled in`;
}

const FROM_A_DEPLOY = ["commit", "shortCommit", "branch", "user"];
/** Keys of drivers whose texts are filled when a deploy runs. */
const FILLED = new Set(["release", "deployment", "image", "command", "url", "statusUrl"]);

/** The templates that may stand in the text at a path. */
function templatesAt(path: Path): readonly string[] {
  const own = path[0] === "pools" ? ["machine"] : path[0] === "environments" ? ["environment"] : [];
  const [driver, key] = insideDeploy(path);
  if (driver === undefined) {
    const isRelease = path[0] === "services" && path.length === 3 && path[2] === "release";
    return isRelease ? FROM_A_DEPLOY : path.at(-1) === "url" ? own : [];
  }
  if (key === "values" || FILLED.has(String(key))) return [...own, ...FROM_A_DEPLOY];
  return key === "context" || key === "namespace" ? own : [];
}

/** What is left of a path below `deploy` or one of the `targets`: the driver, its key, and so on. */
function insideDeploy(path: Path): Path {
  const [room, , first, , second] = path;
  if (first === "deploy") return path.slice(3);
  if (room === "environments" && first === "targets") return path.slice(4);
  if (room === "pools" && first === "machines" && second === "deploy") return path.slice(5);
  return [];
}
