import { workloadName, type ContainerImage } from "../../domain/release.ts";
import { CONTAINER_LISTS, POD_SPEC } from "./podSpec.ts";

/** A key or a list's item on the way from the document's root to the line that is looked at. */
interface Frame {
  readonly column: number;
  readonly path: string;
  readonly isItem: boolean;
  /** Its value stands on its own line, so that nothing may be nested in it. */
  readonly hasValue: boolean;
  readonly container?: Container;
  /** Where its own keys or items stand; it has not both. */
  children?: { readonly column: number; readonly areItems: boolean };
}

interface Container {
  readonly list: string;
  name?: string;
  image?: string;
}

const LISTS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(POD_SPEC).map(([kind, path]) => [
    kind,
    CONTAINER_LISTS.map((list) => [...path, list, "[]"].join(" ")),
  ]),
);
/** Everything on the way to what is looked for: read only where it stands as charts write it. */
const ON_THE_WAY: ReadonlySet<string> = new Set(
  [...LISTS.values(), ["kind", "metadata name"]].flat().flatMap((path) => {
    const parts = path.split(" ");
    return parts.map((_, index) => parts.slice(0, index + 1).join(" "));
  }),
);

const SPACES = /^ +/u;
const DASH = /^-(?: +|$)/u;
const KEY = /^(?:"(?<double>[^"\\]+)"|'(?<single>[^']+)'|(?<plain>[A-Za-z_][\w./-]*)):(?:\s+(?<value>.*))?$/u;
const DOUBLE = /^"((?:[^"\\]|\\.)*)"(?:\s+#.*)?$/u;
const SINGLE = /^'((?:[^']|'')*)'(?:\s+#.*)?$/u;
const BLOCK = /^[|>][-+\d]*(?:\s+#.*)?$/u;
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/gu;
/** Whatever YAML could take for something else than a text is left to YAML. */
const TEXT = /^[A-Za-z]\S*$/u;
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/iu;

/**
 * The images of one object whose YAML is as charts write it: keys and lists in blocks, line by line. Undefined where
 * anything on the way is written otherwise, or is wrong: then YAML itself has to be asked, which takes fifty times as long.
 */
export function plainImages(document: string): readonly ContainerImage[] | undefined {
  const reader = new LineReader();
  return document.split("\n").every((line) => reader.read(line.trimEnd())) ? reader.images() : undefined;
}

class LineReader {
  readonly #frames: Frame[] = [{ column: -1, path: "", isItem: true, hasValue: false }];
  readonly #containers: Container[] = [];
  readonly #seen = new Set<string>();
  #kind: string | undefined;
  #name: string | undefined;
  /** Lines further in than this belong to a text. */
  #blockColumn: number | undefined;

  /** False where this line is not to be understood. */
  read(line: string): boolean {
    let rest = line.replace(SPACES, "");
    let column = line.length - rest.length;
    if (rest === "" || (this.#blockColumn !== undefined && column > this.#blockColumn)) return true;
    this.#blockColumn = undefined;
    if (rest.startsWith("#")) return true;
    let dashColumn: number | undefined;
    for (let dash = DASH.exec(rest); dash !== null; dash = DASH.exec(rest)) {
      if (!this.#item(column)) return false;
      dashColumn = column;
      rest = rest.slice(dash[0].length);
      column += dash[0].length;
    }
    if (rest === "" || rest.startsWith("#")) return true;
    const found = KEY.exec(rest)?.groups;
    if (found !== undefined) {
      const key = found["double"] ?? found["single"] ?? found["plain"] ?? "";
      return !key.includes(" ") && this.#key(column, key, found["value"] ?? "");
    }
    return dashColumn !== undefined && this.#scalarItem(dashColumn, rest);
  }

  images(): readonly ContainerImage[] | undefined {
    const lists = LISTS.get(this.#kind ?? "");
    const name = this.#name;
    if (lists === undefined || name === undefined) return undefined;
    const workload = workloadName(this.#kind ?? "", name);
    return lists.flatMap((list) =>
      this.#containers
        .filter((container) => container.list === list)
        .flatMap(({ name: container, image }) =>
          container === undefined || image === undefined ? [] : [{ workload, container, image }],
        ),
    );
  }

  #item(column: number): boolean {
    this.#leave(column);
    if (this.#top().isItem && this.#top().column === column) this.#frames.pop();
    const list = this.#top();
    if (list.column === -1 || !mayHold(list, column, true)) return false;
    const path = `${list.path} []`;
    const container = CONTAINER_LISTS.some((name) => list.path.endsWith(name)) ? { list: path } : undefined;
    if (container !== undefined) this.#containers.push(container);
    this.#frames.push({
      column,
      path,
      isItem: true,
      hasValue: false,
      ...(container === undefined ? {} : { container }),
    });
    return true;
  }

  #key(column: number, key: string, value: string): boolean {
    this.#leave(column);
    // A key before it, and the items that stand in that key's own column.
    while (this.#top().column === column) this.#frames.pop();
    const parent = this.#top();
    if ((parent.column === -1 && column !== 0) || !mayHold(parent, column, false)) return false;
    const path = parent.path === "" ? key : `${parent.path} ${key}`;
    if (ON_THE_WAY.has(path) && !path.includes("[]")) {
      if (this.#seen.has(path)) return false;
      this.#seen.add(path);
    }
    const hasValue = value !== "" && !value.startsWith("#");
    if (hasValue && !this.#value(path, parent.container, key, value)) return false;
    if (hasValue && BLOCK.test(value)) this.#blockColumn = column;
    this.#frames.push({ column, path, isItem: false, hasValue });
    return true;
  }

  #value(path: string, container: Container | undefined, key: string, value: string): boolean {
    if (container !== undefined && (key === "name" || key === "image")) {
      const found = textOf(value);
      if (found === undefined || container[key] !== undefined) return false;
      container[key] = found;
      return true;
    }
    if (!ON_THE_WAY.has(path)) return isWhole(value);
    const found = textOf(value);
    if (path === "kind") this.#kind = found;
    else if (path === "metadata name") this.#name = found;
    else return false;
    return found !== undefined;
  }

  #scalarItem(column: number, value: string): boolean {
    const item = this.#top();
    if (item.container !== undefined || !isWhole(value)) return false;
    if (BLOCK.test(value)) this.#blockColumn = column;
    this.#frames.pop();
    this.#frames.push({ ...item, hasValue: true });
    return true;
  }

  /** Forgets what is further in. */
  #leave(column: number): void {
    while (this.#top().column > column) this.#frames.pop();
  }

  #top(): Frame {
    return this.#frames.at(-1) ?? { column: -1, path: "", isItem: true, hasValue: true };
  }
}

/** Whether a key or an item may stand in a column below this; the first one settles it for the others. */
function mayHold(frame: Frame, column: number, areItems: boolean): boolean {
  frame.children ??= { column, areItems };
  return !frame.hasValue && frame.children.column === column && frame.children.areItems === areItems;
}

/** A text that YAML takes for that very text; undefined where this is not certain. */
function textOf(value: string): string | undefined {
  const plain = value.replace(/\s+#.*$/u, "");
  if (TEXT.test(plain) && !plain.endsWith(":")) return NO_TEXT.test(plain) ? undefined : plain;
  const double = DOUBLE.exec(value)?.[1];
  if (double !== undefined) return double.includes("\\") ? undefined : double;
  return SINGLE.exec(value)?.[1]?.replaceAll("''", "'");
}

/** Whether a value that nobody asks for ends on its line. */
function isWhole(value: string): boolean {
  const [first = ""] = value;
  if (first === '"') return DOUBLE.test(value);
  if (first === "'") return SINGLE.test(value);
  if (first === "|" || first === ">") return BLOCK.test(value);
  if (first === "{" || first === "[") return isBalanced(value.replaceAll(QUOTED, "q"));
  // The rest are texts, numbers and the like, unless YAML has a meaning for how they begin or go on.
  return (!"&*!%@`?-,]}:".includes(first) || /^-[\w.]/u.test(value)) && !/:(?:\s|$)/u.test(value);
}

function isBalanced(flow: string): boolean {
  if (/["'#&*!?]/u.test(flow)) return false;
  const closers: string[] = [];
  for (let index = 0; index < flow.length; index += 1) {
    const character = flow.charAt(index);
    if (character === "{") closers.push("}");
    else if (character === "[") closers.push("]");
    else if ((character === "}" || character === "]") && closers.pop() !== character) return false;
    if (closers.length === 0 && index < flow.length - 1) return false;
  }
  return closers.length === 0;
}
