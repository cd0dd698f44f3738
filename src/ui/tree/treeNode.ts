import type { PodsSubject } from "../../app/livePods.ts";
import type { Row } from "./row.ts";

/** A pod that has a row, as much as it takes to open its log, its YAML or its events. */
export interface PodOfRow {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
  /** Their names, the init containers' among them. */
  readonly containers: readonly string[];
  /** Some container has run before: its log of then can be read. */
  readonly restarted: boolean;
}

/** What a row is about, for the commands that are called on it. */
export interface Subject {
  readonly folder: string;
  readonly machine?: string;
  readonly url?: string;
  /** Whose history of releases it has; an environment's own row stands for all of its targets. */
  readonly history?: { readonly name: string; readonly target?: string };
  readonly pod?: PodOfRow;
}

/** A row's pods, which are watched while it is open or while somebody is at work there. */
export interface PodsOfRow {
  readonly subject: PodsSubject;
  /** What is under way: a name for each run or pending revision; none while nobody works. */
  readonly work: readonly string[];
}

/** A row with its place in the tree. The id stays the same while the row's texts change. */
export interface TreeNode {
  readonly id: string;
  readonly row: Row;
  readonly subject: Subject;
  readonly children: readonly TreeNode[];
  /** Unless the person has opened or closed it. */
  readonly isOpen: boolean;
  /** What it has below it once it is opened. */
  readonly pods?: PodsOfRow;
}

/** Every node below these, they themselves first. */
export const allNodes = (nodes: readonly TreeNode[]): readonly TreeNode[] =>
  nodes.flatMap((node) => [node, ...allNodes(node.children)]);
