import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Import {
  readonly from: string;
  /** A path below the root for our own files, the specifier for everything else. */
  readonly to: string;
  readonly isOwn: boolean;
  readonly isTypeOnly: boolean;
}

const sourceFiles = ["src", "webview-ui/src"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file)),
);

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    const isOwn = specifier.startsWith(".");
    const to = isOwn ? normalize(join(dirname(file), specifier)) : specifier;
    found.push({ from: file, to, isOwn, isTypeOnly: typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      if (ts.isStringLiteral(node.moduleSpecifier)) add(node.moduleSpecifier.text, isTypeOnly(node));
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier !== undefined && ts.isStringLiteral(specifier)) add(specifier.text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const imports = sourceFiles.flatMap(importsOf);

/** `src/adapters/helm/runner.ts` is in the room `adapters/helm`. */
function roomOf(file: string): string {
  const parts = relative("", file).split("/");
  if (parts[0] === "webview-ui") return parts[2] === "components" ? "webview-ui/components" : "webview-ui";
  if (parts[1] === "adapters") return `adapters/${parts[2] ?? ""}`;
  return parts.length === 2 ? (parts[1] ?? "") : (parts[1] ?? "");
}

const any = (): boolean => true;
const isNode = (to: string): boolean => to.startsWith("node:");
const isOneOf =
  (...names: string[]) =>
  (to: string): boolean =>
    names.some((name) => to === name || to.startsWith(`${name}/`));

interface Walls {
  /** Rooms whose values may be imported. */
  readonly rooms: readonly string[];
  /** Rooms of which only types may be imported. */
  readonly types?: readonly string[];
  readonly outside: (to: string) => boolean;
}

const adapter = (...libraries: string[]): Walls => ({
  rooms: ["domain"],
  types: ["app"],
  outside: (to) => isNode(to) || isOneOf(...libraries)(to),
});

const WALLS: Readonly<Record<string, Walls>> = {
  domain: { rooms: ["domain"], outside: () => false },
  protocol: { rooms: ["protocol"], types: ["domain"], outside: () => false },
  app: { rooms: ["app", "domain"], outside: () => false },
  ui: { rooms: ["ui", "app", "domain", "protocol"], outside: isOneOf("vscode", "zod", "node:crypto") },
  "adapters/config": adapter("jsonc-parser", "zod", "fastest-levenshtein"),
  "adapters/git": adapter("simple-git", "tar"),
  // The API object is given to the release store; only its types are the client library's.
  "adapters/helm": adapter("yaml"),
  "adapters/kubernetes": adapter("@kubernetes/client-node", "yaml", "p-retry"),
  "adapters/registry": adapter("axios"),
  "adapters/system": adapter(),
  "adapters/vscode": adapter("vscode"),
  sandbox: {
    rooms: ["sandbox"],
    types: ["domain"],
    outside: (to) => isNode(to) || isOneOf("protobufjs", "selfsigned", "yaml")(to),
  },
  // A small composition of its own: the cluster's bundle loads after helm has started.
  supervisor: {
    rooms: ["supervisor", "app", "domain", "adapters/system", "cluster.ts"],
    outside: isNode,
  },
  "extension.ts": { rooms: ["*"], outside: any },
  // A part of the hall: what a folder's connection is built of.
  "connection.ts": { rooms: ["*"], outside: any },
  "cluster.ts": {
    rooms: ["adapters/kubernetes", "adapters/helm", "adapters/registry", "domain"],
    types: ["app"],
    outside: () => false,
  },
  "webview-ui": {
    rooms: ["webview-ui", "webview-ui/components", "protocol", "domain"],
    outside: isOneOf("lit-html"),
  },
  "webview-ui/components": {
    rooms: ["webview-ui/components", "domain"],
    outside: isOneOf("lit-html", "@vscode/webview-ui-toolkit"),
  },
};

test("a room imports only what the room table allows", () => {
  const broken = imports.filter(({ from, to, isOwn, isTypeOnly: typeOnly }) => {
    const walls = WALLS[roomOf(from)];
    if (walls === undefined) return true;
    if (!isOwn) return !walls.outside(to);
    const target = roomOf(to);
    if (walls.rooms.includes("*") || target === roomOf(from) || walls.rooms.includes(target)) return false;
    return !(typeOnly && walls.types?.includes(target) === true);
  });
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} -> ${to}`),
    [],
  );
});

test("extension.ts is imported by nobody, and cluster.ts only by those that compose", () => {
  const mayLoad = new Set(["src/extension.ts", "src/connection.ts", "src/supervisor/renewing.ts"]);
  const wrong = imports.filter(
    ({ from, to }) =>
      to === "src/extension.ts" ||
      (to === "src/connection.ts" && from !== "src/extension.ts") ||
      (to === "src/cluster.ts" && !mayLoad.has(from)),
  );
  assert.deepEqual(wrong, []);
});

test("there are no import cycles", () => {
  const edges = new Map<string, string[]>();
  for (const { from, to, isOwn, isTypeOnly: typeOnly } of imports) {
    if (isOwn && !typeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      return;
    }
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) walk(file, []);
  assert.deepEqual(cycles, []);
});
