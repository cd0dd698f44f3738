import { findNodeAtLocation, type Node } from "jsonc-parser";
import type { ConfigProblem } from "../../domain/config.ts";
import { pathText, type Mistake, type Path } from "./mistake.ts";

/** Finds the mistake's place in the text from which the tree was parsed. */
export function locate(mistake: Mistake, tree: Node, text: string): ConfigProblem {
  const { offset, length } = spanOf(mistake, tree, text);
  return { offset, length, message: mistake.message, path: pathText(mistake.path) };
}

interface Span {
  readonly offset: number;
  readonly length: number;
}

function spanOf({ path, on, within }: Mistake, tree: Node, text: string): Span {
  const node = findNodeAtLocation(tree, [...path]);
  if (node === undefined) return keySpan(nearestNode(path.slice(0, -1), tree));
  if (on === "key") return keySpan(node);
  if (within === undefined || node.type !== "string") return { offset: node.offset, length: node.length };
  const places = rawOffsets(text.slice(node.offset + 1, node.offset + node.length - 1));
  const start = places[within.offset] ?? 0;
  const end = places[within.offset + within.length] ?? node.length - 2;
  return { offset: node.offset + 1 + start, length: end - start };
}

function nearestNode(path: Path, tree: Node): Node {
  if (path.length === 0) return tree;
  return findNodeAtLocation(tree, [...path]) ?? nearestNode(path.slice(0, -1), tree);
}

/** The key of a member; an item of a list stands for itself, and the whole file for its first character. */
function keySpan(node: Node): Span {
  if (node.parent === undefined) return { offset: node.offset, length: 1 };
  const key = node.parent.type === "property" ? node.parent.children?.[0] : undefined;
  return { offset: (key ?? node).offset, length: (key ?? node).length };
}

/** For each unit of the decoded text, where it begins between the quotes; `\n` and `\u00e9` are longer there. */
function rawOffsets(raw: string): readonly number[] {
  return [...raw.matchAll(/\\u[0-9a-fA-F]{4}|\\.|[^\\]/gsu)].flatMap(({ 0: unit, index }) =>
    // A character beyond U+FFFF is two units, written as itself.
    unit.startsWith("\\") ? [index] : Array.from({ length: unit.length }, (_, at) => index + at),
  );
}
