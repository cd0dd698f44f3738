// Prints figures of the structure, per room and in all: `npm run house`. They are for looking and gate nothing;
// the walls and the absence of import cycles are checked by test/architecture.test.ts.
//
// How it counts: lines without blank ones; a comment's share in them; functions that have a body in braces, from
// first to last line; `any` as a type; comments that switch off eslint or TypeScript; tests against src and the
// webview.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));

const SUPPRESSION = /eslint-disable|@ts-(?:ignore|expect-error|nocheck)/u;

/** What the admired codebases look like (ARCHITECTURE.md). */
const AIMS = [
  ["functions, median lines", "≤ 8"],
  ["functions, p90 lines", "≤ 28"],
  ["files, median lines", "≤ 90"],
  ["files, longest", "≤ 350"],
  ["import cycles", "0"],
  ["any", "0"],
  ["suppressions per 1000 lines", "≤ 0.3"],
  ["files that import vscode", "≤ 30 %"],
  ["comments", "8–12 %"],
  ["test lines for each line of source", "≥ 1.2"],
];

function filesBelow(folder) {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.m?[jt]s$/u.test(file) && !/\.d\.m?ts$/u.test(file))
      .map((file) => join(folder, file));
  } catch {
    return [];
  }
}

function measure(file) {
  const text = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found = {
    file,
    functions: [],
    imports: [],
    importsVsCode: false,
    anys: 0,
    ...commentsOf(text, source),
  };
  const visit = (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.anys += 1;
    if (ts.isFunctionLike(node) && node.body !== undefined && ts.isBlock(node.body)) {
      found.functions.push(linesOf(source, node));
    }
    readImport(node, file, found);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function linesOf(source, node) {
  const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
  return source.getLineAndCharacterOfPosition(node.end).line - first + 1;
}

function readImport(node, file, found) {
  const isStatement = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
  const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const specifier = isStatement ? node.moduleSpecifier : isCall ? node.arguments[0] : undefined;
  if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
  if (specifier.text === "vscode") found.importsVsCode = true;
  const isType = isStatement && (node.isTypeOnly === true || node.importClause?.isTypeOnly === true);
  if (specifier.text.startsWith(".") && !isType) {
    found.imports.push(normalize(join(dirname(file), specifier.text)));
  }
}

/** Lines that are not blank, those that hold a comment and no code, and switched-off checks. */
function commentsOf(text, source) {
  const lines = text.split("\n").filter((line) => line.trim() !== "").length;
  const ranges = new Map();
  const collect = (node) => {
    for (const range of [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ]) {
      ranges.set(range.pos, range);
    }
    for (const child of node.getChildren(source)) collect(child);
  };
  collect(source);
  const comments = [...ranges.values()];
  const own = comments.filter(({ pos }) => /(?:^|\n)[ \t]*$/u.test(text.slice(0, pos)));
  const commentLines = own.reduce((sum, { pos, end }) => sum + text.slice(pos, end).split("\n").length, 0);
  const suppressions = comments.filter(({ pos, end }) => SUPPRESSION.test(text.slice(pos, end))).length;
  return { lines, commentLines, suppressions };
}

function roomOf(file) {
  const parts = file.split(sep);
  if (parts[0] !== "src") return parts[0];
  if (parts[1] === "adapters") return `adapters/${parts[2]}`;
  return parts.length === 2 ? "(composition)" : parts[1];
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const percent = (part, whole) => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(0)} %`);

/** Groups of files that import each other in a ring (Tarjan's strongly connected components). */
function cyclesOf(measured) {
  const graph = new Map(measured.map(({ file, imports }) => [file, imports]));
  const state = new Map();
  const stack = [];
  const cycles = [];
  const visit = (file) => {
    const own = { index: state.size, low: state.size, isOpen: true };
    state.set(file, own);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue;
      const other = state.get(next) ?? visit(next);
      if (other.isOpen) own.low = Math.min(own.low, other.low);
    }
    if (own.low !== own.index) return own;
    const group = stack.splice(stack.indexOf(file));
    for (const member of group) state.get(member).isOpen = false;
    if (group.length > 1 || graph.get(file)?.includes(file) === true) cycles.push(group);
    return own;
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return cycles;
}

function rowOf(name, measured) {
  const lines = measured.map((each) => each.lines);
  const functions = measured.flatMap((each) => each.functions);
  const [median, p90] = [0.5, 0.9].map((share) => quantile(functions, share));
  return [
    name,
    measured.length,
    sum(lines),
    `${quantile(lines, 0.5)}/${quantile(lines, 0.9)}/${Math.max(0, ...lines)}`,
    `${median}/${p90}/${Math.max(0, ...functions)}`,
    percent(sum(measured.map((each) => each.commentLines)), sum(lines)),
    sum(measured.map((each) => each.anys)),
    sum(measured.map((each) => each.suppressions)),
    percent(measured.filter((each) => each.importsVsCode).length, measured.length),
  ].map(String);
}

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
        .join("  "),
    );
  }
}

const product = ["src", join("webview-ui", "src")].flatMap(filesBelow).map(measure);
const tests = filesBelow("test").map(measure);
const rooms = [...new Set(product.map(({ file }) => roomOf(file)))].sort();
const HEADER = [
  "room",
  "files",
  "lines",
  "file med/p90/max",
  "fn med/p90/max",
  "comments",
  "any",
  "off",
  "vscode",
];

print([
  HEADER,
  ...rooms.map((room) =>
    rowOf(
      room,
      product.filter(({ file }) => roomOf(file) === room),
    ),
  ),
  rowOf("all of it", product),
  rowOf("test", tests),
  rowOf("scripts, bench", ["scripts", "bench"].flatMap(filesBelow).map(measure)),
]);

const functions = product.flatMap((each) => each.functions);
const lines = product.map((each) => each.lines);
const cycles = cyclesOf(product);
const figures = [
  quantile(functions, 0.5),
  quantile(functions, 0.9),
  quantile(lines, 0.5),
  Math.max(0, ...lines),
  cycles.length,
  sum(product.map((each) => each.anys)),
  ((1000 * sum(product.map((each) => each.suppressions))) / sum(lines)).toFixed(2),
  percent(product.filter((each) => each.importsVsCode).length, product.length),
  percent(sum(product.map((each) => each.commentLines)), sum(lines)),
  (sum(tests.map((each) => each.lines)) / sum(lines)).toFixed(2),
];
console.log();
print([["figure", "here", "aim"], ...AIMS.map(([name, aim], index) => [name, String(figures[index]), aim])]);
for (const cycle of cycles) console.log(`cycle: ${cycle.join(" -> ")}`);
console.log(
  `\nlongest: ${[...product]
    .sort((a, b) => b.lines - a.lines)
    .slice(0, 3)
    .map(({ file, lines: count }) => `${file} (${count})`)
    .join(", ")}`,
);
