import { allNodes, type TreeNode } from "./treeNode.ts";

const RUNS_KEPT = 20;

/**
 * Which rows are open: as the person left them, and, once for each run, those at which somebody begins to work. What
 * the person closes stays closed.
 */
export class OpenRows {
  /** Only those that were opened or closed by somebody; true is open. */
  readonly #toggled = new Map<string, boolean>();
  /** The newest runs that each row was opened for, or was open at; a run that comes back is none that begins. */
  readonly #openedFor = new Map<string, readonly string[]>();

  toggle(id: string, isOpen: boolean): void {
    this.#toggled.set(id, isOpen);
  }

  isOpen({ id, isOpen }: Pick<TreeNode, "id" | "isOpen">): boolean {
    return this.#toggled.get(id) ?? isOpen;
  }

  /** Opens the rows at which work has begun, and those above them that are not closed by hand; answers which. */
  openAtWork(roots: readonly TreeNode[]): readonly string[] {
    return roots.flatMap((node) => this.#openBelow(node));
  }

  /** Rows of pods that one sees: they are open, and so is everything above them. */
  seen(nodes: readonly TreeNode[]): readonly TreeNode[] {
    return nodes.flatMap((node) => {
      if (!this.isOpen(node)) return [];
      return node.pods === undefined ? this.seen(node.children) : [node];
    });
  }

  /** Rows that are gone begin anew, should they come back; so they do in VS Code. */
  keepOnly(nodes: ReadonlyMap<string, TreeNode>): void {
    for (const id of this.#toggled.keys()) if (!nodes.has(id)) this.#toggled.delete(id);
  }

  #openBelow(node: TreeNode): readonly string[] {
    if (node.pods !== undefined) return this.#openOne(node, node.pods.work);
    const opened = node.children.flatMap((child) => this.#openBelow(child));
    // An environment of several targets is closed until somebody opens it; groups that a person closed stay closed.
    if (opened.length > 0 && !node.isOpen) this.#toggled.set(node.id, true);
    return opened;
  }

  #openOne(node: TreeNode, work: readonly string[]): readonly string[] {
    if (work.length === 0) return [];
    const known = this.#openedFor.get(node.id) ?? [];
    const isKnown = work.some((name) => known.includes(name));
    this.#openedFor.set(node.id, [...new Set([...known, ...work])].slice(-RUNS_KEPT));
    if (isKnown || this.isOpen(node)) return [];
    this.#toggled.set(node.id, true);
    return [node.id];
  }
}

/** The rows at which somebody is at work. */
export const atWork = (nodes: readonly TreeNode[]): readonly TreeNode[] =>
  allNodes(nodes).filter(({ pods }) => pods !== undefined && pods.work.length > 0);
