import * as vscode from "vscode";
import { Emitter, type Disposable } from "../../app/emitter.ts";
import type { PodsSubject } from "../../app/livePods.ts";
import type { TeamFolders } from "../model/teamFolders.ts";
import type { RollbackRuns } from "../panel/rollbackRuns.ts";
import { deprecatedUri, greyDeprecatedLabels } from "./deprecatedLabels.ts";
import { treeNodes } from "./nodes.ts";
import { atWork, OpenRows } from "./openRows.ts";
import { spoken, type Row } from "./row.ts";
import { allNodes, type Subject, type TreeNode } from "./treeNode.ts";
import { TreePods } from "./treePods.ts";

/** Rows of the sidebar: a projection of what the folders hold, and of the pods below rows that are open. */
export class EnvironmentTree implements vscode.TreeDataProvider<string>, Disposable {
  readonly #folders: TeamFolders;
  readonly #runs: Pick<RollbackRuns, "of" | "onChange">;
  readonly #changes = new vscode.EventEmitter<string[] | undefined>();
  readonly #openings = new Emitter<string>();
  readonly #pods: TreePods;
  readonly #open = new OpenRows();
  readonly #owned: readonly Disposable[];
  #roots: readonly TreeNode[] = [];
  #nodes = new Map<string, TreeNode>();
  #parents = new Map<string, string>();
  #isSeen = false;

  readonly onDidChangeTreeData = this.#changes.event;
  /** Tells of rows that open by themselves: VS Code keeps a row as it is unless it is asked to open it. */
  readonly onOpen = this.#openings.event;

  constructor(folders: TeamFolders, runs: Pick<RollbackRuns, "of" | "onChange">) {
    const project = (): void => {
      this.#project();
    };
    this.#folders = folders;
    this.#runs = runs;
    this.#pods = new TreePods(folders);
    this.#owned = [
      greyDeprecatedLabels(),
      this.#changes,
      this.#openings,
      this.#pods,
      folders.onChange(project),
      runs.onChange(project),
      this.#pods.onChange(project),
    ];
  }

  getChildren(id?: string): string[] {
    const nodes = id === undefined ? this.#roots : (this.#nodes.get(id)?.children ?? []);
    return nodes.map((node) => node.id);
  }

  getParent(id: string): string | undefined {
    return this.#parents.get(id);
  }

  getTreeItem(id: string): vscode.TreeItem {
    const node = this.#nodes.get(id);
    return node === undefined ? new vscode.TreeItem("") : treeItem(node, this.#open.isOpen(node));
  }

  resolveTreeItem(item: vscode.TreeItem, id: string): vscode.TreeItem {
    const row = this.row(id);
    if (row !== undefined && row.facts.length > 0) item.tooltip = tooltip(row);
    return item;
  }

  /** What is on a row, for the commands that are called on it. */
  row(id: string): Row | undefined {
    return this.#nodes.get(id)?.row;
  }

  subject(id: string): Subject | undefined {
    return this.#nodes.get(id)?.subject;
  }

  /** The ids of all rows that have details. */
  get detailed(): readonly string[] {
    return [...this.#nodes.values()].filter(({ row }) => row.facts.length > 0).map(({ id }) => id);
  }

  /** Whether the person has the rows in view; while they have not, no pod is watched. */
  see(isSeen: boolean): void {
    if (this.#isSeen === isSeen) return;
    this.#isSeen = isSeen;
    this.#project();
  }

  /** The person opened or closed a row. */
  toggle(id: string, isOpen: boolean): void {
    this.#open.toggle(id, isOpen);
    this.#project();
  }

  #project(): void {
    const before = { roots: this.#roots, nodes: this.#nodes };
    const isShown = this.#folders.kind === "rows";
    const { views, isTrusted } = this.#folders;
    this.#roots = isShown ? treeNodes(views, isTrusted, this.#known) : [];
    const all = allNodes(this.#roots);
    this.#nodes = new Map(all.map((node) => [node.id, node]));
    this.#parents = new Map(all.flatMap(({ id, children }) => children.map((child) => [child.id, id])));
    this.#open.keepOnly(this.#nodes);
    const opened = this.#isSeen ? this.#open.openAtWork(this.#roots) : [];
    this.#tellChanges(before);
    for (const id of opened) if (this.#isReachable(id)) this.#openings.fire(id);
    this.#followPods();
  }

  /** Row by row, so that nothing flickers: a row is told where it, or which rows are below it, changed. */
  #tellChanges(before: {
    readonly roots: readonly TreeNode[];
    readonly nodes: ReadonlyMap<string, TreeNode>;
  }): void {
    if (idsOf(before.roots) !== idsOf(this.#roots)) {
      this.#changes.fire(undefined);
      return;
    }
    const changed = [...this.#nodes.values()].filter((node) => {
      const old = before.nodes.get(node.id);
      return old !== undefined && !isSame(old, node);
    });
    if (changed.length > 0) this.#changes.fire(changed.map(({ id }) => id));
  }

  #followPods(): void {
    const wanted = this.#isSeen ? [...this.#open.seen(this.#roots), ...atWork(this.#roots)] : [];
    this.#pods.follow(
      new Map(
        wanted.flatMap(({ id, subject, pods }) =>
          pods === undefined ? [] : [[id, { folder: subject.folder, subject: pods.subject }]],
        ),
      ),
    );
  }

  /** A group that the person closed is not opened for what is in it. */
  #isReachable(id: string): boolean {
    const parent = this.#parents.get(id);
    const node = parent === undefined ? undefined : this.#nodes.get(parent);
    return node === undefined || (this.#open.isOpen(node) && this.#isReachable(node.id));
  }

  readonly #known = {
    of: (id: string): ReturnType<TreePods["of"]> => this.#pods.of(id),
    ownWork: (subject: PodsSubject): string | undefined => {
      const run = subject.kind === "release" ? this.#runs.of(subject.release) : undefined;
      return run?.kind === "running" ? `own ${run.order.startedAt}` : undefined;
    },
  };

  dispose(): void {
    for (const one of this.#owned) one.dispose();
  }
}

const idsOf = (nodes: readonly TreeNode[]): string => JSON.stringify(nodes.map(({ id }) => id));

const isSame = (a: TreeNode, b: TreeNode): boolean =>
  mayOpen(a) === mayOpen(b) &&
  idsOf(a.children) === idsOf(b.children) &&
  JSON.stringify(a.row) === JSON.stringify(b.row);

const mayOpen = ({ children, pods }: TreeNode): boolean => children.length > 0 || pods !== undefined;

function treeItem(node: TreeNode, isOpen: boolean): vscode.TreeItem {
  const { id, row, children, pods } = node;
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(row.label, !mayOpen(node) ? None : isOpen ? Expanded : Collapsed);
  item.id = id;
  item.description = row.description;
  item.contextValue = row.tokens.join(" ");
  item.accessibilityInformation = { label: spoken(row) };
  if (row.isDeprecated === true) item.resourceUri = deprecatedUri(id);
  if (row.icon !== undefined) item.iconPath = icon(row.icon);
  if (row.facts.length > 0 && (children.length === 0 || pods !== undefined)) {
    // The title is what a screen reader offers; the command only shows.
    item.command = { command: "devdeploy.showDetails", title: spoken(row), arguments: [id] };
  }
  return item;
}

const icon = ({ id, color }: NonNullable<Row["icon"]>): vscode.ThemeIcon =>
  new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));

function tooltip(row: Row): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown("**").appendText(row.label).appendMarkdown("**\n\n");
  for (const { name, value } of row.facts) {
    text.appendText(`${name}: `).appendText(value).appendMarkdown("  \n");
  }
  return text;
}
